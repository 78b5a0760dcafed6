/// What the objects of a namespace may use together.
public struct ResourceQuota: KubernetesResource {
    public static let resource = ResourceType(
        group: "", version: "v1", kind: "ResourceQuota", plural: "resourcequotas", namespaced: true)

    public private(set) var apiVersion = APIVersionField<ResourceQuota>()
    public private(set) var kind = KindField<ResourceQuota>()
    public var metadata: ObjectMeta
    public var spec: ResourceQuotaSpec?
    public var status: ResourceQuotaStatus?

    public init(metadata: ObjectMeta, spec: ResourceQuotaSpec? = nil, status: ResourceQuotaStatus? = nil) {
        self.metadata = metadata
        self.spec = spec
        self.status = status
    }
}

public struct ResourceQuotaSpec: Codable, Sendable, Hashable {
    /// By what is bounded: `pods`, `requests.cpu`, `limits.memory`, `count/jobs.batch`, …
    public var hard: [String: Quantity]?
    /// Which objects count: `BestEffort`, `NotBestEffort`, `Terminating`, `NotTerminating`, …; all of them must fit.
    public var scopes: [String]?
    public var scopeSelector: ScopeSelector?

    public init(hard: [String: Quantity]? = nil, scopes: [String]? = nil, scopeSelector: ScopeSelector? = nil) {
        self.hard = hard
        self.scopes = scopes
        self.scopeSelector = scopeSelector
    }
}

public struct ScopeSelector: Codable, Sendable, Hashable {
    public var matchExpressions: [ScopeRequirement]?

    public init(matchExpressions: [ScopeRequirement]? = nil) { self.matchExpressions = matchExpressions }
}

public struct ScopeRequirement: Codable, Sendable, Hashable {
    public var scopeName: String
    /// `In`, `NotIn`, `Exists` or `DoesNotExist`.
    public var `operator`: String
    public var values: [String]?

    public init(scopeName: String, operator: String, values: [String]? = nil) {
        self.scopeName = scopeName
        self.operator = `operator`
        self.values = values
    }
}

public struct ResourceQuotaStatus: Codable, Sendable, Hashable {
    public var hard: [String: Quantity]?
    public var used: [String: Quantity]?

    public init(hard: [String: Quantity]? = nil, used: [String: Quantity]? = nil) {
        self.hard = hard
        self.used = used
    }
}
