import Synchronization
import TaskQueue

/// Cancels what is left of fan-outs, in portions. Who it has told to stop it remembers until the fan-out is forgotten, so that
/// each item is looked at once; after a restart, once more, which changes nothing.
final class FanOutCancellation: Sendable {
    private static let pageSize = 500
    private static let atOnce = 50

    private let store: any TaskStore
    private let graceMilliseconds: Int64
    private let told = Mutex<Set<TaskID>>([])

    init(store: any TaskStore, graceMilliseconds: Int64) {
        self.store = store
        self.graceMilliseconds = graceMilliseconds
    }

    func forget(_ group: TaskID) { told.withLock { _ = $0.remove(group) } }

    /// Cancels all items that have not ended: those that wait at once, those that run by asking their agents.
    func cancel(_ group: TaskID, reason: String) async throws {
        guard !told.withLock({ $0.contains(group) }), let summary = try await store.group(group),
            summary.counts.live > 0
        else { return }
        let order = CancelOrder(mode: .cooperative, graceMs: graceMilliseconds, reason: reason)
        // From the last one on, so that what waits for others of its group does not begin meanwhile.
        var query = TaskQuery(namespace: summary.namespace, group: group, limit: Self.pageSize)
        repeat {
            try Task.checkCancellation()
            let page = try await store.tasks(query)
            let live = page.tasks.filter { !$0.state.isEnd && $0.cancellation == nil }.map(\.id)
            for start in stride(from: 0, to: live.count, by: Self.atOnce) {
                try await withThrowingTaskGroup(of: Void.self) { [store] group in
                    for id in live[start..<min(start + Self.atOnce, live.count)] {
                        group.addTask { _ = try await store.cancel(id, order) }
                    }
                    try await group.waitForAll()
                }
            }
            query.cursor = page.cursor
        } while query.cursor != nil
        told.withLock { _ = $0.insert(group) }
    }
}
