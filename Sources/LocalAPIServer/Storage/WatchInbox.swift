import Synchronization

/// What a watcher has not taken yet: the store adds to it, and the watcher takes all that there is at once, so that one which is
/// behind catches up in few steps.
///
/// One watcher reads it.
final class WatchInbox: Sendable {
    private struct State {
        var notices: [WatchNotice] = []
        var isFinished = false
        var waiting: CheckedContinuation<Void, Never>?

        mutating func takeWaiting() -> CheckedContinuation<Void, Never>? {
            defer { waiting = nil }
            return waiting
        }
    }

    private let state = Mutex(State())
    private let limit: Int

    /// - Parameter limit: how many notices wait at most.
    init(limit: Int) { self.limit = limit }

    /// Adds a notice, which the watcher takes when it is woken.
    /// - Returns: false where too many wait already, or nobody reads any more.
    func add(_ notice: WatchNotice) -> Bool {
        state.withLock { state in
            guard !state.isFinished, state.notices.count < limit else { return false }
            state.notices.append(notice)
            return true
        }
    }

    /// Wakes the watcher, if it waits and there is something for it.
    func wake() {
        let waiting = state.withLock { state in state.notices.isEmpty ? nil : state.takeWaiting() }
        waiting?.resume()
    }

    /// What was added before can still be read.
    func finish() {
        let waiting = state.withLock { state in
            state.isFinished = true
            return state.takeWaiting()
        }
        waiting?.resume()
    }

    /// All that has come since the last call, oldest first, once there is something and it is woken; `nil`: nothing more comes, or the task was
    /// cancelled.
    func next() async -> [WatchNotice]? { await reading { await take() } }

    /// Has the inbox finished if the task is cancelled while it reads: once for all that is taken in `body`.
    func reading<Result>(_ body: () async throws -> Result) async rethrows -> Result {
        try await withTaskCancellationHandler(operation: body, onCancel: finish)
    }

    /// As ``next()``, within ``reading(_:)``.
    func take() async -> [WatchNotice]? {
        await withCheckedContinuation { continuation in
            let isReady = state.withLock { state in
                let isReady = state.isFinished || !state.notices.isEmpty
                if !isReady { state.waiting = continuation }
                return isReady
            }
            if isReady { continuation.resume() }
        }
        return state.withLock { state in
            guard !state.notices.isEmpty else { return nil }
            defer { state.notices = [] }
            return state.notices
        }
    }
}
