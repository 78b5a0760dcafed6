import Dispatch
import Synchronization
import TaskQueue

/// Tells those who follow the feed that it has grown: at once where somebody waits who learns of it from the feed alone, and else
/// together with what comes shortly after. To be woken for each commit costs a busy store more than the commits.
final class FeedHints: Sendable {
    /// How long entries that can wait are kept back at most.
    private static let pauseMilliseconds = 50

    private let hints = ChangeHints()
    private let isKeepingBack = Atomic(false)
    private let queue = DispatchQueue(label: "das.tasks.hints")

    func listen() -> AsyncStream<Void> { hints.listen() }

    func close() { hints.close() }

    /// - Parameter isPressing: of what was added something cannot wait.
    func tell(isPressing: Bool) {
        if isPressing { return hints.tell() }
        guard !isKeepingBack.exchange(true, ordering: .acquiringAndReleasing) else { return }
        queue.asyncAfter(deadline: .now() + .milliseconds(Self.pauseMilliseconds)) { [hints, weak self] in
            self?.isKeepingBack.store(false, ordering: .releasing)
            hints.tell()
        }
    }

    /// Whether what a call has added can wait, given that the caller has told all who wait for the task here or may run it: that a
    /// task of the HTTP API came and was leased at once, was leased, or has ended. What became of SwarmTasks and of items of
    /// groups is the operator's to act on, as is a task that is ready and that nobody has taken.
    static func canWait(_ changes: [Change]) -> Bool {
        var ready: Set<TaskID> = []
        for change in changes {
            guard change.object == nil, let task = change.task, task.item == nil else { return false }
            switch change.kind {
            case .submitted, .finished: break
            case .ready: ready.insert(task)
            case .leased: ready.remove(task)
            case .waiting, .progress, .cancelling, .amended, .agentRegistered, .agentGone, .agentDrain, .catalogue:
                return false
            }
        }
        return ready.isEmpty
    }
}
