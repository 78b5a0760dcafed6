import KubernetesModel

/// What a replica set lacks or has too many of, and what its status says, from what is observed.
struct ReplicaSetPlan {
    enum Step: Sendable, Hashable {
        case none
        case create(Int)
        case delete(Int)
    }

    var step: Step
    var status: ReplicaSetStatus

    /// - Parameters:
    ///   - pods: those that the set controls, in any state.
    ///   - isAvailable: whether a ready pod has been so for `minReadySeconds`.
    ///   - burstLimit: how many pods one step creates or deletes.
    init(_ set: Templated<some ReplicatedKind>, pods: [Pod], burstLimit: Int, isAvailable: (Pod) -> Bool) {
        let active = pods.filter(\.isActive)
        let desired = set.object.desiredReplicas
        let difference = active.count - desired
        if set.metadata.deletionTimestamp != nil || difference == 0 {
            step = .none
        } else {
            step = difference < 0 ? .create(min(-difference, burstLimit)) : .delete(min(difference, burstLimit))
        }
        let labels = set.templateLabels
        let ready = active.filter(\.isReady)
        status = set.object.status ?? ReplicaSetStatus()
        status.replicas = active.count
        status.fullyLabeledReplicas =
            active.count { pod in labels.allSatisfy { pod.metadata.labels?[$0.key] == $0.value } }
        status.readyReplicas = ready.count
        status.availableReplicas = ready.count(where: isAvailable)
        status.observedGeneration = set.metadata.generation
    }

    /// Records that pods could not be created or deleted, or (`nil`) that they could.
    mutating func setFailure(reason: String, message: String?, now: String) {
        var conditions = status.conditions ?? []
        if let message {
            // The first failure stays until it is over: its text may differ from try to try.
            guard conditions["ReplicaFailure"]?.isTrue != true else { return }
            conditions.set(
                Condition(
                    type: "ReplicaFailure", status: "True", lastTransitionTime: now, reason: reason, message: message))
        } else {
            conditions.removeAll { $0.type == "ReplicaFailure" }
        }
        status.conditions = conditions.isEmpty ? nil : conditions
    }
}
