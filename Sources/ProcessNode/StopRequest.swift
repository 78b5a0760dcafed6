internal import ControllerRuntime
private import Synchronization

/// Asks a running container to stop: first politely, then, when the time is over, by force. The time can be cut short later.
final class StopRequest: Sendable {
    private let time: TimeSource
    private let latch = Latch()
    private let changed = Signal()
    private let killAt = Mutex(Duration?.none)

    init(time: TimeSource) { self.time = time }

    var isRequested: Bool { latch.isSet }

    /// Asks for a stop within `grace`; of several requests the earliest end counts.
    func request(grace: Duration) {
        let at = time.now + max(grace, .zero)
        killAt.withLock { $0 = $0.map { min($0, at) } ?? at }
        latch.set()
        changed.raise()
    }

    /// How much time is left to stop in.
    var remaining: Duration { killAt.withLock { $0 }.map { max($0 - time.now, .zero) } ?? .zero }

    /// Returns once a stop was asked for, or the task is cancelled.
    func requested() async { await latch.wait() }

    /// Returns once the time to stop by itself is over, or the task is cancelled. One task at a time.
    func graceEnded() async {
        while !Task.isCancelled, let at = killAt.withLock({ $0 }), at > time.now {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { try? await self.time.sleep(for: at - self.time.now) }
                group.addTask { await self.changed.wait() }
                await group.next()
                group.cancelAll()
            }
        }
    }
}
