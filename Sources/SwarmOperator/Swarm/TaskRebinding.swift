package import KubernetesModel
import StructuredData
import Synchronization
package import TaskQueue

/// Gives the waiting tasks of a swarm that gives out none, since it is gone or suspended, to other swarms of the namespace.
///
/// Flow: the swarm's waiting tasks, page by page → admitted as a new task would be → bound to that swarm. Guarantees: whichever
/// way a task was submitted; one that is pinned stays, and one that runs ends where it runs; each step is safe to repeat.
/// Caveat: a task that no other swarm takes stays where it is and says so (`SwarmUnknown`, `SwarmSuspended`); its swarm is
/// stranded, and looked at again with each change of a swarm of the namespace.
package final class TaskRebinding: Sendable {
    private static let pageSize = 200
    /// How much is done before others have their turn.
    private static let pagesPerTurn = 5

    private struct State {
        /// Where the last turn ended.
        var cursors: [ObjectKey: Int64] = [:]
        var stranded: Set<ObjectKey> = []
    }

    private let store: any TaskStore
    private let catalogue: SwarmCatalogue
    private let state = Mutex(State())

    package init(store: any TaskStore, catalogue: SwarmCatalogue) {
        self.store = store
        self.catalogue = catalogue
    }

    /// - Returns: whether there is more to do.
    package func run(_ swarm: ObjectKey) async throws -> Bool {
        var cursor = state.withLock { $0.cursors[swarm] }
        if cursor == nil { settle(swarm) }
        for _ in 0..<Self.pagesPerTurn {
            let page = try await store.tasks(
                TaskQuery(
                    namespace: swarm.namespace, swarm: swarm.name, states: [.ready, .delayed, .held], cursor: cursor,
                    limit: Self.pageSize))
            for record in page.tasks where !record.isPinned {
                if try await rebind(record) { continue }
                state.withLock { _ = $0.stranded.insert(swarm) }
            }
            cursor = page.cursor
            if cursor == nil { break }
        }
        state.withLock { $0.cursors[swarm] = cursor }
        return cursor != nil
    }

    /// The swarm gives out tasks again.
    package func settle(_ swarm: ObjectKey) {
        state.withLock { state in
            state.cursors[swarm] = nil
            state.stranded.remove(swarm)
        }
    }

    /// The swarms of a namespace that have tasks which found no other.
    package func stranded(in namespace: String) -> [ObjectKey] {
        state.withLock { $0.stranded.filter { $0.namespace == namespace } }
    }

    private func rebind(_ record: TaskRecord) async throws -> Bool {
        // Gone or taken meanwhile: then there is nothing to bind.
        guard let input = try await store.input(of: record.id) else { return true }
        let draft = TaskDraft(namespace: record.namespace, type: record.type, input: try JSON.parse(input))
        let swarms = catalogue.current
        guard let swarm = (try? swarms.admit(draft))?.swarm, swarm != record.swarm,
            swarms.entry(namespace: record.namespace, swarm: swarm)?.isSuspended == false
        else { return false }
        return try await store.amend(record.id, TaskAmendment(swarm: swarm)).map { $0.swarm == swarm } ?? true
    }
}
