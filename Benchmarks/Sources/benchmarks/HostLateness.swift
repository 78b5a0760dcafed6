import BenchmarkSupport
import Foundation
import Synchronization
import SystemThreads

/// How late a thread wakes that has nothing to do but sleep for a millisecond at a time: no program on the machine can be relied on to
/// be much faster, whatever it does, and where a host shares out its processors, that is its share of the delays.
final class HostLateness: Sendable {
    private static let nap: UInt64 = 1_000_000

    private let isOver = Atomic<Bool>(false)
    private let result = Mutex(Durations())
    private let ended = AsyncStream<Void>.makeStream()

    /// Begins to measure.
    init() throws {
        try OSThread.start("lateness") { [self] in measure() }
    }

    /// Ends the measurement.
    func end() async -> Durations {
        isOver.store(true, ordering: .relaxed)
        for await _ in ended.stream {}
        return result.withLock { $0 }
    }

    private func measure() {
        var durations = Durations()
        while !isOver.load(ordering: .relaxed) {
            let due = ContinuousClock.now + .nanoseconds(Self.nap)
            var time = timespec(tv_sec: 0, tv_nsec: Int(Self.nap))
            nanosleep(&time, nil)
            durations.add(max(.zero, due.duration(to: .now)))
        }
        result.withLock { $0 = durations }
        ended.continuation.finish()
    }
}
