import BenchmarkSupport
import Foundation
import Synchronization
import SystemThreads

/// What the host itself takes for something while a program is measured, tried again and again on a thread of its own: no program on
/// the machine can be relied on to be much faster.
final class HostProbe: Sendable {
    private let isOver = Atomic<Bool>(false)
    private let result = Mutex(Result<Durations, any Error>.success(Durations()))
    private let ended = AsyncStream<Void>.makeStream()

    /// How late a thread wakes that has nothing to do but sleep for a millisecond at a time: where a host shares out its processors,
    /// that is its share of the delays.
    static func lateness() throws -> HostProbe {
        try HostProbe("lateness") {
            let due = ContinuousClock.now + .milliseconds(1)
            nap(.milliseconds(1))
            return max(.zero, due.duration(to: .now))
        }
    }

    /// How long one block takes to the disk, twenty times a second: where a host shares out its disk, what is written meanwhile waits
    /// as long.
    /// - Parameter folder: on the file system in question.
    static func syncs(in folder: String) throws -> HostProbe {
        let disk = try DiskSync(in: folder)
        return try HostProbe("syncs") {
            nap(.milliseconds(50))
            return try disk.write(block: 0)
        }
    }

    private init(_ name: String, _ sample: @escaping @Sendable () throws -> Duration) throws {
        try OSThread.start(name) { [self] in
            let outcome = Result<Durations, any Error> {
                var durations = Durations()
                while !isOver.load(ordering: .relaxed) { durations.add(try sample()) }
                return durations
            }
            result.withLock { $0 = outcome }
            ended.continuation.finish()
        }
    }

    /// Ends the measurement.
    func end() async throws -> Durations {
        isOver.store(true, ordering: .relaxed)
        for await _ in ended.stream {}
        return try result.withLock { $0 }.get()
    }

    private static func nap(_ duration: Duration) {
        var time = timespec(tv_sec: 0, tv_nsec: Int(duration.milliseconds * 1e6))
        nanosleep(&time, nil)
    }
}
