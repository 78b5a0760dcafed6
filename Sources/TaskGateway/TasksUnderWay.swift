import Synchronization
import TaskQueue

/// The tasks that this gateway took in lately and that have not ended, as far as it knows: who comes to wait for the end of one need
/// not ask the store first whether it is there.
///
/// Flow: `begin` before the store is asked, `accepted` once it has taken the task in, `ended` when its end is heard of, whichever way.
/// An end that is heard of before the store has answered is not overlooked. To forget a task early costs a look into the store,
/// no more, and so do those that are not remembered for their number.
final class TasksUnderWay: Sendable {
    /// More are not remembered.
    static let limit = 4096

    private struct Entry {
        var namespace: String
        var isAccepted = false
    }

    private struct State {
        /// Those that came last, and those that came before them.
        var young: [TaskID: Entry] = [:]
        var old: [TaskID: Entry] = [:]
    }

    private let state = Mutex(State())
    private let count = Atomic(0)

    /// Whether none is known, for who would tell of many ends.
    var isEmpty: Bool { count.load(ordering: .sequentiallyConsistent) == 0 }

    func begin(_ submission: Submission) {
        change { state in
            if state.young.count >= Self.limit / 2 { (state.young, state.old) = ([:], state.young) }
            state.old[submission.id] = nil
            state.young[submission.id] = Entry(namespace: submission.namespace)
        }
    }

    func accepted(_ id: TaskID) {
        state.withLock { state in
            if state.young[id] != nil { state.young[id]?.isAccepted = true } else { state.old[id]?.isAccepted = true }
        }
    }

    func ended(_ id: TaskID) {
        change { state in
            state.young[id] = nil
            state.old[id] = nil
        }
    }

    /// Ends may not have been heard of.
    func forgetAll() { change { $0 = State() } }

    private func change(_ body: (inout State) -> Void) {
        state.withLock { state in
            body(&state)
            count.store(state.young.count + state.old.count, ordering: .sequentiallyConsistent)
        }
    }

    func contains(_ id: TaskID, in namespace: String) -> Bool {
        state.withLock { state in
            guard let entry = state.young[id] ?? state.old[id] else { return false }
            return entry.isAccepted && entry.namespace == namespace
        }
    }
}
