import KubernetesModel

/// Where the pods are that a pod wants near it, or not, and those that do not want it near them. Pure.
struct PodAffinity: Sendable {
    /// Nodes that share a label's value.
    struct Topology: Sendable, Hashable {
        var key: String
        var value: String
    }

    private let wanted: [AffinityTerm]
    private let unwanted: [AffinityTerm]
    private var near: [Topology: Int] = [:]
    private var avoided: Set<Topology> = []
    private var repelled: Set<Topology> = []
    /// What nodes gain or lose by the pods near them.
    private var preferences: [Topology: Int] = [:]
    /// The first of a group that wants to be together may go anywhere.
    private let mayBeFirst: Bool

    /// - Returns: `nil` where no pod's wishes are to be heeded.
    init?(_ pod: Pod, in view: ClusterView) {
        wanted = AffinityTerm.required("podAffinity", of: pod)
        unwanted = AffinityTerm.required("podAntiAffinity", of: pod)
        let preferred = AffinityTerm.preferred(of: pod)
        let namespace = pod.metadata.namespace ?? ""
        let labels = pod.metadata.labels ?? [:]
        mayBeFirst = wanted.allSatisfy {
            $0.takes(namespace: namespace, labels: labels, namespaceLabels: view.namespaceLabels)
        }
        let hasWishes = !wanted.isEmpty || !unwanted.isEmpty || !preferred.isEmpty
        guard hasWishes || !view.repelling.isEmpty else { return nil }
        let nodes = view.nodeLabels
        func topology(_ term: AffinityTerm, _ other: PlacedPod) -> Topology? {
            nodes[other.node]?[term.topologyKey].map { Topology(key: term.topologyKey, value: $0) }
        }
        for uid in view.repelling {
            guard let other = view.placed[uid], !view.gone.contains(uid) else { continue }
            for term in other.repels
            where term.takes(namespace: namespace, labels: labels, namespaceLabels: view.namespaceLabels) {
                if let place = topology(term, other) { repelled.insert(place) }
            }
        }
        guard hasWishes else { return }
        for other in view.pods {
            func isTaken(_ term: AffinityTerm) -> Bool {
                term.takes(
                    namespace: other.key.namespace, labels: other.labels, namespaceLabels: view.namespaceLabels)
            }
            if !wanted.isEmpty, wanted.allSatisfy(isTaken) {
                for term in wanted { if let place = topology(term, other) { near[place, default: 0] += 1 } }
            }
            for term in unwanted where isTaken(term) {
                if let place = topology(term, other) { avoided.insert(place) }
            }
            for (term, weight) in preferred where isTaken(term) {
                if let place = topology(term, other) { preferences[place, default: 0] += weight }
            }
        }
    }

    /// Why a node will not do; `nil`: it will.
    func refusal(by node: Node) -> NodeRefusal? {
        let labels = node.metadata.labels ?? [:]
        func has(_ places: (Topology) -> Bool, _ key: String) -> Bool {
            labels[key].map { places(Topology(key: key, value: $0)) } ?? false
        }
        let isFirst = near.isEmpty && mayBeFirst
        let isNear = wanted.allSatisfy { term in
            labels[term.topologyKey] != nil && (isFirst || has({ near[$0] != nil }, term.topologyKey))
        }
        guard isNear else { return NodeRefusal("node(s) didn't match pod affinity rules") }
        if unwanted.contains(where: { has(avoided.contains, $0.topologyKey) }) {
            return NodeRefusal("node(s) didn't match pod anti-affinity rules", endsWithOthers: true)
        }
        if repelled.contains(where: { labels[$0.key] == $0.value }) {
            return NodeRefusal("node(s) didn't satisfy existing pods anti-affinity rules", endsWithOthers: true)
        }
        return nil
    }

    /// The more, the better the node is for the pod.
    func preference(of node: Node) -> Int {
        let labels = node.metadata.labels ?? [:]
        return preferences.reduce(0) { $0 + (labels[$1.key.key] == $1.key.value ? $1.value : 0) }
    }
}
