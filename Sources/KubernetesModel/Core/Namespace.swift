/// A scope for names.
public struct Namespace: KubernetesResource {
    public static let resource = ResourceType(
        group: "", version: "v1", kind: "Namespace", plural: "namespaces", namespaced: false)

    public private(set) var apiVersion = APIVersionField<Namespace>()
    public private(set) var kind = KindField<Namespace>()
    public var metadata: ObjectMeta
    public var spec: NamespaceSpec?
    public var status: NamespaceStatus?

    public init(metadata: ObjectMeta, spec: NamespaceSpec? = nil, status: NamespaceStatus? = nil) {
        self.metadata = metadata
        self.spec = spec
        self.status = status
    }
}

public struct NamespaceSpec: Codable, Sendable, Hashable {
    /// While any is left, a deleted namespace stays.
    public var finalizers: [String]?

    public init(finalizers: [String]? = nil) {
        self.finalizers = finalizers
    }
}

public struct NamespaceStatus: Codable, Sendable, Hashable {
    /// `Active` or `Terminating`.
    public var phase: String?
    public var conditions: [Condition]?

    public init(phase: String? = nil, conditions: [Condition]? = nil) {
        self.phase = phase
        self.conditions = conditions
    }
}
