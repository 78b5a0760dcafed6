import KubernetesModel

/// Room that less important pods make for a more important one. Pure.
struct Preemption: Sendable, Hashable {
    var node: String
    var victims: [PlacedPod]

    /// The best node on which the pod would fit if less important pods were gone, and which of them have to go: as few and as
    /// unimportant ones as possible, and first those that no disruption budget wants to keep. Of several nodes: the one where
    /// the fewest budgets are broken, then the one whose most important victim matters least, then the one with the fewest
    /// victims, then the one whose victims matter least together.
    /// - Parameter refusals: of all nodes; by those that no pod's end would help nothing is tried.
    init?(for pod: Pod, in view: ClusterView, refusals: [(candidate: ClusterView.Candidate, all: [NodeRefusal])]) {
        let priority = pod.spec.priority ?? 0
        let byNode = Dictionary(grouping: view.placed.values.filter { $0.priority < priority }, by: \.node)
        var best: (preemption: Preemption, cost: [Int])?
        for (candidate, reasons) in refusals where reasons.allSatisfy(\.endsWithOthers) {
            guard let lesser = byNode[candidate.name],
                let victims = Self.victims(among: lesser, of: candidate, for: pod, in: view)
            else { continue }
            let priorities = victims.pods.map(\.priority)
            let cost = [victims.violations, priorities.max() ?? 0, priorities.count, priorities.reduce(0, +)]
            if let best, !cost.lexicographicallyPrecedes(best.cost) { continue }
            best = (Preemption(node: candidate.name, victims: victims.pods), cost)
        }
        guard let best else { return nil }
        self = best.preemption
    }

    init(node: String, victims: [PlacedPod]) {
        self.node = node
        self.victims = victims
    }

    /// Why a pod may not have others end for it; `nil`: it may.
    static func obstacle(for pod: Pod, in view: ClusterView) -> String? {
        if pod.spec.preemptionPolicy == "Never" { return "not eligible due to preemptionPolicy=Never." }
        let promised = view.promised.first { $0.uid == pod.metadata.uid }?.node ?? pod.status?.nominatedNodeName
        let priority = pod.spec.priority ?? 0
        let isComing = view.placed.values.contains {
            $0.node == promised && $0.isTerminating && $0.priority < priority
        }
        return isComing ? "not eligible due to terminating pod on the nominated node." : nil
    }

    /// Those that have to go, and how many of them a disruption budget wanted to keep. `nil`: it would not fit even without all of
    /// them.
    private static func victims(
        among lesser: [PlacedPod], of candidate: ClusterView.Candidate, for pod: Pod, in view: ClusterView
    ) -> (pods: [PlacedPod], violations: Int)? {
        func fits(without gone: [PlacedPod]) -> Bool {
            let (view, candidate) = view.without(gone, on: candidate)
            return NodeFilter(pod, in: view).refusals(by: candidate).isEmpty
        }
        guard fits(without: lesser) else { return nil }
        // The most important may stay first, then those that have been there for longest.
        let order = lesser.sorted {
            ($1.priority, $0.startTime ?? "", $0.uid) < ($0.priority, $1.startTime ?? "", $1.uid)
        }
        let kept = DisruptionAllowance.broken(by: order, budgets: view.budgets)
        var gone = order
        for pod in order.filter({ kept.contains($0.uid) }) + order.filter({ !kept.contains($0.uid) }) {
            let rest = gone.filter { $0.uid != pod.uid }
            if fits(without: rest) { gone = rest }
        }
        return gone.isEmpty ? nil : (gone, gone.count { kept.contains($0.uid) })
    }
}
