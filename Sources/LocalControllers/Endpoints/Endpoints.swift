import KubernetesModel

/// The older form of a Service's endpoints: all in one object, which has the Service's name.
struct Endpoints: KubernetesResource {
    static let resource = ResourceType(
        group: "", version: "v1", kind: "Endpoints", plural: "endpoints", namespaced: true)

    private(set) var apiVersion = APIVersionField<Endpoints>()
    private(set) var kind = KindField<Endpoints>()
    var metadata: ObjectMeta
    var subsets: [EndpointSubset]?

    init(metadata: ObjectMeta, subsets: [EndpointSubset]? = nil) {
        self.metadata = metadata
        self.subsets = subsets
    }
}

/// Addresses that have the same ports.
struct EndpointSubset: Codable, Sendable, Hashable {
    var addresses: [EndpointAddress]?
    var notReadyAddresses: [EndpointAddress]?
    var ports: [EndpointPort]?
}

struct EndpointAddress: Codable, Sendable, Hashable {
    var ip: String
    var hostname: String?
    var nodeName: String?
    var targetRef: ObjectReference?
}
