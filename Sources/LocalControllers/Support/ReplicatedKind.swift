import KubernetesModel

/// A kind that keeps a number of equal pods running.
protocol ReplicatedKind: TemplatedKind {
    var desiredReplicas: Int { get }
    /// How long a pod must be ready to count as available.
    var minReadySeconds: Int { get }
    /// The pods that it controls.
    var podSelector: LabelSelector { get }
    var status: ReplicaSetStatus? { get set }
}

extension ReplicaSet: ReplicatedKind {
    var desiredReplicas: Int { spec.replicas ?? 1 }
    var minReadySeconds: Int { spec.minReadySeconds ?? 0 }
    var podSelector: LabelSelector { spec.selector }
}

extension ReplicationController: ReplicatedKind {
    var podTemplate: PodTemplateSpec {
        get { spec.template }
        set { spec.template = newValue }
    }

    var desiredReplicas: Int { spec.replicas ?? 1 }
    var minReadySeconds: Int { spec.minReadySeconds ?? 0 }
    var podSelector: LabelSelector { LabelSelector(matchLabels: spec.selector) }
}
