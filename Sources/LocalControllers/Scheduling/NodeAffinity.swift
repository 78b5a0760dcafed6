import KubernetesModel
import StructuredData

/// What a pod wants of a node by the node's labels and name. Pure.
enum NodeAffinity {
    /// Whether the pod's node selector and its required node affinity take the node.
    static func takes(_ node: Node, _ spec: PodSpec) -> Bool {
        let labels = node.metadata.labels ?? [:]
        for (label, value) in spec.nodeSelector ?? [:] where labels[label] != value { return false }
        let required = spec.affinity?["nodeAffinity"]?["requiredDuringSchedulingIgnoredDuringExecution"]
        guard let terms = required?["nodeSelectorTerms"]?.arrayValue else { return true }
        // One term is enough.
        return terms.contains { holds($0, node) }
    }

    /// What the pod's preferred node affinity adds up to for the node.
    static func preference(of spec: PodSpec, for node: Node) -> Int {
        let preferred = spec.affinity?["nodeAffinity"]?["preferredDuringSchedulingIgnoredDuringExecution"]
        return (preferred?.arrayValue ?? []).reduce(0) { sum, term in
            holds(term["preference"] ?? [:], node) ? sum + (term["weight"]?.intValue ?? 0) : sum
        }
    }

    /// All of a term's requirements must hold. An empty term takes nothing.
    private static func holds(_ term: JSON, _ node: Node) -> Bool {
        let labels = node.metadata.labels ?? [:]
        let expressions = term["matchExpressions"]?.arrayValue ?? []
        let fields = term["matchFields"]?.arrayValue ?? []
        guard !expressions.isEmpty || !fields.isEmpty else { return false }
        return expressions.allSatisfy { holds($0, labels[$0["key"]?.stringValue ?? ""]) }
            && fields.allSatisfy { $0["key"] == "metadata.name" && holds($0, node.metadata.name) }
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
