/// One aspect of an object's state (metav1.Condition).
public struct Condition: Codable, Sendable, Hashable {
    public var type: String
    /// `True`, `False` or `Unknown`.
    public var status: String
    /// The generation that the condition was computed from.
    public var observedGeneration: Int64?
    /// When `status` last changed, RFC 3339.
    public var lastTransitionTime: String?
    /// A CamelCase word for programs.
    public var reason: String?
    /// A sentence for people.
    public var message: String?

    public init(
        type: String,
        status: String,
        observedGeneration: Int64? = nil,
        lastTransitionTime: String? = nil,
        reason: String? = nil,
        message: String? = nil
    ) {
        self.type = type
        self.status = status
        self.observedGeneration = observedGeneration
        self.lastTransitionTime = lastTransitionTime
        self.reason = reason
        self.message = message
    }
}
