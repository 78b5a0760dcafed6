@testable import SwarmOperator

/// The parts of the cluster that are not ours.
extension ScaledWorld {
    struct ReplicaSetController {
        var seenPods = 0
        var seenSets = 1
        var cache: [Int: Pod] = [:]
        /// Its own creations and deletions that its cache does not show yet.
        var expected: Set<Int> = []
    }

    mutating func deploymentControllerTurn() {
        if set.wanted != deployment.replicas {
            set = ReplicaSet(
                wanted: deployment.replicas, generation: set.generation + 1, observed: set.observed, pods: set.pods,
                ready: set.ready)
        } else if deployment.observed != deployment.generation {
            deployment = Deployment(
                replicas: deployment.replicas, generation: deployment.generation, observed: deployment.generation,
                version: deployment.version + 1)
        }
    }

    mutating func replicaSetControllerWatches() {
        replicaSetController.seenSets = min(replicaSetController.seenSets + 1, sets.count)
        guard replicaSetController.seenPods < podChanges.count else { return }
        let change = podChanges[replicaSetController.seenPods]
        replicaSetController.seenPods += 1
        replicaSetController.cache[change.id] = change.pod
        replicaSetController.expected.remove(change.id)
    }

    /// Creates or deletes pods by what its cache shows, as Kubernetes does: also the deletion cost comes from there.
    mutating func replicaSetControllerTurn() {
        guard replicaSetController.expected.isEmpty else { return }
        let seen = sets[replicaSetController.seenSets - 1]
        let active = replicaSetController.cache.values.filter { !$0.isEnding }
        if active.count < seen.wanted {
            for _ in active.count..<seen.wanted { create() }
        } else if active.count > seen.wanted {
            // Among equals whoever it likes.
            let order = active.sorted { $0.id < $1.id }.shuffled(using: &random).sorted { rank($0) < rank($1) }
            for pod in order.prefix(active.count - seen.wanted) { delete(pod.id) }
        }
        let status = ReplicaSet(
            wanted: set.wanted, generation: set.generation, observed: seen.generation, pods: active.count,
            ready: active.count { $0.stage == .ready })
        if status != set { set = status }
        // It has all its victims; what goes from now on goes for another reason.
        if seen.generation == set.generation, set.wanted == deployment.replicas { lowering = nil }
    }

    private func rank(_ pod: Pod) -> Int { pod.stage.rawValue * 2 + (pod.isMarked ? 0 : 1) }

    private mutating func create() {
        let pod = Pod(id: nextPod)
        nextPod += 1
        pods[pod.id] = pod
        podChanges.append((pod.id, pod))
        replicaSetController.expected.insert(pod.id)
    }

    private mutating func delete(_ id: Int) {
        guard let pod = pods[id], !pod.isEnding else { return }
        judge(pod)
        write(id) { $0.isEnding = true }
        replicaSetController.expected.insert(id)
    }

    /// What must be true of a victim.
    private mutating func judge(_ pod: Pod) {
        guard let lowering, lowering.before.contains(pod.id) else { return }
        if lowering.registered.contains(pod.id), pod.leased > 0 {
            broken.append("pod \(pod.id) might be taken, and is removed with \(pod.leased) tasks")
        }
        if lowering.victims.contains(pod.id) {
            chosenVictims += 1
        } else {
            otherVictims += 1
        }
    }

    mutating func nodeTurn() {
        guard let id = anyPod(where: { _ in true }), let pod = pods[id] else { return }
        if pod.isEnding {
            // It ends what it holds.
            if pod.leased == 0 { remove(id) }
        } else if pod.stage == .unscheduled || pod.stage == .pending {
            write(id) { $0.stage = $0.stage == .unscheduled ? .pending : .unready }
        } else if !pod.isRegistered {
            pods[id]?.isRegistered = true
        } else {
            let isEmptied = pod.hasHeardOfDrain && pod.leased == 0 && weather != .deaf
            let stage: ScaleState.Stage = isEmptied || pod.isFlaky ? .unready : .ready
            if stage != pod.stage { write(id) { $0.stage = stage } }
        }
    }

    mutating func agentTurn() {
        guard let id = anyPod(where: { $0.isRegistered }), let pod = pods[id] else { return }
        pods[id]?.hasHeardOfDrain = pod.isDraining
        if pod.leased > 0, chance(50) {
            pods[id]?.leased -= 1
        } else if !pod.isDraining, !pod.isEnding, pod.leased < Self.slots, queue > 0 {
            pods[id]?.leased += 1
            queue -= 1
        }
    }
}
