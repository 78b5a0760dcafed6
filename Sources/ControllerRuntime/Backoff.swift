/// Growing pauses between attempts: `base`, `base × factor`, … up to `limit`, each shortened at random so that many clients
/// that failed together do not return together.
public struct Backoff: Sendable, Hashable {
    public var base: Duration
    public var factor: Double
    public var limit: Duration
    /// The share of a pause that is random: 0 gives the pause whole, 0.5 gives between half of it and the whole.
    public var jitter: Double

    public init(base: Duration, factor: Double = 2, limit: Duration, jitter: Double = 0.5) {
        self.base = base
        self.factor = factor
        self.limit = limit
        self.jitter = min(max(jitter, 0), 1)
    }

    /// The pause after `failures` failures in a row (1 or more).
    public func delay(afterFailures failures: Int, using generator: inout some RandomNumberGenerator) -> Duration {
        let whole = delay(afterFailures: failures)
        guard jitter > 0 else { return whole }
        return whole * Double.random(in: (1 - jitter)...1, using: &generator)
    }

    /// The pause after `failures` failures in a row, without jitter.
    public func delay(afterFailures failures: Int) -> Duration {
        // The exponent is bounded so that the product stays finite however long something fails.
        var pause = base
        for _ in 0..<min(max(failures - 1, 0), 64) {
            pause = pause * factor
            if pause >= limit { return limit }
        }
        return min(pause, limit)
    }
}

/// A small seeded generator (SplitMix64; Steele, Lea and Flood, 2014), so that what a test saw can be replayed from its seed.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    public init(seed: UInt64) { state = seed }

    /// A generator with a seed from the system.
    public init() { state = UInt64.random(in: .min ... .max) }

    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
