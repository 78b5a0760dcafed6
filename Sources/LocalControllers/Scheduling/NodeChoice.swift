import KubernetesModel

/// Which node a pod goes to: of those that take it, the one with the fewest pods.
struct NodeChoice {
    struct Candidate: Sendable {
        var node: Node
        /// How many pods it has that have not ended.
        var podCount: Int
    }

    enum Outcome: Sendable, Hashable {
        case node(String)
        /// Why none will do, for people.
        case nowhere(String)
    }

    static func choose(for pod: Pod, among candidates: [Candidate]) -> Outcome {
        var refusals: [String: Int] = [:]
        var best: Candidate?
        for candidate in candidates {
            if let refusal = refusal(of: pod, by: candidate) {
                refusals[refusal, default: 0] += 1
            } else if let current = best {
                let counts = (candidate.podCount, current.podCount)
                let isBetter = counts.0 == counts.1 ? candidate.name < current.name : counts.0 < counts.1
                if isBetter { best = candidate }
            } else {
                best = candidate
            }
        }
        if let best { return .node(best.name) }
        let total = "0/\(candidates.count) nodes are available"
        guard !refusals.isEmpty else { return .nowhere("\(total).") }
        let reasons = refusals.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
        return .nowhere("\(total): \(reasons.joined(separator: ", ")).")
    }

    private static func refusal(of pod: Pod, by candidate: Candidate) -> String? {
        let node = candidate.node
        if node.metadata.deletionTimestamp != nil || !node.isReady { return "node(s) were not ready" }
        if node.spec?.unschedulable == true { return "node(s) were unschedulable" }
        for taint in node.spec?.taints ?? [] where taint.effect != "PreferNoSchedule" {
            let isTolerated = (pod.spec.tolerations ?? []).contains { $0.tolerates(taint) }
            if !isTolerated { return "node(s) had untolerated taint {\(taint.key): \(taint.value ?? "")}" }
        }
        for (label, value) in pod.spec.nodeSelector ?? [:] where node.metadata.labels?[label] != value {
            return "node(s) didn't match Pod's node affinity/selector"
        }
        if let room = node.podCapacity, candidate.podCount >= room { return "Too many pods" }
        return nil
    }
}

extension NodeChoice.Candidate {
    fileprivate var name: String { node.metadata.name ?? "" }
}

extension Node {
    var readyCondition: NodeCondition? { status?.conditions?.first { $0.type == "Ready" } }
    var isReady: Bool { readyCondition?.status == "True" }

    /// How many pods it takes; `nil`: it does not say.
    var podCapacity: Int? { status?.allocatable?["pods"].map { Int($0.value) } }
}

extension Toleration {
    func tolerates(_ taint: Taint) -> Bool {
        if let effect, !effect.isEmpty, effect != taint.effect { return false }
        let key = key ?? ""
        if !key.isEmpty, key != taint.key { return false }
        if self.operator == "Exists" { return true }
        return !key.isEmpty && (value ?? "") == (taint.value ?? "")
    }
}
