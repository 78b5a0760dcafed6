import Synchronization
import TaskQueue

/// What changes with every transaction and need not be stored with each: the store's latest time, and when something was last
/// done for a swarm. It goes with a transaction at most four times a second, and with the end of the store.
///
/// A row that is written a thousand times a second costs more and more to find while anybody, a backup for one, reads an old
/// state of the database.
final class Notes: Sendable {
    /// Milliseconds.
    private static let interval: Int64 = 250

    struct Due: Sendable {
        var time: StoreTime?
        var activity: [SwarmKey: StoreTime] = [:]

        var isEmpty: Bool { time == nil && activity.isEmpty }
    }

    private struct Note {
        var latest: StoreTime
        var stored: StoreTime?
    }

    private struct State {
        var time: Note?
        var activity: [SwarmKey: Note] = [:]
    }

    private let state = Mutex(State())

    /// What a transaction at `now` should store, with what it has itself been active in.
    /// - Parameter all: also what was stored just now.
    func due(at now: StoreTime, activeIn swarms: Set<SwarmKey>, all: Bool = false) -> Due {
        state.withLock { state in
            var due = Due()
            let stored = state.time?.stored
            state.time = Note(latest: now, stored: stored)
            if all || stored.map({ now - $0 >= Self.interval }) ?? true { due.time = now }
            for swarm in swarms {
                state.activity[swarm] = Note(latest: now, stored: state.activity[swarm]?.stored)
            }
            for (swarm, note) in state.activity where note.stored != note.latest {
                if all || note.stored.map({ now - $0 >= Self.interval }) ?? true { due.activity[swarm] = note.latest }
            }
            return due
        }
    }

    /// That it is stored.
    func settle(_ due: Due) {
        state.withLock { state in
            if let time = due.time { state.time?.stored = time }
            for (swarm, time) in due.activity { state.activity[swarm]?.stored = time }
        }
    }

    /// When this program was last active in a swarm, stored or not.
    func activity(in swarm: SwarmKey) -> StoreTime? { state.withLock { $0.activity[swarm]?.latest } }
}
