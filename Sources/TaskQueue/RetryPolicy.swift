/// What happens after an attempt failed in a way that another attempt may mend.
package struct RetryPolicy: Sendable, Hashable, Codable {
    /// More attempts than this no task gets, whatever its policy says.
    package static let maxAttempts = 20

    /// Attempts after the first, 0…19.
    package var limit: Int
    /// Seconds before the first retry; each further one waits twice as long.
    package var backoffSeconds: Double
    package var maxBackoffSeconds: Double

    package init(limit: Int = 3, backoffSeconds: Double = 2, maxBackoffSeconds: Double = 60) {
        self.limit = limit
        self.backoffSeconds = backoffSeconds
        self.maxBackoffSeconds = maxBackoffSeconds
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let standard = RetryPolicy()
        limit = try container.decodeIfPresent(Int.self, forKey: .limit) ?? standard.limit
        backoffSeconds =
            try container.decodeIfPresent(Double.self, forKey: .backoffSeconds) ?? standard.backoffSeconds
        maxBackoffSeconds =
            try container.decodeIfPresent(Double.self, forKey: .maxBackoffSeconds) ?? standard.maxBackoffSeconds
    }

    /// All attempts that the policy allows, 1…20.
    package var attempts: Int { min(max(limit, 0), Self.maxAttempts - 1) + 1 }

    /// Milliseconds to wait before the attempt that follows attempt number `attempt` (from 1).
    ///
    /// The wait doubles up to its bound, then a random share of its second half is left out ("equal jitter"), so that tasks
    /// that failed together do not come back together.
    /// - Parameter random: in 0..<1.
    package func backoffMilliseconds(after attempt: Int, random: Double) -> Int64 {
        guard backoffSeconds > 0, maxBackoffSeconds > 0 else { return 0 }
        var seconds = backoffSeconds
        for _ in 1..<max(attempt, 1) where seconds < maxBackoffSeconds { seconds *= 2 }
        let bounded = min(seconds, maxBackoffSeconds, 86_400)
        return Int64((bounded * 1000 * (0.5 + 0.5 * min(max(random, 0), 1))).rounded())
    }
}
