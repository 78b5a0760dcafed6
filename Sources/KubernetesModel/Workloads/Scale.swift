/// The `scale` subresource, the same for all kinds that have a number of replicas.
public struct Scale: KubernetesResource {
    public static let resource = ResourceType(
        group: "autoscaling", version: "v1", kind: "Scale", plural: "scales", namespaced: true)

    public private(set) var apiVersion = APIVersionField<Scale>()
    public private(set) var kind = KindField<Scale>()
    public var metadata: ObjectMeta
    public var spec: ScaleSpec?
    public var status: ScaleStatus?

    public init(metadata: ObjectMeta, spec: ScaleSpec? = nil, status: ScaleStatus? = nil) {
        self.metadata = metadata
        self.spec = spec
        self.status = status
    }
}

public struct ScaleSpec: Codable, Sendable, Hashable {
    public var replicas: Int?

    public init(replicas: Int? = nil) {
        self.replicas = replicas
    }
}

public struct ScaleStatus: Codable, Sendable, Hashable {
    public var replicas: Int?
    /// A label selector in the syntax of query parameters.
    public var selector: String?

    public init(replicas: Int? = nil, selector: String? = nil) {
        self.replicas = replicas
        self.selector = selector
    }
}
