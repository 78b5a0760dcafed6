internal import KubernetesModel
public import Logging
private import Synchronization

/// What a controller manager needs of an informer, whatever its objects are.
public protocol InformerProtocol: AnyObject, Sendable {
    var name: String { get }
    /// Whether the first list is in the store.
    var hasSynced: Bool { get }
    /// Lists and watches until cancelled.
    func run() async throws
    /// Returns once the first list is in the store; throws `CancellationError` when the task is cancelled before.
    func waitUntilSynced() async throws
}

/// A reflector, its store, and those who want to know of changes.
///
/// Flow: `onChange` handlers and indexes are registered, then `run()` lists and watches until it is cancelled. Guarantees: handlers
/// see each change after the store does, in order, one at a time per namespace; a relist tells only what differs. Caveat: several
/// states of an object may be folded into one change; act on what is observed, not on the number of changes.
public final class Informer<Object: Sendable>: InformerProtocol {
    public typealias Handler = @Sendable (Change<Object>) -> Void

    private struct State {
        var handlers: [Handler] = []
        var unsynced: Set<String>
        var waiters: [Int: CheckedContinuation<Void, any Error>] = [:]
        var nextWaiter = 0
    }

    public let name: String
    public let store: Store<Object>
    private let reflectors: [Reflector<Object>]
    private let state: Mutex<State>

    /// - Parameters:
    ///   - name: for log and metrics, e.g. the plural of the kind.
    ///   - listWatches: where the objects come from, by namespace; the key "" stands for all namespaces, and then stands alone.
    ///   - transform: applied to each object before it is stored: drop here what nobody reads.
    ///   - seed: of the jitter.
    public init(
        name: String,
        listWatches: [String: any ListWatch<Object>],
        transform: @escaping @Sendable (inout Object) -> Void = { _ in },
        configuration: ReflectorMachine.Configuration = .init(),
        time: TimeSource = .continuous,
        seed: UInt64 = .random(in: .min ... .max),
        logger: Logger = Logger(label: "controller-runtime.informer")
    ) {
        precondition(!listWatches.isEmpty, "an informer needs at least one list-watch")
        precondition(listWatches.count == 1 || listWatches[""] == nil, "all namespaces and single ones do not mix")
        self.name = name
        let metadataSource = listWatches.first?.value
        let store = Store<Object> { metadataSource?.metadata(of: $0) ?? ObjectMeta() }
        self.store = store
        state = Mutex(State(unsynced: Set(listWatches.keys)))
        reflectors = listWatches.sorted { $0.key < $1.key }.enumerated().map { offset, entry in
            Reflector(
                name: name, scope: entry.key, listWatch: entry.value, store: store, transform: transform, time: time,
                configuration: configuration, seed: seed &+ UInt64(offset), logger: logger)
        }
    }

    public var hasSynced: Bool { state.withLock { $0.unsynced.isEmpty } }

    /// Registers a handler. Register before `run()`: what was seen earlier is not told again. Handlers must return at once; a
    /// controller's only puts a key into its queue.
    public func onChange(_ handler: @escaping Handler) { state.withLock { $0.handlers.append(handler) } }

    public func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for reflector in reflectors {
                group.addTask {
                    try await reflector.run(
                        onChange: { self.deliver($0) }, onSynced: { self.synced(reflector.scope) })
                }
            }
            while try await group.next() != nil {}
        }
    }

    public func waitUntilSynced() async throws {
        let id = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                let answer: Result<Void, any Error>? = state.withLock { state in
                    if Task.isCancelled { return .failure(CancellationError()) }
                    if state.unsynced.isEmpty { return .success(()) }
                    state.waiters[id] = continuation
                    return nil
                }
                if let answer { continuation.resume(with: answer) }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: id) }?.resume(throwing: CancellationError())
        }
    }

    private func deliver(_ change: Change<Object>) {
        for handler in state.withLock({ $0.handlers }) { handler(change) }
    }

    private func synced(_ scope: String) {
        let waiters = state.withLock { state in
            state.unsynced.remove(scope)
            guard state.unsynced.isEmpty else { return [CheckedContinuation<Void, any Error>]() }
            defer { state.waiters.removeAll() }
            return Array(state.waiters.values)
        }
        for waiter in waiters { waiter.resume() }
    }
}
