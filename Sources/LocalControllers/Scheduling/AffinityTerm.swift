import KubernetesModel
import StructuredData

/// A group of pods that another one wants near it, or not, and how near that is. Pure.
struct AffinityTerm: Sendable, Hashable {
    /// Nodes with the same value of this label are near each other.
    var topologyKey: String
    private var selector: LabelSelectorExpression?
    private var namespaces: Set<String>
    private var namespaceSelector: LabelSelectorExpression?

    /// - Parameter json: a `PodAffinityTerm` of `pod`.
    init(_ json: JSON, of pod: Pod) {
        topologyKey = json["topologyKey"]?.stringValue ?? ""
        selector = Self.expression(json["labelSelector"])
        for (member, isWanted) in [("matchLabelKeys", true), ("mismatchLabelKeys", false)] {
            for key in (json[member]?.arrayValue ?? []).compactMap(\.stringValue) {
                // The server adds these to the selector itself; to do it twice changes nothing.
                guard let value = pod.metadata.labels?[key] else { continue }
                selector?.requirements.append(
                    .init(key: key, condition: isWanted ? .isIn([value]) : .isNotIn([value])))
            }
        }
        namespaces = Set((json["namespaces"]?.arrayValue ?? []).compactMap(\.stringValue))
        namespaceSelector = Self.expression(json["namespaceSelector"])
        if namespaces.isEmpty, namespaceSelector == nil { namespaces = [pod.metadata.namespace ?? ""] }
    }

    /// An absent selector takes nothing.
    private static func expression(_ json: JSON?) -> LabelSelectorExpression? {
        guard let json, json != .null, let selector = try? json.decode(LabelSelector.self) else { return nil }
        return try? selector.expression()
    }

    /// The required terms of `podAffinity` or `podAntiAffinity`.
    static func required(_ kind: String, of pod: Pod) -> [AffinityTerm] {
        let terms = pod.spec.affinity?[kind]?["requiredDuringSchedulingIgnoredDuringExecution"]?.arrayValue ?? []
        return terms.map { AffinityTerm($0, of: pod) }
    }

    /// The preferred ones with their weights; those of anti-affinity are negative.
    static func preferred(of pod: Pod) -> [(term: AffinityTerm, weight: Int)] {
        [("podAffinity", 1), ("podAntiAffinity", -1)].flatMap { kind, sign in
            let terms = pod.spec.affinity?[kind]?["preferredDuringSchedulingIgnoredDuringExecution"]?.arrayValue ?? []
            return terms.map { term in
                (AffinityTerm(term["podAffinityTerm"] ?? [:], of: pod), sign * (term["weight"]?.intValue ?? 0))
            }
        }
    }

    func takes(namespace: String, labels: [String: String], namespaceLabels: (String) -> [String: String]) -> Bool {
        guard let selector, selector.matches(labels) else { return false }
        return namespaces.contains(namespace) || (namespaceSelector?.matches(namespaceLabels(namespace)) ?? false)
    }
}
