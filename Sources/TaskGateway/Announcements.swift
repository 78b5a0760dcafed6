import Synchronization
import TaskQueue

/// The tasks that this gateway wakes polls for by itself, as it is the one that puts them into the store: the feed, which tells of them
/// too, is not to wake a second time.
///
/// Flow: `begin` before the store is asked, then `end` or, where the store gave no answer, `abandon`; `feedTells` whenever the feed
/// says that a task is ready. Guarantees: of a task that is announced one of the two sides wakes, whichever comes first; of any
/// other the feed does.
final class Announcements: Sendable {
    private enum Standing {
        /// Being submitted.
        case begun
        /// Being submitted, and the feed has told of it already: to wake is left to who submits it.
        case told
        /// Who submitted it has woken for it; the feed has yet to tell.
        case woken
    }

    private let tasks = Mutex<[TaskID: Standing]>([:])

    /// These are about to be submitted: the feed may tell of them before the store answers.
    func begin(_ ids: [TaskID]) {
        tasks.withLock { tasks in for id in ids { tasks[id] = .begun } }
    }

    /// The store has answered.
    /// - Parameter ready: those that are new and ready, which the caller wakes for now.
    func end(_ ids: [TaskID], ready: Set<TaskID>) {
        tasks.withLock { tasks in
            for id in ids {
                tasks[id] = tasks[id] == .begun && ready.contains(id) ? .woken : nil
            }
        }
    }

    /// Nobody knows what became of the submission.
    /// - Returns: Those that the feed has told of, which the caller has to wake for; of the others the feed will.
    func abandon(_ ids: [TaskID]) -> [TaskID] {
        tasks.withLock { tasks in ids.filter { tasks.removeValue(forKey: $0) == .told } }
    }

    /// The feed says that a task is ready. `false`: whoever submits it wakes for it, or has.
    func feedTells(_ id: TaskID) -> Bool {
        tasks.withLock { tasks in
            switch tasks[id] {
            case nil: return true
            case .begun?, .told?: tasks[id] = .told
            case .woken?: tasks[id] = nil
            }
            return false
        }
    }

    /// The feed will not tell of what it has told of so far.
    func forgetWoken() {
        tasks.withLock { tasks in tasks = tasks.filter { $0.value != .woken } }
    }

    /// How many are remembered.
    var count: Int { tasks.withLock { $0.count } }
}
