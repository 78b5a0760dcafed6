import Synchronization
import TaskQueue

/// When something last happened in swarms, and how many tasks came in which second, as far as no row says it yet. Both only tell how
/// busy a swarm is: they are written once a second instead of with each task, and read together with the rows.
final class SwarmPulse: Sendable {
    typealias Swarm = StoreTransaction.Context.Key

    /// What rows do not say.
    struct Beat: Sendable, Hashable {
        var last: StoreTime
        /// Arrivals by their second.
        var arrivals: [Int64: Int] = [:]
    }

    private struct State {
        var beat: Beat
        var lastWritten: StoreTime
    }

    private static let pauseMs: Int64 = 1000

    private let swarms = Mutex<[Swarm: State]>([:])

    /// Notes what a call has done.
    /// - Returns: what is to be written now; `nil`: nothing yet.
    func note(_ swarm: Swarm, arrivals: Int, at now: StoreTime) -> Beat? {
        swarms.withLock { swarms in
            var state = swarms[swarm] ?? State(beat: Beat(last: now), lastWritten: StoreTime(milliseconds: .min))
            state.beat.last = max(state.beat.last, now)
            if arrivals > 0 { state.beat.arrivals[now.milliseconds / 1000, default: 0] += arrivals }
            defer { swarms[swarm] = state }
            guard now - state.lastWritten >= Self.pauseMs else { return nil }
            defer {
                state.lastWritten = now
                state.beat.arrivals = [:]
            }
            return state.beat
        }
    }

    func beat(of swarm: Swarm) -> Beat? { swarms.withLock { $0[swarm]?.beat } }

    /// Everything, for the last time.
    func takeAll() -> [(swarm: Swarm, beat: Beat)] {
        swarms.withLock { swarms in
            defer { swarms = [:] }
            return swarms.map { ($0.key, $0.value.beat) }
        }
    }
}
