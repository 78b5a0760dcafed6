import KubernetesModel
import StructuredData

/// What a deployment does next to its replica sets. A plan is one step; what it changes brings the next.
struct DeploymentPlan: Sendable, Equatable {
    struct NewSet: Sendable, Equatable {
        var replicas: Int
        var revision: Int
    }

    struct Change: Sendable, Equatable {
        var replicas: Int?
        var minReadySeconds: Int?
        var annotations: [String: String] = [:]
    }

    /// The set to create for a template that has none.
    var newSet: NewSet?
    /// Changes to sets, by name.
    var changes: [String: Change] = [:]
    /// Old sets to delete.
    var removals: [String] = []
    /// The revision that the deployment is at; `nil`: as before.
    var revision: Int?

    /// - Parameters:
    ///   - sets: the replica sets that the deployment controls.
    ///   - oldPodsRemain: whether pods of older templates have not ended yet.
    init(_ deployment: Templated<Deployment>, sets: [Templated<ReplicaSet>], oldPodsRemain: Bool) {
        guard deployment.metadata.deletionTimestamp == nil else { return }
        let rollout = Rollout(deployment.object.spec)
        let newest = Self.newestSet(of: deployment, in: sets)
        let old = sets.map(\.object).filter { $0.name != newest?.metadata.name }
        syncRevision(deployment, newest?.object, old)

        let all = old + [newest?.object].compactMap { $0 }
        let isScaling = all.contains { set in
            set.desired > 0 && set.desiredReplicasAnnotation.map { $0 != rollout.replicas } == true
        }
        let isPaused = deployment.object.spec.paused == true
        if isPaused || isScaling {
            scale(rollout, newest?.object, old, before: deployment.object.status?.replicas ?? 0)
            if isPaused { removeHistory(deployment, old) }
            return
        }
        let isDone =
            rollout.isRolling
            ? roll(rollout, newest?.object, old)
            : recreate(rollout, newest?.object, old, oldPodsRemain: oldPodsRemain)
        if isDone, let newest, Self.isComplete(rollout, newest.object, old) { removeHistory(deployment, old) }
    }

    /// The set of the deployment's present template; of several the oldest.
    static func newestSet(
        of deployment: Templated<Deployment>, in sets: [Templated<ReplicaSet>]
    ) -> Templated<ReplicaSet>? {
        let template = PodTemplate.normalized(deployment.template)
        return sets.sorted { ReplicaSet.isOlder($0.object, $1.object) }
            .first { PodTemplate.normalized($0.template) == template }
    }

    static func isComplete(_ rollout: Rollout, _ newest: ReplicaSet, _ old: [ReplicaSet]) -> Bool {
        newest.actual == rollout.replicas && newest.available == rollout.replicas && old.allSatisfy { $0.actual == 0 }
    }
}

extension DeploymentPlan {
    private mutating func syncRevision(_ deployment: Templated<Deployment>, _ newest: ReplicaSet?, _ old: [ReplicaSet])
    {
        guard let newest else { return }
        let next = (old.map(\.revision).max() ?? 0) + 1
        var change = Change()
        if newest.revision < next {
            change.annotations[DeploymentAnnotations.revision] = String(next)
            if newest.revision > 0 {
                // It had other revisions before: the rollout goes back to it.
                let history = newest.metadata.annotations?[DeploymentAnnotations.revisionHistory]
                let past = history.map { $0.isEmpty ? [] : [$0] } ?? []
                change.annotations[DeploymentAnnotations.revisionHistory] =
                    (past + [String(newest.revision)]).joined(separator: ",")
            }
        }
        for (name, value) in DeploymentAnnotations.copied(from: deployment.metadata)
        where newest.metadata.annotations?[name] != value {
            change.annotations[name] = value
        }
        let minReady = deployment.object.spec.minReadySeconds ?? 0
        if (newest.spec.minReadySeconds ?? 0) != minReady { change.minReadySeconds = minReady }
        if change != Change() { changes[newest.name] = change }
        revision = max(newest.revision, next)
    }

