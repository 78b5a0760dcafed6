package import ControllerRuntime
package import KubernetesModel
package import Logging
package import SwarmAPI
package import TaskQueue

/// Finds the swarms that went while no operator watched: those that the store's catalogue still has, and those that tasks are
/// still bound to. Runs once, after the caches have their first list.
package struct DepartedSwarms: Sendable {
    private static let pageSize = 500
    /// So much of a namespace's queue is read at most, the newest first; what is further back waits for its swarm's name.
    private static let mostPages = 100

    private let store: any TaskStore
    private let swarms: Store<AgentSwarm>
    private let logger: Logger
    private let wake: @Sendable (ObjectKey) -> Void

    /// - Parameter wake: called for each of them.
    package init(
        store: any TaskStore, swarms: Store<AgentSwarm>, logger: Logger,
        wake: @escaping @Sendable (ObjectKey) -> Void
    ) {
        self.store = store
        self.swarms = swarms
        self.logger = logger
        self.wake = wake
    }

    package func run() async throws {
        let present = Set(swarms.keys())
        let catalogue = try await store.catalogue().map { ObjectKey(namespace: $0.namespace, name: $0.swarm) }
        var departed = Set(catalogue).subtracting(present)
        for namespace in Set((catalogue + present).map(\.namespace)).sorted() {
            var cursor: Int64?
            for _ in 0..<Self.mostPages {
                let page = try await store.tasks(
                    TaskQuery(
                        namespace: namespace, states: [.ready, .delayed, .held], cursor: cursor, limit: Self.pageSize))
                departed.formUnion(
                    page.tasks.map { ObjectKey(namespace: namespace, name: $0.swarm) }.filter { !present.contains($0) })
                cursor = page.cursor
                if cursor == nil { break }
            }
        }
        for swarm in departed.sorted() { wake(swarm) }
        if !departed.isEmpty { logger.notice("\(departed.count) swarms went meanwhile") }
    }
}
