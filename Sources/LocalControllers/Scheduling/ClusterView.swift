import KubernetesModel

/// What a choice of a node is made from: the nodes, and the pods that are on them.
struct ClusterView: Sendable {
    /// A node, and what its pods that have not ended ask for.
    struct Candidate: Sendable {
        var node: Node
        var load: NodeLoad.Sum

        var name: String { node.metadata.name ?? "" }
    }

    var candidates: [Candidate]
    /// By uid.
    var placed: [String: PlacedPod] = [:]
    /// Those of them, by uid, that are to be thought away.
    var gone: Set<String> = []
    /// Those of them, by uid, that do not want some others near them.
    var repelling: Set<String> = []
    /// Pods that wait for the room that others make for them, where they have been promised it.
    var promised: [PlacedPod] = []
    /// The disruption budgets of all namespaces.
    var budgets: [PodDisruptionBudget] = []
    /// The labels of a namespace.
    var namespaceLabels: @Sendable (String) -> [String: String] = { _ in [:] }

    /// The view of a pod that stands back for those promised a room that are no less important.
    func heeding(promisesOver pod: Pod) -> ClusterView {
        let before = promised.filter { $0.uid != pod.metadata.uid && $0.priority >= pod.spec.priority ?? 0 }
        guard !before.isEmpty else { return self }
        var view = self
        for other in before {
            guard let index = view.candidates.firstIndex(where: { $0.name == other.node }) else { continue }
            view.candidates[index].load.podCount += 1
            view.candidates[index].load.requests += other.requests
        }
        return view
    }

    /// The view without some pods of a node, and what is left on the node then.
    func without(_ pods: [PlacedPod], on candidate: Candidate) -> (view: ClusterView, candidate: Candidate) {
        var view = self
        var candidate = candidate
        view.gone.formUnion(pods.map(\.uid))
        for pod in pods {
            candidate.load.podCount -= 1
            candidate.load.requests -= pod.requests
        }
        return (view, candidate)
    }

    /// The pods that are there.
    var pods: some Sequence<PlacedPod> { placed.values.lazy.filter { !gone.contains($0.uid) } }

    /// The labels of the nodes, by their names.
    var nodeLabels: [String: [String: String]] {
        Dictionary(candidates.map { ($0.name, $0.node.metadata.labels ?? [:]) }, uniquingKeysWith: { $1 })
    }
}
