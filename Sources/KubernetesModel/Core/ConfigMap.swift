/// Configuration that pods read; at most 1 MiB.
public struct ConfigMap: KubernetesResource {
    public static let resource = ResourceType(
        group: "", version: "v1", kind: "ConfigMap", plural: "configmaps", namespaced: true)

    public private(set) var apiVersion = APIVersionField<ConfigMap>()
    public private(set) var kind = KindField<ConfigMap>()
    public var metadata: ObjectMeta
    public var data: [String: String]?
    /// Base64 texts by key.
    public var binaryData: [String: String]?
    /// Whether the content can no longer change.
    public var immutable: Bool?

    public init(
        metadata: ObjectMeta,
        data: [String: String]? = nil,
        binaryData: [String: String]? = nil,
        immutable: Bool? = nil
    ) {
        self.metadata = metadata
        self.data = data
        self.binaryData = binaryData
        self.immutable = immutable
    }
}
