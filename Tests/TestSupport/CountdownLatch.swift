import FoundationEssentials
import SystemThreads

/// Holds threads until something has happened as often as it was made for. What happens may happen on any thread, and needs no
/// thread of the cooperative pool to be seen.
///
/// `@unchecked Sendable`: the count is used under the monitor.
package final class CountdownLatch: @unchecked Sendable {
    private let monitor = Monitor()
    private var left: Int

    package init(_ count: Int = 1) { left = count }

    package func countDown() {
        monitor.withLock {
            left -= 1
            if left == 0 { monitor.signal() }
        }
    }

    /// Blocks the calling thread until the count is down; `false` where `end` came before.
    private func block(until end: ContinuousClock.Instant) -> Bool {
        monitor.withLock {
            while left > 0, .now < end { monitor.wait(atMost: end - .now) }
            return left <= 0
        }
    }

    /// Blocks every thread of the cooperative pool until the count is down; `false` where 20 seconds were over before.
    ///
    /// What counts down must do without the pool. So must whatever would end the test for taking too long: hence the limit.
    package func blockPool() async -> Bool {
        let end = ContinuousClock.now + .seconds(20)
        return await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<(2 * ProcessInfo.processInfo.activeProcessorCount) { group.addTask { self.block(until: end) } }
            return await group.reduce(true) { $0 && $1 }
        }
    }
}
