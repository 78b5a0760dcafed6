internal import StructuredData

/// How an object, or each object of a collection, is deleted.
public struct DeleteOptions: Sendable, Hashable {
    /// What becomes of the object's dependents.
    public enum Propagation: String, Sendable, Hashable {
        case background = "Background"
        case foreground = "Foreground"
        case orphan = "Orphan"
    }

    /// Delete only the object that has this UID; another one of the name is a conflict.
    public var uid: String?
    /// Delete only in this version; any other is a conflict.
    public var resourceVersion: String?
    /// `nil`: as the kind does by default.
    public var propagation: Propagation?
    /// `nil`: as the object says; 0: at once.
    public var gracePeriodSeconds: Int?
    public var dryRun: Bool

    public init(
        uid: String? = nil,
        resourceVersion: String? = nil,
        propagation: Propagation? = nil,
        gracePeriodSeconds: Int? = nil,
        dryRun: Bool = false
    ) {
        self.uid = uid
        self.resourceVersion = resourceVersion
        self.propagation = propagation
        self.gracePeriodSeconds = gracePeriodSeconds
        self.dryRun = dryRun
    }

    /// The body of the request.
    var json: JSON {
        var body: JSON = ["kind": "DeleteOptions", "apiVersion": "v1"]
        var preconditions = JSONObject()
        preconditions["uid"] = uid.map(JSON.string)
        preconditions["resourceVersion"] = resourceVersion.map(JSON.string)
        if !preconditions.isEmpty { body["preconditions"] = .object(preconditions) }
        body["propagationPolicy"] = propagation.map { .string($0.rawValue) }
        body["gracePeriodSeconds"] = gracePeriodSeconds.map { JSON($0) }
        if dryRun { body["dryRun"] = ["All"] }
        return body
    }
}
