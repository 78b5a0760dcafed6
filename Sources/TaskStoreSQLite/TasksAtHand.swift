import Synchronization
import TaskQueue

/// The tasks that are on their way, as the writer has written them last, so that it does not read them again for each step.
///
/// The writer alone changes the table and tells of every change; after one that came to nothing it knows no task any more.
final class TasksAtHand: Sendable {
    /// More are not kept at once.
    static let limit = 2000

    private struct State {
        var tasks: [Int64: StoredTask] = [:]
        var sequences: [TaskID: Int64] = [:]

        mutating func forget(_ sequence: Int64) {
            guard let task = tasks.removeValue(forKey: sequence) else { return }
            sequences[task.record.id] = nil
        }
    }

    private let state = Mutex(State())

    func task(at sequence: Int64) -> StoredTask? { state.withLock { $0.tasks[sequence] } }

    func task(_ id: TaskID) -> StoredTask? {
        state.withLock { state in state.sequences[id].flatMap { state.tasks[$0] } }
    }

    /// The row is as `task` says.
    func wrote(_ task: StoredTask) {
        state.withLock { state in
            if task.record.state.isEnd { return state.forget(task.sequence) }
            let isNew = state.tasks.updateValue(task, forKey: task.sequence) == nil
            guard isNew else { return }
            state.sequences[task.record.id] = task.sequence
            let count = state.tasks.count
            if count > Self.limit {
                state = State()
            } else if task.record.state != .leased, count > Self.limit / 2 {
                // Those that only wait leave room for those that are worked on.
                state.forget(task.sequence)
            }
        }
    }

    func forgetAll() { state.withLock { $0 = State() } }
}
