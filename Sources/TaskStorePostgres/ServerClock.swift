import Synchronization
import TaskQueue

/// The server's time as this program knows it: sampled now and then, advanced in between by a clock that nobody can set and that
/// counts on while the machine sleeps.
///
/// It never goes back. Where a sample is a little behind, time stands until that is made up; a server whose clock was put back
/// by more is read from then on with what it was put back by added.
final class ServerClock: StoreClock {
    /// What a sample may be behind without the server's clock having been set, in milliseconds.
    private static let tolerance: Int64 = 1000

    private struct State {
        var base = StoreTime(milliseconds: 0)
        var at: ContinuousClock.Instant = .now
        /// What the server's clock was put back by.
        var setBack: Int64 = 0
        var latest = StoreTime(milliseconds: 0)
        var hasSample = false
    }

    private let state = Mutex(State())

    func now() -> StoreTime { state.withLock { Self.now(&$0, .now) } }

    /// Takes over what the server has said that its time was at `instant`.
    func sample(_ time: StoreTime, at instant: ContinuousClock.Instant) {
        state.withLock { state in
            let running = Self.extrapolated(state, instant)
            var time = time + state.setBack
            if state.hasSample, running - time > Self.tolerance {
                state.setBack += running - time
                time = running
            }
            state.base = time
            state.at = instant
            state.hasSample = true
        }
    }

    private static func now(_ state: inout State, _ instant: ContinuousClock.Instant) -> StoreTime {
        state.latest = max(state.latest, extrapolated(state, instant))
        return state.latest
    }

    private static func extrapolated(_ state: State, _ instant: ContinuousClock.Instant) -> StoreTime {
        let (seconds, attoseconds) = (instant - state.at).components
        return state.base + (seconds * 1000 + attoseconds / 1_000_000_000_000_000)
    }
}

/// The store's time: a clock's, and never before what the database has lived by.
final class StoreTimekeeper: Sendable {
    private let clock: any StoreClock
    private let ahead = Mutex<Int64>(0)

    init(_ clock: any StoreClock) { self.clock = clock }

    func now() -> StoreTime { clock.now() + ahead.withLock(\.self) }

    /// Time is at least `floor` from now on.
    func reach(_ floor: StoreTime) {
        let now = clock.now()
        ahead.withLock { $0 = max($0, floor - now) }
    }
}
