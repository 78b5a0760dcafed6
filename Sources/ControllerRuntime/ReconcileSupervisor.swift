internal import KubernetesModel
internal import Logging
internal import Metrics
private import Synchronization

/// Watches over the reconciles in flight of one controller: cancels those that overrun their deadline, tells of those that
/// ignore that, and gives up on them when the controller ends.
///
/// Each reconcile runs in a task of its own, which nothing awaits but through here: a child of a task group would be waited for
/// without end. One that never returns costs its worker's slot, and the memory of its task; it is counted in
/// `controller_runtime_stuck_reconciles` while it lasts.
final class ReconcileSupervisor: Sendable {
    enum Outcome: Sendable {
        case ended(Result<ReconcileResult, any Error>)
        /// It has not ended, and nobody waits for it any more.
        case abandoned
    }

    private struct Entry {
        var key: ObjectKey
        var began: Duration
        var continuation: CheckedContinuation<Outcome, Never>?
        var task: Task<Void, Never>?
        var isOverdue = false
        var isStuck = false
        var isCancelled = false
    }

    private struct State {
        var entries: [Int: Entry] = [:]
        var lastID = 0
        /// When the watch looks again; what begins later needs no earlier look.
        var target: Duration?
    }

    private let deadline: Duration
    private let patience: Duration
    private let time: TimeSource
    private let stuck: Gauge
    private let logger: Logger
    private let state = Mutex(State())
    private let signal = Signal()

    /// - Parameters:
    ///   - deadline: how long a reconcile may take before it is cancelled.
    ///   - patience: how long it may go on after that before it counts as stuck.
    init(deadline: Duration, patience: Duration, time: TimeSource, stuck: Gauge, logger: Logger) {
        self.deadline = deadline
        self.patience = patience
        self.time = time
        self.stuck = stuck
        self.logger = logger
    }

    /// How many reconciles go on although they were cancelled long ago.
    var stuckCount: Int { state.withLock { $0.entries.values.count { $0.isStuck } } }

    /// Runs `body`, and returns when it has ended or was abandoned.
    func run(_ key: ObjectKey, _ body: @escaping @Sendable () async throws -> ReconcileResult) async -> Outcome {
        await withCheckedContinuation { continuation in
            let (id, isFirst) = state.withLock { state in
                state.lastID += 1
                state.entries[state.lastID] = Entry(key: key, began: time.now, continuation: continuation)
                return (state.lastID, state.target == nil)
            }
            let task = Task {
                let result: Result<ReconcileResult, any Error>
                do { result = .success(try await body()) } catch { result = .failure(error) }
                self.ended(id, result)
            }
            let isCancelled = state.withLock { state in
                state.entries[id]?.task = task
                return state.entries[id]?.isCancelled ?? false
            }
            if isCancelled { task.cancel() }
            if isFirst { signal.raise() }
        }
    }

    private func ended(_ id: Int, _ result: Result<ReconcileResult, any Error>) {
        let entry = state.withLock { $0.entries.removeValue(forKey: id) }
        guard let entry else { return }
        if entry.isStuck {
            stuck.record(stuckCount)
            logger.notice(
                "\(entry.key): its reconcile has returned after all, \(time.now - entry.began) after it began")
        }
        // Whatever it returns in the end, it was not what was asked of it.
        let outcome = entry.isOverdue ? .failure(ReconcileDeadlineExceeded(deadline: deadline)) : result
        entry.continuation?.resume(returning: .ended(outcome))
    }

    /// Looks after deadlines until cancelled.
    func watch() async {
        while !Task.isCancelled {
            let (tasks, stuckKeys, target) = look()
            for task in tasks { task.cancel() }
            for key in stuckKeys {
                logger.error(
                    "\(key): its reconcile was cancelled after \(deadline) and still goes on; it holds one worker until it returns or the process ends"
                )
            }
            if !stuckKeys.isEmpty { stuck.record(stuckCount) }
            let source = time
            let signal = signal
            await withTaskGroup(of: Void.self) { group in
                if let target {
                    // Cancellation is seen by the loop.
                    group.addTask { try? await source.sleep(for: target - source.now) }
                }
                group.addTask { await signal.wait() }
                await group.next()
                group.cancelAll()
            }
        }
    }

    private func look() -> (overdue: [Task<Void, Never>], stuck: [ObjectKey], target: Duration?) {
        state.withLock { state in
            let now = time.now
            var overdue: [Task<Void, Never>] = []
            var stuck: [ObjectKey] = []
            var target: Duration?
            for (id, entry) in state.entries where !entry.isStuck {
                var due = entry.began + deadline + (entry.isOverdue ? patience : .zero)
                if due <= now, !entry.isOverdue {
                    state.entries[id]?.isOverdue = true
                    state.entries[id]?.isCancelled = true
                    if let task = entry.task { overdue.append(task) }
                    due += patience
                }
                if due <= now {
                    state.entries[id]?.isStuck = true
                    stuck.append(entry.key)
                } else {
                    target = min(target ?? due, due)
                }
            }
            state.target = target
            return (overdue, stuck, target)
        }
    }

    /// Cancels what is in flight.
    func cancelAll() {
        let tasks = state.withLock { state in
            for id in state.entries.keys { state.entries[id]?.isCancelled = true }
            return state.entries.values.compactMap(\.task)
        }
        for task in tasks { task.cancel() }
    }

    /// Waits for nothing in flight any more.
    func abandonAll() {
        let entries = state.withLock { state in
            defer { for id in state.entries.keys { state.entries[id]?.continuation = nil } }
            return Array(state.entries.values)
        }
        for entry in entries {
            logger.error("\(entry.key): its reconcile ignores that it was cancelled, and is left behind")
            entry.continuation?.resume(returning: .abandoned)
        }
    }
}
