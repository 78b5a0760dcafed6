/// Confidential configuration that pods read; at most 1 MiB.
public struct Secret: KubernetesResource {
    public static let resource = ResourceType(
        group: "", version: "v1", kind: "Secret", plural: "secrets", namespaced: true)

    public private(set) var apiVersion = APIVersionField<Secret>()
    public private(set) var kind = KindField<Secret>()
    public var metadata: ObjectMeta
    public var type: String?
    /// Base64 texts by key.
    public var data: [String: String]?
    /// Plain texts by key; write-only, the server merges them into `data`.
    public var stringData: [String: String]?
    /// Whether the content can no longer change.
    public var immutable: Bool?

    public init(
        metadata: ObjectMeta,
        type: String? = nil,
        data: [String: String]? = nil,
        stringData: [String: String]? = nil,
        immutable: Bool? = nil
    ) {
        self.metadata = metadata
        self.type = type
        self.data = data
        self.stringData = stringData
        self.immutable = immutable
    }
}
