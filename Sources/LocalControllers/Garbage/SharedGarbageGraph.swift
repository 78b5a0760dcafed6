import ControllerRuntime
import KubernetesModel
import Synchronization

/// The graph, between the watches that write it and the controller that reads it.
final class SharedGarbageGraph: Sendable {
    private struct State {
        var graph = GarbageGraph()
        var onWork: @Sendable (Set<String>) -> Void = { _ in }
    }

    private let state = Mutex(State())

    /// Registers who looks at objects, by uid; before any watch runs.
    func onWork(_ handler: @escaping @Sendable (Set<String>) -> Void) { state.withLock { $0.onWork = handler } }

    func read<Value: Sendable>(_ body: (GarbageGraph) -> Value) -> Value { state.withLock { body($0.graph) } }

    func change(_ body: (inout GarbageGraph) -> Set<String>) {
        let (work, handler) = state.withLock { (body(&$0.graph), $0.onWork) }
        if !work.isEmpty { handler(work) }
    }

    /// Keeps the graph up to date with an informer that others use as well.
    func follow<Object: KubernetesResource>(_ informer: Informer<Object>) {
        informer.onChange { [weak self] change in
            guard let item = GarbageItem(Object.resource, change.object.metadata) else { return }
            self?.apply(item, isGone: change.isDeletion)
        }
    }

    func follow(_ informer: Informer<GarbageListWatch.Entry>) {
        informer.onChange { [weak self] in self?.apply($0.object.item, isGone: $0.isDeletion) }
    }

    private func apply(_ item: GarbageItem, isGone: Bool) {
        change { isGone ? $0.remove(item.uid) : $0.put(item) }
    }
}

extension Change {
    var isDeletion: Bool { if case .deleted = self { true } else { false } }
}
