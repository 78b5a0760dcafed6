private import Glibc
package import TaskQueue

/// This machine's time: the wall clock read once, advanced by a clock that nobody can set and that counts on while the machine
/// sleeps. A store that is one process on one machine needs no other.
package struct SystemStoreClock: StoreClock {
    private let start: StoreTime
    private let started: ContinuousClock.Instant

    package init() {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        start = StoreTime(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
        started = ContinuousClock.now
    }

    package func now() -> StoreTime {
        let (seconds, attoseconds) = (ContinuousClock.now - started).components
        return start + (seconds * 1000 + attoseconds / 1_000_000_000_000_000)
    }
}
