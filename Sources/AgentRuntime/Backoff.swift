/// How long to wait before the next try: doubling from `shortest` to `longest`, half of it random, so that a fleet does not
/// come back as one.
struct Backoff: Sendable, Hashable {
    var shortest: Duration
    var longest: Duration
    private(set) var failures = 0

    init(shortest: Duration = .milliseconds(100), longest: Duration = .seconds(10)) {
        self.shortest = shortest
        self.longest = longest
    }

    /// - Parameter atLeast: what the other side asked for.
    mutating func next(
        atLeast: Duration? = nil, using random: inout some RandomNumberGenerator
    ) -> Duration {
        let full = min(longest, shortest * (1 << min(failures, 20)))
        failures += 1
        let delay = full / 2 + full * Double.random(in: 0..<0.5, using: &random)
        return max(delay, atLeast ?? .zero)
    }

    mutating func reset() { failures = 0 }
}
