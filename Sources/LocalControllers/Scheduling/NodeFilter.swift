import KubernetesModel

/// Why a node does not take a pod.
struct NodeRefusal: Sendable, Hashable {
    /// In the words of Kubernetes' scheduler.
    var reason: String
    /// Whether it might take the pod if others were gone from it.
    var endsWithOthers: Bool

    init(_ reason: String, endsWithOthers: Bool = false) {
        self.reason = reason
        self.endsWithOthers = endsWithOthers
    }
}

/// Which nodes take one pod. Pure.
struct NodeFilter: Sendable {
    let pod: Pod
    let requests: PodRequests
    let affinity: PodAffinity?
    let spread: TopologySpread?
    private let hostPorts: Set<HostPort>
    /// Those that other pods have, by node.
    private var takenPorts: [String: Set<HostPort>] = [:]

    init(_ pod: Pod, in view: ClusterView) {
        self.pod = pod
        requests = PodRequests(pod)
        affinity = PodAffinity(pod, in: view)
        spread = TopologySpread(pod, in: view)
        hostPorts = HostPort.all(of: pod)
        guard !hostPorts.isEmpty else { return }
        for other in view.pods where !other.hostPorts.isEmpty {
            takenPorts[other.node, default: []].formUnion(other.hostPorts)
        }
    }

    /// Why a node does not take the pod: the first thing that is wrong with it, or every resource that it lacks.
    func refusals(by candidate: ClusterView.Candidate) -> [NodeRefusal] {
        let node = candidate.node
        if node.metadata.deletionTimestamp != nil { return [NodeRefusal("node(s) were being deleted")] }
        if node.spec?.unschedulable == true, !pod.tolerates(Node.unschedulableTaint) {
            return [NodeRefusal("node(s) were unschedulable")]
        }
        if node.repels(pod) { return [NodeRefusal("node(s) had untolerated taint(s)")] }
        guard NodeAffinity.takes(node, pod.spec) else {
            return [NodeRefusal("node(s) didn't match Pod's node affinity/selector")]
        }
        let taken = takenPorts[candidate.name] ?? []
        if hostPorts.contains(where: { port in taken.contains { $0.conflicts(with: port) } }) {
            return [NodeRefusal("node(s) didn't have free ports for the requested pod ports", endsWithOthers: true)]
        }
        let lacking = lacking(candidate)
        guard lacking.isEmpty else { return lacking }
        return [spread?.refusal(by: node) ?? affinity?.refusal(by: node)].compactMap { $0 }
    }

    private func lacking(_ candidate: ClusterView.Candidate) -> [NodeRefusal] {
        let node = candidate.node
        var lacking: [NodeRefusal] = []
        if let room = node.podCapacity, candidate.load.podCount >= room {
            lacking.append(NodeRefusal("Too many pods", endsWithOthers: true))
        }
        for (name, amount) in requests.milli.sorted(by: { $0.key < $1.key }) {
            // A resource of the basic ones that a node does not tell of is not limited.
            guard let most = node.status?.allocatable?[name]?.milliValue else {
                if name.contains("/") { lacking.append(NodeRefusal("Insufficient \(name)")) }
                continue
            }
            if (candidate.load.requests.milli[name] ?? 0) + amount > most {
                lacking.append(NodeRefusal("Insufficient \(name)", endsWithOthers: amount <= most))
            }
        }
        return lacking
    }
}

extension Node {
    /// Whether it has a taint that keeps the pod away. The one for its trouble may take a moment to be set.
    func repels(_ pod: Pod) -> Bool {
        var taints = spec?.taints ?? []
        if let trouble = ConditionTaints.trouble(of: self) { taints.append(Taint(key: trouble, effect: "NoSchedule")) }
        return taints.contains { $0.effect != "PreferNoSchedule" && !pod.tolerates($0) }
    }
}
