/// What happens after an attempt failed in a way that another attempt may mend.
package struct RetryPolicy: Sendable, Hashable, Codable {
    /// More attempts than this no task gets, whatever its policy says.
    package static let maxAttempts = 20

    /// Attempts after the first, 0…19.
    package var limit: Int
    /// Seconds before the first retry; each further one waits twice as long.
    package var backoffSeconds: Double
    package var maxBackoffSeconds: Double
    /// The only failures after which there is another attempt; empty: any.
    package var retryOn: FailureCodes
    /// Failures after which there is none, also where `retryOn` names them.
    package var giveUpOn: FailureCodes

    package init(
        limit: Int = 3, backoffSeconds: Double = 2, maxBackoffSeconds: Double = 60, retryOn: FailureCodes = [],
        giveUpOn: FailureCodes = []
    ) {
        self.limit = limit
        self.backoffSeconds = backoffSeconds
        self.maxBackoffSeconds = maxBackoffSeconds
        self.retryOn = retryOn
        self.giveUpOn = giveUpOn
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let standard = RetryPolicy()
        limit = try container.decodeIfPresent(Int.self, forKey: .limit) ?? standard.limit
        backoffSeconds =
            try container.decodeIfPresent(Double.self, forKey: .backoffSeconds) ?? standard.backoffSeconds
        maxBackoffSeconds =
            try container.decodeIfPresent(Double.self, forKey: .maxBackoffSeconds) ?? standard.maxBackoffSeconds
        retryOn = try container.decodeIfPresent(FailureCodes.self, forKey: .retryOn) ?? []
        giveUpOn = try container.decodeIfPresent(FailureCodes.self, forKey: .giveUpOn) ?? []
    }

    /// All attempts that the policy allows, 1…20.
    package var attempts: Int { min(max(limit, 0), Self.maxAttempts - 1) + 1 }

    /// Whether a failure of this kind may be followed by another attempt, as far as attempts are left.
    package func retries(_ code: String) -> Bool {
        !giveUpOn.contain(code) && (retryOn.patterns.isEmpty || retryOn.contain(code))
    }

    /// Milliseconds to wait before the attempt of `task` that follows attempt number `attempt` (from 1).
    ///
    /// The wait doubles up to its bound, then a share of its second half is left out ("equal jitter"), so that tasks that failed
    /// together do not come back together:
    ///
    ///     wait = min(backoffSeconds × 2^(attempt − 1), maxBackoffSeconds, 86400 s) × (1 + jitter) / 2
    ///
    /// The jitter, in 0..<1, looks random and is a function of task and attempt alone.
    package func backoffMilliseconds(after attempt: Int, of task: TaskID) -> Int64 {
        backoffMilliseconds(after: attempt, jitter: Self.jitter(of: task, after: attempt))
    }

    package func backoffMilliseconds(after attempt: Int, jitter: Double) -> Int64 {
        guard backoffSeconds > 0, maxBackoffSeconds > 0 else { return 0 }
        var seconds = backoffSeconds
        for _ in 1..<max(attempt, 1) where seconds < maxBackoffSeconds { seconds *= 2 }
        let bounded = min(seconds, maxBackoffSeconds, 86_400)
        return Int64((bounded * 1000 * (0.5 + 0.5 * jitter)).rounded())
    }

    /// The bytes of the task's id and then the attempt's number, each step `h = (48271 h + byte) mod (2^31 − 1)` (the multiplier
    /// of Park, Miller and Stockmeyer, 1993), and two more steps with 0; over 2^31 − 1. Exact in doubles, so that every store
    /// comes to the same.
    package static func jitter(of task: TaskID, after attempt: Int) -> Double {
        let modulus: Int64 = 2_147_483_647
        var hash: Int64 = 1
        for byte in task.text.utf8 { hash = (hash * 48_271 + Int64(byte)) % modulus }
        hash = (hash * 48_271 + Int64(attempt)) % modulus
        for _ in 0..<2 { hash = hash * 48_271 % modulus }
        return Double(hash) / Double(modulus)
    }
}
