import KubernetesModel

/// What a deployment reads of its replica sets.
extension ReplicaSet {
    var name: String { metadata.name ?? "" }
    /// Replicas asked for.
    var desired: Int { spec.replicas ?? 1 }
    /// Replicas there are.
    var actual: Int { status?.replicas ?? 0 }
    var ready: Int { status?.readyReplicas ?? 0 }
    var available: Int { status?.availableReplicas ?? 0 }
    var revision: Int { metadata.annotations?[DeploymentAnnotations.revision].flatMap { Int($0) } ?? 0 }
    var desiredReplicasAnnotation: Int? {
        metadata.annotations?[DeploymentAnnotations.desiredReplicas].flatMap { Int($0) }
    }
    var maxReplicasAnnotation: Int? {
        metadata.annotations?[DeploymentAnnotations.maxReplicas].flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
    }

    /// Both times were written by the same server.
    static func isOlder(_ left: ReplicaSet, _ right: ReplicaSet) -> Bool {
        let times = (left.metadata.creationTimestamp ?? "", right.metadata.creationTimestamp ?? "")
        return times.0 == times.1 ? left.name < right.name : times.0 < times.1
    }
}

/// Annotations that deployments and their replica sets carry.
enum DeploymentAnnotations {
    static let revision = "deployment.kubernetes.io/revision"
    static let revisionHistory = "deployment.kubernetes.io/revision-history"
    static let desiredReplicas = "deployment.kubernetes.io/desired-replicas"
    static let maxReplicas = "deployment.kubernetes.io/max-replicas"

    /// The deployment's annotations that its newest replica set carries too.
    static func copied(from deployment: ObjectMeta) -> [String: String] {
        let own: Set = [
            "kubectl.kubernetes.io/last-applied-configuration", "deprecated.deployment.rollback.to", revision,
            revisionHistory, desiredReplicas, maxReplicas,
        ]
        return (deployment.annotations ?? [:]).filter { !own.contains($0.key) }
    }

    static func sizes(_ rollout: Rollout) -> [String: String] {
        [desiredReplicas: String(rollout.replicas), maxReplicas: String(rollout.maxReplicas)]
    }
}
