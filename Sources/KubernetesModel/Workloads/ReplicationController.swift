/// Keeps a number of equal pods running, as replica sets do; it is older, and selects by labels alone.
public struct ReplicationController: KubernetesResource {
    public static let resource = ResourceType(
        group: "", version: "v1", kind: "ReplicationController", plural: "replicationcontrollers", namespaced: true)

    public private(set) var apiVersion = APIVersionField<ReplicationController>()
    public private(set) var kind = KindField<ReplicationController>()
    public var metadata: ObjectMeta
    public var spec: ReplicationControllerSpec
    public var status: ReplicaSetStatus?

    public init(metadata: ObjectMeta, spec: ReplicationControllerSpec, status: ReplicaSetStatus? = nil) {
        self.metadata = metadata
        self.spec = spec
        self.status = status
    }
}

public struct ReplicationControllerSpec: Codable, Sendable, Hashable {
    /// Default 1.
    public var replicas: Int?
    public var minReadySeconds: Int?
    /// Default: the template's labels.
    public var selector: [String: String]?
    public var template: PodTemplateSpec

    public init(
        replicas: Int? = nil, minReadySeconds: Int? = nil, selector: [String: String]? = nil, template: PodTemplateSpec
    ) {
        self.replicas = replicas
        self.minReadySeconds = minReadySeconds
        self.selector = selector
        self.template = template
    }
}
