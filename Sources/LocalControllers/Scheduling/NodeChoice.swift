import KubernetesModel
import StructuredData

/// Which node a pod goes to. Pure.
///
/// Of those that take it (`NodeFilter`): the one that has its images, then the one with the fewest taints that it does not
/// tolerate and that only ask to stay away, then the one that its preferred affinities weigh most, then the one with the fewest
/// pods of its kind nearby where it wants to be spread, then the one with the fewest pods. Kubernetes weighs these against each
/// other; here the first that differs decides.
struct NodeChoice {
    enum Outcome: Sendable, Hashable {
        case node(String)
        /// Others must make room first; why no node would do as it is, for people.
        case preempt(Preemption, String)
        /// Why none will do, for people.
        case nowhere(String)
    }

    /// - Parameter images: of the pod's containers.
    static func choose(for pod: Pod, images: Set<String>, in view: ClusterView) -> Outcome {
        let view = view.heeding(promisesOver: pod)
        let filter = NodeFilter(pod, in: view)
        var refusals: [(candidate: ClusterView.Candidate, all: [NodeRefusal])] = []
        var best: (name: String, rank: [Int])?
        for candidate in view.candidates {
            let reasons = filter.refusals(by: candidate)
            guard reasons.isEmpty else {
                refusals.append((candidate, reasons))
                continue
            }
            let rank = rank(filter, images, candidate)
            if let current = best {
                let isBetter =
                    rank == current.rank
                    ? candidate.name < current.name : rank.lexicographicallyPrecedes(current.rank)
                guard isBetter else { continue }
            }
            best = (candidate.name, rank)
        }
        if let best { return .node(best.name) }
        guard !refusals.isEmpty else { return .nowhere("no nodes available to schedule pods") }
        let reasons = counted(refusals.flatMap { $0.all.map(\.reason) })
        let message = "0/\(refusals.count) nodes are available: \(reasons)."
        if let obstacle = Preemption.obstacle(for: pod, in: view) {
            return .nowhere("\(message) preemption: \(obstacle)")
        }
        if let preemption = Preemption(for: pod, in: view, refusals: refusals) { return .preempt(preemption, message) }
        let useless = counted(
            refusals.map { refusal in
                refusal.all.allSatisfy(\.endsWithOthers)
                    ? "No preemption victims found for incoming pod" : "Preemption is not helpful for scheduling"
            })
        return .nowhere("\(message) preemption: 0/\(refusals.count) nodes are available: \(useless).")
    }

    /// Each reason with how often it is given.
    private static func counted(_ reasons: [String]) -> String {
        Dictionary(reasons.map { ($0, 1) }, uniquingKeysWith: +).map { "\($0.value) \($0.key)" }.sorted()
            .joined(separator: ", ")
    }

    /// The lower the better.
    private static func rank(_ filter: NodeFilter, _ images: Set<String>, _ candidate: ClusterView.Candidate) -> [Int] {
        let node = candidate.node
        let missing = images.count { !node.imageNames.contains($0) }
        let unwanted = (node.spec?.taints ?? []).count { taint in
            taint.effect == "PreferNoSchedule" && !filter.pod.tolerates(taint)
        }
        let preference =
            NodeAffinity.preference(of: filter.pod.spec, for: node) + (filter.affinity?.preference(of: node) ?? 0)
        return [missing, unwanted, -preference, filter.spread?.crowd(at: node) ?? 0, candidate.load.podCount]
    }
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
