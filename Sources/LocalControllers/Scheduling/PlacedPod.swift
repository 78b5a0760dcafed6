import KubernetesModel
import StructuredData

/// What the scheduler keeps of a pod that has a node, or is promised one.
struct PlacedPod: Sendable, Hashable {
    var uid: String
    var key: ObjectKey
    var node: String
    var requests: PodRequests
    var priority: Int
    var labels: [String: String]
    var hostPorts: Set<HostPort>
    /// Whom it does not want near it, as its required anti-affinity says.
    var repels: [AffinityTerm]
    var startTime: String?
    /// It has been asked to end, and its room will be free.
    var isTerminating: Bool

    init(_ pod: Pod, on node: String) {
        uid = pod.metadata.uid ?? ""
        key = pod.key
        self.node = node
        requests = PodRequests(pod)
        priority = pod.spec.priority ?? 0
        labels = pod.metadata.labels ?? [:]
        hostPorts = HostPort.all(of: pod)
        repels = AffinityTerm.required("podAntiAffinity", of: pod)
        startTime = pod.status?.startTime
        isTerminating = pod.metadata.deletionTimestamp != nil
    }
}

/// A port of the node that a container asks for.
struct HostPort: Sendable, Hashable {
    /// Empty or `0.0.0.0`: all addresses.
    var address: String
    var `protocol`: String
    var port: Int

    static func all(of pod: Pod) -> Set<HostPort> {
        let sidecars = (pod.spec.initContainers ?? []).filter { $0.restartPolicy == "Always" }
        let ports = (pod.spec.containers + sidecars).flatMap { $0.ports ?? [] }
        return Set(
            ports.compactMap { port in
                guard let number = port.hostPort, number > 0 else { return nil }
                return HostPort(address: port.hostIP ?? "", protocol: port.protocol ?? "TCP", port: number)
            })
    }

    /// Whether both cannot be had on one node.
    func conflicts(with other: HostPort) -> Bool {
        guard port == other.port, `protocol` == other.protocol else { return false }
        return isEverywhere || other.isEverywhere || address == other.address
    }

    private var isEverywhere: Bool { address.isEmpty || address == "0.0.0.0" }
}
