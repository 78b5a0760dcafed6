import KubernetesModel
import StructuredData

/// How evenly a pod's kind is spread over groups of nodes, as its `topologySpreadConstraints` want. Pure.
struct TopologySpread: Sendable {
    private struct Constraint: Sendable {
        var topologyKey: String
        var maxSkew: Int
        var isRequired: Bool
        var minDomains: Int
        var takesSelf: Bool
        /// Pods of the kind, by the label's value.
        var counts: [String: Int] = [:]

        var least: Int { counts.count < minDomains ? 0 : counts.values.min() ?? 0 }
    }

    private var constraints: [Constraint] = []

    /// - Returns: `nil` where the pod wants nothing of the kind.
    init?(_ pod: Pod, in view: ClusterView) {
        let all = pod.spec.topologySpreadConstraints?.arrayValue ?? []
        guard !all.isEmpty else { return nil }
        let required = all.filter(Self.isRequired).compactMap { $0["topologyKey"]?.stringValue }
        for json in all {
            guard let key = json["topologyKey"]?.stringValue else { continue }
            let selector = Self.selector(json, pod)
            var constraint = Constraint(
                topologyKey: key, maxSkew: json["maxSkew"]?.intValue ?? 1, isRequired: Self.isRequired(json),
                minDomains: json["minDomains"]?.intValue ?? 1,
                takesSelf: selector?.matches(pod.metadata.labels ?? [:]) ?? false)
            var values: [String: String] = [:]
            for candidate in view.candidates {
                let node = candidate.node
                let labels = node.metadata.labels ?? [:]
                // A node counts for a required constraint only where it can count for all of them.
                guard let value = labels[key], !constraint.isRequired || required.allSatisfy({ labels[$0] != nil }),
                    json["nodeAffinityPolicy"] == "Ignore" || NodeAffinity.takes(node, pod.spec),
                    json["nodeTaintsPolicy"] != "Honor" || !node.repels(pod)
                else { continue }
                values[candidate.name] = value
                constraint.counts[value, default: 0] += 0
            }
            for other in view.pods where !other.isTerminating && other.key.namespace == pod.key.namespace {
                guard let value = values[other.node], selector?.matches(other.labels) ?? false else { continue }
                constraint.counts[value, default: 0] += 1
            }
            constraints.append(constraint)
        }
    }

    private static func isRequired(_ json: JSON) -> Bool { json["whenUnsatisfiable"] != "ScheduleAnyway" }

    private static func selector(_ json: JSON, _ pod: Pod) -> LabelSelectorExpression? {
        guard let selector = try? json["labelSelector"]?.decode(LabelSelector.self) else { return nil }
        var expression = try? selector.expression()
        for key in (json["matchLabelKeys"]?.arrayValue ?? []).compactMap(\.stringValue) {
            guard let value = pod.metadata.labels?[key] else { continue }
            expression?.requirements.append(.init(key: key, condition: .isIn([value])))
        }
        return expression
    }

    /// Why a node will not do; `nil`: it will.
    func refusal(by node: Node) -> NodeRefusal? {
        let text = "node(s) didn't match pod topology spread constraints"
        for constraint in constraints where constraint.isRequired {
            guard let value = node.metadata.labels?[constraint.topologyKey] else {
                return NodeRefusal("\(text) (missing required label)")
            }
            let count = (constraint.counts[value] ?? 0) + (constraint.takesSelf ? 1 : 0)
            if count - constraint.least > constraint.maxSkew { return NodeRefusal(text, endsWithOthers: true) }
        }
        return nil
    }

    /// How many pods of the kind are near the node, where they would better be far: the fewer, the better.
    func crowd(at node: Node) -> Int {
        constraints.filter { !$0.isRequired }.reduce(0) { sum, constraint in
            // A node of no group at all is the worst.
            guard let value = node.metadata.labels?[constraint.topologyKey] else { return sum + 1_000_000 }
            return sum + (constraint.counts[value] ?? 0)
        }
    }
}
