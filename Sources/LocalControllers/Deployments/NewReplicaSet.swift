import KubernetesModel
import StructuredData

/// The replica set that a deployment creates for a template, as JSON, so that nothing of the template is lost.
enum NewReplicaSet {
    static func json(of deployment: Templated<Deployment>, _ plan: DeploymentPlan.NewSet, hash: String) throws -> JSON {
        let rollout = Rollout(deployment.object.spec)
        var template = deployment.template
        var metadata = template["metadata"] ?? [:]
        var labels = metadata["labels"] ?? [:]
        labels[PodTemplate.hashLabel] = .string(hash)
        metadata["labels"] = labels
        template["metadata"] = metadata

        var selector = deployment.object.spec.selector
        selector.matchLabels = (selector.matchLabels ?? [:]).merging([PodTemplate.hashLabel: hash]) { $1 }
        var annotations = DeploymentAnnotations.copied(from: deployment.metadata)
        annotations.merge(DeploymentAnnotations.sizes(rollout)) { $1 }
        annotations[DeploymentAnnotations.revision] = String(plan.revision)

        var spec: JSON = [
            "replicas": JSON(plan.replicas), "selector": try JSON(encoding: selector), "template": template,
        ]
        if let minReady = deployment.object.spec.minReadySeconds, minReady > 0 {
            spec["minReadySeconds"] = JSON(minReady)
        }
        return [
            "apiVersion": .string(ReplicaSet.resource.apiVersion), "kind": .string(ReplicaSet.resource.kind),
            "metadata": [
                "name": .string("\(deployment.metadata.name ?? "")-\(hash)"),
                "namespace": .string(deployment.metadata.namespace ?? ""), "labels": labels,
                "annotations": JSON(annotations),
                "ownerReferences": try JSON(encoding: [deployment.object.ownerReference()].compactMap { $0 }),
            ],
            "spec": spec,
        ]
    }
}
