/// How often a call is repeated where the server asks for it (429, 5xx), or where the connection broke and repeating is safe.
public struct RequestRetryPolicy: Sendable, Hashable {
    /// The first attempt included.
    public var maxAttempts: Int
    public var firstDelaySeconds: Double
    public var maxDelaySeconds: Double
    /// A longer `Retry-After` is not waited for: the call fails, and the error says how long the server wants.
    public var maxRetryAfterSeconds: Double

    public init(
        maxAttempts: Int = 5,
        firstDelaySeconds: Double = 0.2,
        maxDelaySeconds: Double = 5,
        maxRetryAfterSeconds: Double = 30
    ) {
        self.maxAttempts = maxAttempts
        self.firstDelaySeconds = firstDelaySeconds
        self.maxDelaySeconds = maxDelaySeconds
        self.maxRetryAfterSeconds = maxRetryAfterSeconds
    }

    /// Every call is tried once.
    public static let never = RequestRetryPolicy(maxAttempts: 1)

    /// How long to wait before attempt number `attempt` (2, 3, …), `random` being in 0..<1.
    ///
    /// Half of an exponentially growing delay is fixed, half is random. A `Retry-After` is never undercut; up to a quarter is
    /// added, so that those who were turned away together do not come back together.
    func delaySeconds(before attempt: Int, retryAfterSeconds: Double?, random: Double) -> Double {
        if let retryAfterSeconds { return retryAfterSeconds * (1 + random / 4) }
        var delay = firstDelaySeconds
        for _ in 2..<max(2, attempt) where delay < maxDelaySeconds { delay *= 2 }
        return min(delay, maxDelaySeconds) * (0.5 + random / 2)
    }
}
