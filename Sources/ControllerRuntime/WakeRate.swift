/// How often what a controller watches may bring it back to one key: so many times at once, and from then on in steps.
///
/// What an object owns changes many times while it comes up, each time for a reason that the next look sees as well.
public struct WakeRate: Sendable, Hashable {
    /// Reconciles of a key that do not wait for each other.
    public var burst: Int
    /// How long after those before it each further one comes.
    public var interval: Duration

    public init(burst: Int, interval: Duration) {
        self.burst = max(burst, 1)
        self.interval = max(interval, .zero)
    }
}

/// Tells how long a change must wait before it wakes its key, by the generic cell rate algorithm (ITU-T I.371, annex A).
struct WakeLimiter<Key: Hashable & Sendable>: Sendable {
    /// Keys that are remembered before those are forgotten which have been left alone for long enough.
    private static var remembered: Int { 1024 }

    private let rate: WakeRate
    /// When a key has its whole burst again.
    private var replete: [Key: Duration] = [:]
    private var pruneAt = Self.remembered

    init(_ rate: WakeRate) { self.rate = rate }

    var keyCount: Int { replete.count }

    /// A reconcile of `key` begins, whatever for.
    mutating func began(_ key: Key, now: Duration) {
        if replete.count >= pruneAt {
            replete = replete.filter { $0.value > now }
            pruneAt = max(2 * replete.count, Self.remembered)
        }
        // What was asked for otherwise, however often, keeps no change waiting for longer than one interval.
        replete[key] = min(max(replete[key] ?? now, now) + rate.interval, now + rate.interval * rate.burst)
    }

    func delay(_ key: Key, now: Duration) -> Duration {
        guard let time = replete[key] else { return .zero }
        return max(time - rate.interval * (rate.burst - 1) - now, .zero)
    }
}
