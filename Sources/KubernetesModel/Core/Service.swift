public import StructuredData

/// A stable address before a set of pods.
public struct Service: KubernetesResource {
    public static let resource = ResourceType(
        group: "", version: "v1", kind: "Service", plural: "services", namespaced: true)

    public private(set) var apiVersion = APIVersionField<Service>()
    public private(set) var kind = KindField<Service>()
    public var metadata: ObjectMeta
    public var spec: ServiceSpec
    public var status: JSON?

    public init(metadata: ObjectMeta, spec: ServiceSpec, status: JSON? = nil) {
        self.metadata = metadata
        self.spec = spec
        self.status = status
    }
}

public struct ServiceSpec: Codable, Sendable, Hashable {
    public var ports: [ServicePort]?
    public var selector: [String: String]?
    public var clusterIP: String?
    public var clusterIPs: [String]?
    /// `ClusterIP`, `NodePort`, `LoadBalancer` or `ExternalName`.
    public var type: String?
    public var externalIPs: [String]?
    public var externalName: String?
    public var sessionAffinity: String?
    public var sessionAffinityConfig: JSON?
    public var publishNotReadyAddresses: Bool?
    public var externalTrafficPolicy: String?
    public var internalTrafficPolicy: String?
    public var ipFamilies: [String]?
    public var ipFamilyPolicy: String?

    public init(
        ports: [ServicePort]? = nil,
        selector: [String: String]? = nil,
        clusterIP: String? = nil,
        clusterIPs: [String]? = nil,
        type: String? = nil,
        externalIPs: [String]? = nil,
        externalName: String? = nil,
        sessionAffinity: String? = nil,
        sessionAffinityConfig: JSON? = nil,
        publishNotReadyAddresses: Bool? = nil,
        externalTrafficPolicy: String? = nil,
        internalTrafficPolicy: String? = nil,
        ipFamilies: [String]? = nil,
        ipFamilyPolicy: String? = nil
    ) {
        self.ports = ports
        self.selector = selector
        self.clusterIP = clusterIP
        self.clusterIPs = clusterIPs
        self.type = type
        self.externalIPs = externalIPs
        self.externalName = externalName
        self.sessionAffinity = sessionAffinity
        self.sessionAffinityConfig = sessionAffinityConfig
        self.publishNotReadyAddresses = publishNotReadyAddresses
        self.externalTrafficPolicy = externalTrafficPolicy
        self.internalTrafficPolicy = internalTrafficPolicy
        self.ipFamilies = ipFamilies
        self.ipFamilyPolicy = ipFamilyPolicy
    }
}

public struct ServicePort: Codable, Sendable, Hashable {
    public var name: String?
    public var `protocol`: String?
    public var appProtocol: String?
    public var port: Int
    public var targetPort: IntOrString?
    public var nodePort: Int?

    public init(
        name: String? = nil,
        protocol: String? = nil,
        appProtocol: String? = nil,
        port: Int,
        targetPort: IntOrString? = nil,
        nodePort: Int? = nil
    ) {
        self.name = name
        self.protocol = `protocol`
        self.appProtocol = appProtocol
        self.port = port
        self.targetPort = targetPort
        self.nodePort = nodePort
    }
}
