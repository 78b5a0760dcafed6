import KubernetesModel
import StructuredData

/// The part of a pod's affinity that nodes must meet. Pure.
enum NodeAffinity {
    /// Whether the pod's node selector and its required node affinity take the node.
    static func takes(_ node: Node, _ spec: PodSpec) -> Bool {
        let labels = node.metadata.labels ?? [:]
        for (label, value) in spec.nodeSelector ?? [:] where labels[label] != value { return false }
        let required = spec.affinity?["nodeAffinity"]?["requiredDuringSchedulingIgnoredDuringExecution"]
        guard let terms = required?["nodeSelectorTerms"]?.arrayValue else { return true }
        // One term is enough; within it all must hold. An empty term takes nothing.
        return terms.contains { term in
            let expressions = term["matchExpressions"]?.arrayValue ?? []
            let fields = term["matchFields"]?.arrayValue ?? []
            guard !expressions.isEmpty || !fields.isEmpty else { return false }
            return expressions.allSatisfy { holds($0, labels[$0["key"]?.stringValue ?? ""]) }
                && fields.allSatisfy { $0["key"] == "metadata.name" && holds($0, node.metadata.name) }
        }
    }

    private static func holds(_ requirement: JSON, _ value: String?) -> Bool {
        let values = (requirement["values"]?.arrayValue ?? []).compactMap(\.stringValue)
        func compared(_ order: (Int64, Int64) -> Bool) -> Bool {
            guard let value = value.flatMap({ Int64($0) }), let bound = values.first.flatMap({ Int64($0) }) else {
                return false
            }
            return order(value, bound)
        }
        switch requirement["operator"]?.stringValue {
        case "In": return value.map(values.contains) ?? false
        case "NotIn": return value.map { !values.contains($0) } ?? true
        case "Exists": return value != nil
        case "DoesNotExist": return value == nil
        case "Gt": return compared(>)
        case "Lt": return compared(<)
        default: return false
        }
    }
}
