package import ControllerRuntime
package import KubernetesModel
import StructuredData
import Synchronization
package import TaskQueue

/// Binds waiting tasks to another swarm where theirs is suspended, gone, or does not take their type any more; those of the HTTP API
/// as well as those of SwarmTasks.
///
/// Flow: the swarm of the key cannot run all it has → its waiting, unpinned tasks, a page at a time → each admitted anew among the
/// swarms of its namespace → bound to the one found. Guarantees: a task that is leased, pinned, or that no other swarm takes stays where it
/// is; binding is a compare-and-set of the store, so that doing it twice, or beside a lease, harms nothing. Assumptions: woken when
/// a swarm changes, for that swarm and for those of its namespace that cannot work. Caveat: a
/// swarm that was deleted while no operator ran is found at the start (`DepartedSwarms`).
package final class BindingReconciler: Reconciler {
    private static let pageSize = 500

    private let store: any TaskStore
    private let catalogue: SwarmCatalogue
    private let allocation: TaskAllocation
    /// What each swarm was last known to take; and swarms that are gone and may have left tasks behind.
    private let memory = Mutex<[ObjectKey: Set<String>]>([:])

    package init(store: any TaskStore, catalogue: SwarmCatalogue, allocation: TaskAllocation) {
        self.store = store
        self.catalogue = catalogue
        self.allocation = allocation
    }

    /// What is to be looked at when a swarm has changed: itself, and others whose tasks it might take.
    package func keys(concerning swarm: ObjectKey) -> [ObjectKey] {
        let current = catalogue.current
        let known = memory.withLock { Array($0.keys) }
        let idle = known.filter { key in
            key.namespace == swarm.namespace
                && current.entry(namespace: key.namespace, swarm: key.name)?.isSuspended ?? true
        }
        return [swarm] + idle.filter { $0 != swarm }
    }

    package func reconcile(_ key: ObjectKey) async throws -> ReconcileResult {
        let current = catalogue.current
        let entry = current.entry(namespace: key.namespace, swarm: key.name)
        let takes = Set(entry?.capabilities ?? [])
        let before = memory.withLock { $0[key] } ?? []
        let isAble = entry.map { !$0.isSuspended } ?? false
        if !isAble || !before.isSubset(of: takes) {
            let left = try await bindElsewhere(key, current) { isAble && takes.contains($0.type) }
            if entry == nil, left == 0 {
                memory.withLock { $0[key] = nil }
                allocation.forget(key.name, namespace: key.namespace)
                return .done
            }
        }
        memory.withLock { $0[key] = takes }
        return .done
    }

    /// - Returns: how many waiting tasks the swarm is left with.
    private func bindElsewhere(
        _ key: ObjectKey, _ catalogue: Catalogue, unless isAtHome: (TaskRecord) -> Bool
    ) async throws -> Int {
        let summary = try await store.summary(namespace: key.namespace, swarm: key.name)
        guard summary.ready + summary.delayed + summary.held > 0 else { return 0 }
        var left = 0
        var query = TaskQuery(
            namespace: key.namespace, swarm: key.name, states: [.ready, .delayed, .held], limit: Self.pageSize)
        while true {
            let page = try await store.tasks(query)
            for record in page.tasks where !isAtHome(record) {
                if try await !bind(record, catalogue) { left += 1 }
            }
            guard let cursor = page.cursor else { return left }
            query.cursor = cursor
        }
    }

    /// - Returns: whether another swarm has the task now.
    private func bind(_ record: TaskRecord, _ catalogue: Catalogue) async throws -> Bool {
        let others = catalogue.takers(of: record.type, namespace: record.namespace).filter { $0 != record.swarm }
        guard !record.isPinned, !others.isEmpty, let input = try await store.input(of: record.id) else { return false }
        try await allocation.prepare(others, namespace: record.namespace)
        let draft = TaskDraft(namespace: record.namespace, type: record.type, input: try JSON.parse(input))
        guard
            let admission = try? catalogue.admit(
                draft, load: { allocation.load(of: $0, namespace: record.namespace) }),
            admission.swarm != record.swarm,
            catalogue.entry(namespace: record.namespace, swarm: admission.swarm)?.isSuspended == false
        else { return false }
        let bound = try await store.amend(record.id, TaskAmendment(swarm: admission.swarm))
        guard bound?.swarm == admission.swarm else { return false }
        allocation.give(to: admission.swarm, namespace: record.namespace)
        return true
    }
}
