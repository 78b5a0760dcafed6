/// When a plugin that was of no help may be run again, so that many calls are not as many runs.
struct PluginPauses: Sendable {
    static let firstPause = Duration.seconds(1)
    static let longestPause = Duration.seconds(30)

    private struct Pause {
        var count: Int
        var until: Duration
    }

    private var failure: (error: KubernetesClientError, pause: Pause)?
    private var repetition: Pause?

    // MARK: A plugin that fails

    /// The error of its last run, while that is not to be tried again.
    func failure(now: Duration) -> KubernetesClientError? {
        guard let (error, pause) = failure, now < pause.until else { return nil }
        let rest = (pause.until - now).components.seconds + 1
        return KubernetesClientError(error.code, "\(error.message)\n(it is run again in \(rest) s at the earliest)")
    }

    mutating func failed(_ error: KubernetesClientError, now: Duration) {
        failure = (error, Self.pause(after: failure?.pause, now))
    }

    mutating func succeeded() { failure = nil }

    // MARK: A plugin that gives again what the server has refused

    func mayReplace(now: Duration) -> Bool { repetition.map { now >= $0.until } ?? true }

    mutating func repeatedItself(now: Duration) { repetition = Self.pause(after: repetition, now) }

    mutating func replaced() { repetition = nil }

    private static func pause(after last: Pause?, _ now: Duration) -> Pause {
        let count = (last?.count ?? 0) + 1
        var pause = firstPause
        for _ in 1..<count where pause < longestPause { pause *= 2 }
        return Pause(count: count, until: now + min(pause, longestPause))
    }
}
