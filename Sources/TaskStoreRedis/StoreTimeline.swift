import Synchronization
import TaskQueue

/// The store's time as far as it is known here: as Redis last told it, carried on by a clock that nobody can set.
final class StoreTimeline: Sendable {
    private struct State {
        var told = StoreTime(milliseconds: 0)
        var at = ContinuousClock.now
        var latest = StoreTime(milliseconds: 0)
        /// How far the store's time is ahead of the clock's.
        var ahead: Int64 = 0
    }

    /// Passed in; `nil`: the server's.
    let clock: (any StoreClock)?
    private let state = Mutex(State())

    init(clock: (any StoreClock)?) { self.clock = clock }

    /// Notes what the store's time was, a moment ago.
    func note(_ time: StoreTime) {
        state.withLock { state in
            state.told = time
            state.at = .now
        }
    }

    func note(ahead: Int64) { state.withLock { $0.ahead = ahead } }

    func now() -> StoreTime {
        state.withLock { state in
            let time =
                if let clock {
                    clock.now() + state.ahead
                } else {
                    state.told + (ContinuousClock.now - state.at).wholeMilliseconds
                }
            state.latest = max(state.latest, time)
            return state.latest
        }
    }
}

extension Duration {
    fileprivate var wholeMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1000 + attoseconds / 1_000_000_000_000_000
    }
}
