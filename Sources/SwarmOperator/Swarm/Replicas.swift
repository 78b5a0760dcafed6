import KubernetesModel
import StructuredData

/// The autoscaler's apply: the number of replicas and nothing else.
enum Replicas {
    /// - Parameter onlyIfUnchanged: the apply is refused with a conflict where the Deployment is not as it was.
    static func body(of deployment: ObjectMeta, count: Int, onlyIfUnchanged: Bool) -> JSON {
        var metadata: JSON = [
            "name": .string(deployment.name ?? ""), "namespace": .string(deployment.namespace ?? ""),
        ]
        if onlyIfUnchanged, let version = deployment.resourceVersion { metadata["resourceVersion"] = .string(version) }
        return [
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": ["replicas": JSON(count)],
        ]
    }
}
