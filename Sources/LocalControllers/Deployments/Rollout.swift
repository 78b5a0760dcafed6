import KubernetesModel

/// The numbers that a deployment's strategy allows, rounded as Kubernetes rounds them.
struct Rollout: Sendable, Hashable {
    var replicas: Int
    var isRolling: Bool
    /// How many pods there may be above `replicas`.
    var maxSurge: Int
    /// How many of `replicas` may be unavailable.
    var maxUnavailable: Int

    init(_ spec: DeploymentSpec) {
        replicas = spec.replicas ?? 1
        isRolling = spec.strategy?.type != "Recreate"
        guard isRolling else {
            (maxSurge, maxUnavailable) = (0, 0)
            return
        }
        let rolling = spec.strategy?.rollingUpdate
        let surge = (rolling?.maxSurge ?? "25%").scaled(of: replicas, roundUp: true) ?? 0
        var unavailable = (rolling?.maxUnavailable ?? "25%").scaled(of: replicas, roundUp: false) ?? 0
        // Otherwise nothing could ever move.
        if surge == 0, unavailable == 0 { unavailable = 1 }
        maxSurge = max(surge, 0)
        maxUnavailable = min(max(unavailable, 0), replicas)
    }

    var minAvailable: Int { replicas - maxUnavailable }
    var maxReplicas: Int { replicas + maxSurge }

    /// How many replicas the newest set should have, being at `newReplicas` of `totalReplicas` over all sets.
    func newSetReplicas(newReplicas: Int, totalReplicas: Int) -> Int {
        if newReplicas >= replicas || !isRolling { return replicas }
        let room = maxReplicas - totalReplicas
        return room <= 0 ? newReplicas : newReplicas + min(room, replicas - newReplicas)
    }

    /// How many replicas the old sets should have, by name; only those that change.
    ///
    /// Unavailable pods go first, since their loss costs nothing; then, oldest set first, as many available ones as are not
    /// needed.
    func oldSetReplicas(new: ReplicaSet, old: [ReplicaSet]) -> [String: Int] {
        let oldest = old.filter { $0.desired > 0 }.sorted(by: ReplicaSet.isOlder)
        let total = oldest.reduce(new.desired) { $0 + $1.desired }
        let newUnavailable = max(new.desired - new.available, 0)
        let surplus = total - minAvailable - newUnavailable
        guard surplus > 0 else { return [:] }
        var sizes: [String: Int] = [:]
        var cleaned = 0
        for set in oldest where cleaned < surplus && set.available < set.desired {
            let count = min(surplus - cleaned, set.desired - set.available)
            sizes[set.name] = set.desired - count
            cleaned += count
        }
        let available = oldest.reduce(new.available) { $0 + $1.available }
        var dispensable = available - minAvailable
        for set in oldest where dispensable > 0 {
            let size = sizes[set.name] ?? set.desired
            let count = min(size, dispensable)
            if count > 0 { sizes[set.name] = size - count }
            dispensable -= count
        }
        return sizes
    }

    /// How a change of `replicas` in the middle of a rollout is shared out: by the sets' sizes, the remainder to the largest.
    /// - Parameter sets: those that have replicas.
    /// - Parameter before: how many pods the deployment had, for sets that do not say how many it might have.
    func proportional(_ sets: [ReplicaSet], before: Int) -> [String: Int] {
        let total = sets.reduce(0) { $0 + $1.desired }
        let allowed = replicas > 0 ? maxReplicas : 0
        let toAdd = allowed - total
        let ordered = sets.sorted { left, right in
            if left.desired != right.desired { return left.desired > right.desired }
            return toAdd >= 0 ? ReplicaSet.isOlder(right, left) : ReplicaSet.isOlder(left, right)
        }
        var sizes: [String: Int] = [:]
        var added = 0
        for set in ordered {
            let share = share(of: set, toAdd: toAdd, added: added, before: before)
            sizes[set.name] = set.desired + share
            added += share
        }
        if let first = ordered.first, toAdd != added {
            sizes[first.name] = max((sizes[first.name] ?? 0) + toAdd - added, 0)
        }
        return sizes
    }

    private func share(of set: ReplicaSet, toAdd: Int, added: Int, before: Int) -> Int {
        guard set.desired > 0, toAdd != 0, toAdd != added else { return 0 }
        let allowed = toAdd - added
        guard replicas > 0 else { return max(-set.desired, allowed) }
        let maxBefore = set.maxReplicasAnnotation ?? (before > 0 ? before : maxReplicas)
        let size = Int((Double(set.desired) * Double(maxReplicas) / Double(maxBefore)).rounded())
        return toAdd > 0 ? min(size - set.desired, allowed) : max(size - set.desired, allowed)
    }
}
