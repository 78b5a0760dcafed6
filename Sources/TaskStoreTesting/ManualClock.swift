import Synchronization
package import TaskQueue

/// A clock that stands still until it is told to go on.
package final class ManualClock: StoreClock {
    private let time: Mutex<StoreTime>

    package init(_ time: StoreTime = StoreTime(milliseconds: 1_700_000_000_000)) { self.time = Mutex(time) }

    package func now() -> StoreTime { time.withLock { $0 } }

    package func advance(_ milliseconds: Int64) { time.withLock { $0 = $0 + milliseconds } }

    /// Also backwards.
    package func set(_ newTime: StoreTime) { time.withLock { $0 = newTime } }
}
