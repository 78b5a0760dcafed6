public import StructuredData

/// Which traffic some pods may have.
public struct NetworkPolicy: KubernetesResource {
    public static let resource = ResourceType(
        group: "networking.k8s.io", version: "v1", kind: "NetworkPolicy", plural: "networkpolicies", namespaced: true)

    public private(set) var apiVersion = APIVersionField<NetworkPolicy>()
    public private(set) var kind = KindField<NetworkPolicy>()
    public var metadata: ObjectMeta
    public var spec: JSON?

    public init(metadata: ObjectMeta, spec: JSON? = nil) {
        self.metadata = metadata
        self.spec = spec
    }
}
