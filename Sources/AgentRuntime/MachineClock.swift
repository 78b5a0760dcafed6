/// The two clocks by which an agent lives: one that goes on while the machine is suspended, and one that stands still then.
/// Neither is touched by whoever sets the time of day.
struct MachineClock: Sendable {
    /// Leases and time-outs are counted by this one: whoever granted them was not asleep.
    var now: @Sendable () -> ContinuousClock.Instant = { .now }
    var awake: @Sendable () -> SuspendingClock.Instant = { .now }
}

/// Tells how long the machine was suspended, by two clocks of which one stands still then.
struct SuspensionDetector: Sendable {
    /// Less is the noise of reading two clocks one after the other.
    private static let shortest = Duration.seconds(1)

    private var now: ContinuousClock.Instant
    private var awake: SuspendingClock.Instant

    init(_ clock: MachineClock) {
        now = clock.now()
        awake = clock.awake()
    }

    /// How long the machine was suspended since this was asked before; `nil`: it was not.
    mutating func suspension(_ clock: MachineClock) -> Duration? {
        let (now, awake) = (clock.now(), clock.awake())
        let gap = (now - self.now) - (awake - self.awake)
        (self.now, self.awake) = (now, awake)
        return gap >= Self.shortest ? gap : nil
    }
}
