private import Synchronization

/// Monotonic time as a value that tests can replace: how long ago the source was made, and a way to sleep.
///
/// Instants are durations since an arbitrary origin; they mean nothing outside the process, and are never compared with a
/// time that another machine wrote.
public struct TimeSource: Sendable {
    private let read: @Sendable () -> Duration
    private let pause: @Sendable (Duration) async throws -> Void

    /// Time as `clock` tells it.
    public init<C: Clock>(_ clock: C) where C.Duration == Duration {
        let origin = clock.now
        read = { origin.duration(to: clock.now) }
        pause = { try await clock.sleep(until: clock.now.advanced(by: $0), tolerance: nil) }
    }

    private init(read: @escaping @Sendable () -> Duration, pause: @escaping @Sendable (Duration) async throws -> Void) {
        self.read = read
        self.pause = pause
    }

    /// The same time, with the sleep of another clock.
    func sleeping<C: Clock>(on clock: C) -> TimeSource where C.Duration == Duration {
        TimeSource(read: read) { try await clock.sleep(until: clock.now.advanced(by: $0), tolerance: nil) }
    }

    /// The system's monotonic clock.
    public static let continuous = TimeSource(ContinuousClock())

    public var now: Duration { read() }

    /// Sleeps for `duration`; throws `CancellationError` when the task is cancelled meanwhile.
    public func sleep(for duration: Duration) async throws {
        guard duration > .zero else { return try Task.checkCancellation() }
        try await pause(duration)
    }

    /// Sleeps for `duration`; returns whether it was not cut short by cancellation.
    func hasSlept(for duration: Duration) async -> Bool {
        do { try await sleep(for: duration) } catch { return false }
        return true
    }
}

extension Duration {
    /// The duration in seconds, for metrics and messages.
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
