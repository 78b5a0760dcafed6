import Synchronization
package import TaskQueue

/// Spreads tasks that name no swarm over those that take them: measures the loads of the swarms in question, at most once a second
/// each, and counts what it gives out in between.
package final class TaskAllocation: Sendable {
    private static let freshMilliseconds: Int64 = 1_000

    private let store: any TaskStore
    private let loads = Mutex(SwarmLoads())

    package init(store: any TaskStore) { self.store = store }

    /// Measures the swarms between which there is a choice.
    package func prepare(_ swarms: [String], namespace: String) async throws {
        guard swarms.count > 1 else { return }
        let now = store.now()
        for swarm in swarms {
            let last = loads.withLock { $0.measured(swarm, namespace: namespace) }
            if let last, now - last < Self.freshMilliseconds { continue }
            let summary = try await store.summary(namespace: namespace, swarm: swarm)
            loads.withLock { $0.note(summary) }
        }
    }

    package func load(of swarm: String, namespace: String) -> Int {
        loads.withLock { $0.load(of: swarm, namespace: namespace) }
    }

    package func give(to swarm: String, namespace: String) {
        loads.withLock { $0.give(to: swarm, namespace: namespace) }
    }

    package func forget(_ swarm: String, namespace: String) {
        loads.withLock { $0.forget(swarm, namespace: namespace) }
    }
}
