import Synchronization
import TaskQueue

/// Whether a process without a gateway is ready: its task store is open, and answers.
final class StoreReadiness: Sendable {
    private let store = Mutex<(any TaskStore)?>(nil)

    func follow(_ store: any TaskStore) { self.store.withLock { $0 = store } }

    func isReady() async -> Bool {
        guard let store = store.withLock({ $0 }) else { return false }
        do {
            _ = try await store.changeCursor()
            return true
        } catch {
            // Why, the operator's own calls say in the log.
            return false
        }
    }
}
