/// The API server's answer where there is no object to give: mostly an error, sometimes the success of a deletion
/// (metav1.Status).
public struct KubernetesStatus: Error, Sendable, Hashable {
    /// `Success` or `Failure`.
    public var status: String
    public var message: String
    public var reason: Reason
    /// The HTTP status.
    public var code: Int
    public var details: Details?
    public var metadata: ListMeta

    public init(
        status: String = "Failure", reason: Reason, code: Int, message: String, details: Details? = nil,
        metadata: ListMeta = ListMeta()
    ) {
        self.status = status
        self.reason = reason
        self.code = code
        self.message = message
        self.details = details
        self.metadata = metadata
    }

    /// Why, for programs; servers may send others than the ones named here.
    public struct Reason: RawRepresentable, Sendable, Hashable, Codable, CustomStringConvertible {
        public var rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }
        public var description: String { rawValue }

        /// The server gave no reason.
        public static let unknown = Reason(rawValue: "")
        public static let badRequest = Reason(rawValue: "BadRequest")
        public static let unauthorized = Reason(rawValue: "Unauthorized")
        public static let forbidden = Reason(rawValue: "Forbidden")
        public static let notFound = Reason(rawValue: "NotFound")
        public static let methodNotAllowed = Reason(rawValue: "MethodNotAllowed")
        public static let notAcceptable = Reason(rawValue: "NotAcceptable")
        public static let alreadyExists = Reason(rawValue: "AlreadyExists")
        /// The object was changed meanwhile, or a field belongs to another manager.
        public static let conflict = Reason(rawValue: "Conflict")
        public static let gone = Reason(rawValue: "Gone")
        /// The resource version or continue token is too old: list again.
        public static let expired = Reason(rawValue: "Expired")
        public static let requestEntityTooLarge = Reason(rawValue: "RequestEntityTooLarge")
        public static let unsupportedMediaType = Reason(rawValue: "UnsupportedMediaType")
        public static let invalid = Reason(rawValue: "Invalid")
        public static let tooManyRequests = Reason(rawValue: "TooManyRequests")
        public static let internalError = Reason(rawValue: "InternalError")
        public static let serverTimeout = Reason(rawValue: "ServerTimeout")
        public static let serviceUnavailable = Reason(rawValue: "ServiceUnavailable")
        public static let timeout = Reason(rawValue: "Timeout")
    }

    /// What the status is about.
    public struct Details: Codable, Sendable, Hashable {
        public var name: String?
        public var group: String?
        /// The resource's plural, or the kind where the object itself is wrong.
        public var kind: String?
        public var uid: String?
        public var causes: [Cause]?
        public var retryAfterSeconds: Int?

        public init(
            name: String? = nil, group: String? = nil, kind: String? = nil, uid: String? = nil, causes: [Cause]? = nil,
            retryAfterSeconds: Int? = nil
        ) {
            self.name = name
            self.group = group
            self.kind = kind
            self.uid = uid
            self.causes = causes
            self.retryAfterSeconds = retryAfterSeconds
        }
    }

    /// One of several reasons, mostly a field's error.
    public struct Cause: Codable, Sendable, Hashable {
        public var reason: String?
        public var message: String?
        /// The field's path, such as `spec.containers[0].image`.
        public var field: String?

        public init(reason: String? = nil, message: String? = nil, field: String? = nil) {
            self.reason = reason
            self.message = message
            self.field = field
        }
    }

    public var isSuccess: Bool { status == "Success" }
}

extension KubernetesStatus: CustomStringConvertible {
    public var description: String {
        if !message.isEmpty { return message }
        return isSuccess ? "Success" : "the server answered \(code) \(reason)"
    }
}

extension KubernetesStatus: Codable {
    private enum CodingKeys: String, CodingKey {
        case kind, apiVersion, metadata, status, message, reason, details, code
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        code = try container.decodeIfPresent(Int.self, forKey: .code) ?? 0
        status = try container.decodeIfPresent(String.self, forKey: .status) ?? (code >= 400 ? "Failure" : "Success")
        message = try container.decodeIfPresent(String.self, forKey: .message) ?? ""
        reason = try container.decodeIfPresent(Reason.self, forKey: .reason) ?? .unknown
        details = try container.decodeIfPresent(Details.self, forKey: .details)
        metadata = try container.decodeIfPresent(ListMeta.self, forKey: .metadata) ?? ListMeta()
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode("Status", forKey: .kind)
        try container.encode("v1", forKey: .apiVersion)
        try container.encode(metadata, forKey: .metadata)
        try container.encode(status, forKey: .status)
        if !message.isEmpty { try container.encode(message, forKey: .message) }
        if reason != .unknown { try container.encode(reason, forKey: .reason) }
        try container.encodeIfPresent(details, forKey: .details)
        if code != 0 { try container.encode(code, forKey: .code) }
    }
}