    /// Gives a set a size and notes what it was meant for.
    private mutating func resize(_ set: ReplicaSet, to replicas: Int, _ rollout: Rollout) {
        var change = changes[set.name] ?? Change()
        if replicas != set.desired { change.replicas = replicas }
        for (name, value) in DeploymentAnnotations.sizes(rollout) where set.metadata.annotations?[name] != value {
            change.annotations[name] = value
        }
        if change != Change() { changes[set.name] = change }
    }

    // MARK: Strategies; each returns whether there is nothing left to do

    private mutating func roll(_ rollout: Rollout, _ newest: ReplicaSet?, _ old: [ReplicaSet]) -> Bool {
        let oldTotal = old.reduce(0) { $0 + $1.desired }
        guard let newest else {
            newSet = NewSet(
                replicas: rollout.newSetReplicas(newReplicas: 0, totalReplicas: oldTotal),
                revision: (old.map(\.revision).max() ?? 0) + 1)
            return false
        }
        let size = rollout.newSetReplicas(newReplicas: newest.desired, totalReplicas: oldTotal + newest.desired)
        guard size == newest.desired else {
            resize(newest, to: size, rollout)
            return false
        }
        let sizes = rollout.oldSetReplicas(new: newest, old: old)
        for set in old { if let size = sizes[set.name] { resize(set, to: size, rollout) } }
        return sizes.isEmpty
    }

    private mutating func recreate(
        _ rollout: Rollout, _ newest: ReplicaSet?, _ old: [ReplicaSet], oldPodsRemain: Bool
    ) -> Bool {
        let active = old.filter { $0.desired > 0 }
        for set in active { resize(set, to: 0, rollout) }
        guard active.isEmpty, !oldPodsRemain, old.allSatisfy({ $0.actual == 0 }) else { return false }
        guard let newest else {
            newSet = NewSet(replicas: rollout.replicas, revision: (old.map(\.revision).max() ?? 0) + 1)
            return false
        }
        guard newest.desired == rollout.replicas else {
            resize(newest, to: rollout.replicas, rollout)
            return false
        }
        return true
    }

    private mutating func scale(_ rollout: Rollout, _ newest: ReplicaSet?, _ old: [ReplicaSet], before: Int) {
        let active = (old + [newest].compactMap { $0 }).filter { $0.desired > 0 }
        if active.count <= 1 {
            let only = active.first ?? newest ?? old.max(by: ReplicaSet.isOlder)
            if let only { resize(only, to: rollout.replicas, rollout) }
        } else if let newest, newest.desired == rollout.replicas, newest.available == rollout.replicas {
            // The rollout is over but for its remains.
            for set in active { resize(set, to: set.name == newest.name ? newest.desired : 0, rollout) }
        } else if rollout.isRolling {
            let sizes = rollout.proportional(active, before: before)
            for set in active { resize(set, to: sizes[set.name] ?? set.desired, rollout) }
        } else {
            for set in active { resize(set, to: set.desired, rollout) }
        }
    }

    /// Keeps `revisionHistoryLimit` old sets to go back to.
    private mutating func removeHistory(_ deployment: Templated<Deployment>, _ old: [ReplicaSet]) {
        let limit = deployment.object.spec.revisionHistoryLimit ?? 10
        let alive = old.filter { $0.metadata.deletionTimestamp == nil }
        guard alive.count > limit else { return }
        let oldest = alive.sorted {
            $0.revision == $1.revision ? ReplicaSet.isOlder($0, $1) : $0.revision < $1.revision
        }
        for set in oldest.prefix(alive.count - limit) {
            let hasSettled = (set.status?.observedGeneration ?? 0) >= (set.metadata.generation ?? 0)
            if set.desired == 0, set.actual == 0, hasSettled { removals.append(set.name) }
        }
    }
}
