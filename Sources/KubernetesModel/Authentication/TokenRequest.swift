/// Asks for a service account's token; posted to the account's `token` subresource.
public struct TokenRequest: KubernetesResource {
    public static let resource = ResourceType(
        group: "authentication.k8s.io", version: "v1", kind: "TokenRequest", plural: "tokenrequests", namespaced: true)

    public private(set) var apiVersion = APIVersionField<TokenRequest>()
    public private(set) var kind = KindField<TokenRequest>()
    public var metadata: ObjectMeta
    public var spec: TokenRequestSpec
    public var status: TokenRequestStatus?

    public init(metadata: ObjectMeta, spec: TokenRequestSpec, status: TokenRequestStatus? = nil) {
        self.metadata = metadata
        self.spec = spec
        self.status = status
    }
}

public struct TokenRequestSpec: Codable, Sendable, Hashable {
    public var audiences: [String]
    public var expirationSeconds: Int?
    public var boundObjectRef: BoundObjectReference?

    public init(audiences: [String] = [], expirationSeconds: Int? = nil, boundObjectRef: BoundObjectReference? = nil) {
        self.audiences = audiences
        self.expirationSeconds = expirationSeconds
        self.boundObjectRef = boundObjectRef
    }
}

/// The object with whose end a token becomes invalid.
public struct BoundObjectReference: Codable, Sendable, Hashable {
    public var kind: String?
    public var apiVersion: String?
    public var name: String?
    public var uid: String?

    public init(kind: String? = nil, apiVersion: String? = nil, name: String? = nil, uid: String? = nil) {
        self.kind = kind
        self.apiVersion = apiVersion
        self.name = name
        self.uid = uid
    }
}

public struct TokenRequestStatus: Codable, Sendable, Hashable {
    public var token: String
    public var expirationTimestamp: String

    public init(token: String, expirationTimestamp: String) {
        self.token = token
        self.expirationTimestamp = expirationTimestamp
    }
}
