import KubernetesModel
import StructuredData

/// Which node a pod goes to. Pure.
///
/// Of those that take it: the one that has its images, then the one with the fewest taints that it does not tolerate and that
/// only ask to stay away, then the one with the fewest pods. Kubernetes weighs these against each other; here the first that
/// differs decides.
struct NodeChoice {
    struct Candidate: Sendable {
        var node: Node
        /// What its pods that have not ended ask for.
        var load: NodeLoad.Sum
    }

    enum Outcome: Sendable, Hashable {
        case node(String)
        /// Why none will do, for people.
        case nowhere(String)
    }

    /// - Parameter images: of the pod's containers.
    static func choose(for pod: Pod, images: Set<String>, among candidates: [Candidate]) -> Outcome {
        var counts: [String: Int] = [:]
        var best: (name: String, rank: [Int])?
        let requests = PodRequests(pod)
        for candidate in candidates {
            let reasons = refusals(of: pod, requests, by: candidate)
            guard reasons.isEmpty else {
                for reason in reasons { counts[reason, default: 0] += 1 }
                continue
            }
            let rank = rank(pod, images, candidate)
            if let current = best {
                let isBetter =
                    rank == current.rank
                    ? candidate.name < current.name : rank.lexicographicallyPrecedes(current.rank)
                guard isBetter else { continue }
            }
            best = (candidate.name, rank)
        }
        if let best { return .node(best.name) }
        guard !candidates.isEmpty else { return .nowhere("no nodes available to schedule pods") }
        let reasons = counts.map { "\($0.value) \($0.key)" }.sorted()
        return .nowhere(
            "0/\(candidates.count) nodes are available: \(reasons.joined(separator: ", ")). preemption: "
                + "0/\(candidates.count) nodes are available: \(candidates.count) Preemption is not helpful for scheduling."
        )
    }

    /// The lower the better.
    private static func rank(_ pod: Pod, _ images: Set<String>, _ candidate: Candidate) -> [Int] {
        let node = candidate.node
        let missing = images.count { !node.imageNames.contains($0) }
        let unwanted = (node.spec?.taints ?? []).count { taint in
            taint.effect == "PreferNoSchedule" && !pod.tolerates(taint)
        }
        return [missing, unwanted, candidate.load.podCount]
    }

    /// Why a node does not take the pod: the first thing that is wrong with it, or every resource that it lacks.
    private static func refusals(of pod: Pod, _ requests: PodRequests, by candidate: Candidate) -> [String] {
        let node = candidate.node
        // The taint that says the same may take a moment to be set.
        if let trouble = ConditionTaints.trouble(of: node) { return ["node(s) had untolerated taint {\(trouble): }"] }
        if node.metadata.deletionTimestamp != nil { return ["node(s) were being deleted"] }
        if node.spec?.unschedulable == true, !pod.tolerates(Node.unschedulableTaint) {
            return ["node(s) were unschedulable"]
        }
        if let taint = (node.spec?.taints ?? []).first(where: {
            $0.effect != "PreferNoSchedule" && !pod.tolerates($0)
        }) {
            return ["node(s) had untolerated taint {\(taint.key): \(taint.value ?? "")}"]
        }
        guard NodeAffinity.takes(node, pod.spec) else { return ["node(s) didn't match Pod's node affinity/selector"] }
        var lacking: [String] = []
        if let room = node.podCapacity, candidate.load.podCount >= room { lacking.append("Too many pods") }
        for (name, amount) in requests.milli.sorted(by: { $0.key < $1.key }) {
            // A resource of the basic ones that a node does not tell of is not limited.
            guard let most = node.status?.allocatable?[name]?.milliValue else {
                if name.contains("/") { lacking.append("Insufficient \(name)") }
                continue
            }
            if (candidate.load.requests.milli[name] ?? 0) + amount > most { lacking.append("Insufficient \(name)") }
        }
        return lacking
    }
}

extension NodeChoice.Candidate {
    fileprivate var name: String { node.metadata.name ?? "" }
}

extension Node {
    static let unschedulableTaint = Taint(key: ConditionTaints.unschedulable, effect: "NoSchedule")

    var readyCondition: NodeCondition? { status?.conditions?.first { $0.type == "Ready" } }
    var isReady: Bool { readyCondition?.status == "True" }

    /// What its conditions say, without times.
    var troubles: [String: String] {
        Dictionary((status?.conditions ?? []).map { ($0.type, $0.status) }, uniquingKeysWith: { $1 })
    }

    /// How many pods it takes; `nil`: it does not say.
    var podCapacity: Int? { status?.allocatable?["pods"].map { Int($0.value) } }

    /// The images that it says it has.
    var imageNames: Set<String> {
        Set((status?.images?.arrayValue ?? []).flatMap { $0["names"]?.arrayValue ?? [] }.compactMap(\.stringValue))
    }
}

extension Pod {
    func tolerates(_ taint: Taint) -> Bool { (spec.tolerations ?? []).contains { $0.tolerates(taint) } }
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
