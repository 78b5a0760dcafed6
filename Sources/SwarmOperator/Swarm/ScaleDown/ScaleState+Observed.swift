import ControllerRuntime
import KubernetesModel
import TaskQueue

extension ScaleState {
    /// - Parameters:
    ///   - sets: those that the Deployment controls.
    ///   - pods: those that the sets control, in any state.
    init(
        deployment: Deployment, sets: [KubernetesModel.ReplicaSet], pods: [KubernetesModel.Pod], agents: [AgentLoad],
        busy: BusyRecord, now: StoreTime
    ) {
        let byPod = Dictionary(grouping: agents) { $0.agent.registration.podUID ?? $0.agent.registration.name }
        let status = deployment.status
        self.init(
            replicas: deployment.spec.replicas ?? 1,
            isObserved: status?.observedGeneration == deployment.metadata.generation,
            hasOldPods: (status?.updatedReplicas ?? 0) < (status?.replicas ?? 0),
            sets: sets.map { set in
                ReplicaSet(
                    wanted: set.spec.replicas ?? 1, pods: set.status?.replicas ?? 0,
                    ready: set.status?.readyReplicas ?? 0,
                    isObserved: set.status?.observedGeneration == set.metadata.generation)
            }.filter { $0.wanted > 0 || $0.pods > 0 },
            pods: pods.filter(\.isStaying).map { pod in
                let uid = pod.metadata.uid ?? ""
                let name = pod.metadata.name ?? ""
                return Pod(
                    uid: uid, name: name, stage: pod.stage,
                    isMarked: AgentAnnotations.isMarked(pod.metadata.annotations),
                    created: pod.metadata.creationTimestamp.flatMap(Timestamp.seconds) ?? 0,
                    agents: ((byPod[uid] ?? []) + (byPod[name] ?? [])).map {
                        Agent(id: $0.agent.id, leased: $0.leased, isDraining: $0.agent.isDraining)
                    },
                    isBusyForLong: busy.isBusyForLong(uid, at: now))
            })
    }
}

extension KubernetesModel.Pod {
    /// Neither ended nor asked to end.
    var isStaying: Bool {
        metadata.deletionTimestamp == nil && status?.phase != "Succeeded" && status?.phase != "Failed"
    }

    var stage: ScaleState.Stage {
        if spec.nodeName?.isEmpty != false { return .unscheduled }
        guard let phase = status?.phase, phase != "Pending" else { return .pending }
        return status?.conditions?.first { $0.type == "Ready" }?.status == "True" ? .ready : .unready
    }
}

extension Predicate where Object == Pod {
    /// Changes that a scale-down may wait for; pods change more often than that while they start and end.
    static var changesScaleState: Predicate {
        updates {
            $0.isStaying != $1.isStaying || $0.stage != $1.stage || $0.metadata.annotations != $1.metadata.annotations
        }
    }
}
