import KubernetesModel

/// In which order a replica set gives up pods, as in Kubernetes: those that cost least to lose first.
///
/// Not on a node before on one; pending before unknown before running; unready before ready; lower
/// `controller.kubernetes.io/pod-deletion-cost` first; from the node with more of the set's pods first; ready for a shorter
/// time first; more restarts first; newer first. Kubernetes compares the two times on a logarithmic scale, so that age decides
/// less; here they decide as they are.
struct VictimOrder {
    private let podsOnNode: [String: Int]

    /// - Parameter pods: all active pods of the set.
    init(_ pods: [Pod]) {
        podsOnNode = Dictionary(pods.compactMap { $0.spec.nodeName }.map { ($0, 1) }, uniquingKeysWith: +)
    }

    /// The `count` pods to give up.
    static func victims(of pods: [Pod], count: Int) -> [Pod] {
        let order = VictimOrder(pods)
        return Array(pods.sorted(by: order.goesBefore).prefix(max(count, 0)))
    }

    func goesBefore(_ left: Pod, _ right: Pod) -> Bool {
        if left.isBound != right.isBound { return !left.isBound }
        let phases = (phaseRank(left), phaseRank(right))
        if phases.0 != phases.1 { return phases.0 < phases.1 }
        if left.isReady != right.isReady { return !left.isReady }
        if left.deletionCost != right.deletionCost { return left.deletionCost < right.deletionCost }
        let crowds = (crowd(left), crowd(right))
        if crowds.0 != crowds.1 { return crowds.0 > crowds.1 }
        if left.isReady, let goes = isNewer(readySince(left), readySince(right)) { return goes }
        if left.restartCount != right.restartCount { return left.restartCount > right.restartCount }
        if let goes = isNewer(left.metadata.creationTimestamp, right.metadata.creationTimestamp) { return goes }
        // Any order will do, as long as it is one.
        return (left.metadata.name ?? "") > (right.metadata.name ?? "")
    }

    private func phaseRank(_ pod: Pod) -> Int {
        switch pod.status?.phase {
        case "Pending", nil: 0
        case "Running": 2
        default: 1
        }
    }

    private func crowd(_ pod: Pod) -> Int { pod.spec.nodeName.flatMap { podsOnNode[$0] } ?? 0 }

    private func readySince(_ pod: Pod) -> String? { pod.readyCondition?.lastTransitionTime }

    /// Both times were written by servers of the cluster; `nil` where they tell nothing apart. No time counts as newest.
    private func isNewer(_ left: String?, _ right: String?) -> Bool? {
        let left = left.flatMap(Timestamp.seconds)
        let right = right.flatMap(Timestamp.seconds)
        if left == right { return nil }
        guard let left else { return true }
        guard let right else { return false }
        return left > right
    }
}
