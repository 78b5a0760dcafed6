/// Notices keys that are reconciled more often than anything in the world changes: a controller that wakes itself.
struct HotLoopDetector<Key: Hashable & Sendable>: Sendable {
    /// More than this many reconciles of one key within a second are a hot loop.
    static var reconcilesPerSecond: Int { 10 }
    /// A key is reported at most once in this time.
    static var reportInterval: Duration { .seconds(10) }

    /// Keys counted at once; a hot loop among more reconciles than these a second is found in a quieter one.
    static var countedKeys: Int { 10_000 }

    private var window: Duration = .zero
    private var counts: [Key: Int] = [:]
    private var reported: [Key: Duration] = [:]

    var keyCount: Int { counts.count }

    /// Counts a reconcile of `key`; returns whether the key has just been found in a hot loop.
    mutating func count(_ key: Key, now: Duration) -> Bool {
        if now - window >= .seconds(1) {
            counts.removeAll(keepingCapacity: true)
            reported = reported.filter { now - $0.value < Self.reportInterval }
            window = now
        }
        let count = counts[key, default: 0] + 1
        guard count > 1 || counts.count < Self.countedKeys else { return false }
        counts[key] = count
        guard count > Self.reconcilesPerSecond, reported[key] == nil else { return false }
        reported[key] = now
        return true
    }
}
