import KubernetesModel
package import StructuredData

extension SwarmTask {
    /// On a SwarmTask that repeats another: the other's uid as a label, its name as an annotation. Tasks that the gateway repeats
    /// have the label too.
    package static let retryOf = "\(SwarmNames.group)/retry-of"

    /// A new object that does the work of one that has ended again, under a name that the server completes.
    ///
    /// It asks for the same, has the same owners and labels, and stands for itself in the rest: what would end or hold it at once is
    /// left out (`cancel`, `suspend`), what would give it the old result (`dedupKey`), and the labels by which those who deployed the
    /// old one know theirs, for they would take away what they did not deploy.
    /// - Parameter old: as the server holds it, with fields that this release does not know.
    package static func repetition(of old: JSON) -> JSON {
        let name = old["metadata"]?["name"]?.stringValue ?? ""
        // A repetition of a repetition is named for the first.
        let first = old["metadata"]?["generateName"]?.stringValue.flatMap { prefix in
            prefix.hasSuffix(retrySuffix) && name.hasPrefix(prefix) ? String(prefix.dropLast(retrySuffix.count)) : nil
        }
        var labels: JSON = [retryOf: old["metadata"]?["uid"] ?? ""]
        for (label, value) in old["metadata"]?["labels"]?.objectValue ?? [:]
        where label != retryOf && !deployersPrefixes.contains(where: { label.hasPrefix($0) }) {
            labels[label] = value
        }
        var metadata: JSON = [
            "generateName": .string((first ?? name) + retrySuffix), "labels": labels,
            "annotations": [retryOf: .string(name)],
        ]
        for field in ["namespace", "ownerReferences"] {
            if let value = old["metadata"]?[field] { metadata[field] = value }
        }
        var spec = old["spec"] ?? [:]
        for field in ["cancel", "suspend", "dedupKey"] { spec[field] = JSON?.none }
        return [
            "apiVersion": .string(resource.apiVersion), "kind": .string(resource.kind), "metadata": metadata,
            "spec": spec,
        ]
    }

    private static let retrySuffix = "-retry-"

    /// Helm, Argo CD, Flux and kubectl --prune find by these what they deployed.
    private static let deployersPrefixes = [
        "app.kubernetes.io/instance", "app.kubernetes.io/managed-by", "argocd.argoproj.io/", "helm.toolkit.fluxcd.io/",
        "helm.sh/", "kustomize.toolkit.fluxcd.io/", "applyset.kubernetes.io/",
    ]
}
