import ControllerRuntime
import KubernetesModel
import Synchronization

/// A server of config maps that loses history, closes and breaks watches, and refuses lists, as its seed says.
final class FaultyServer: ListWatch, Sendable {
    struct Faults {
        /// Chances of 100, per call or event.
        var listFailure = 0
        var listExpires = 0
        var watchRefused = 0
        var watchExpires = 0
        var watchTooLarge = 0
        var watchClosed = 0
        var watchBroken = 0
        var errorEvent = 0
        var bookmark = 0

        static let none = Faults()
        static let all = Faults(
            listFailure: 10, listExpires: 20, watchRefused: 10, watchExpires: 5, watchTooLarge: 5, watchClosed: 10,
            watchBroken: 5, errorEvent: 5, bookmark: 20)
    }

    private struct Event {
        var version: Int
        var event: ListWatchEvent<ConfigMap>
    }

    private struct State {
        var generator: SeededGenerator
        var faults: Faults
        var version = 1
        var uids = 0
        var objects: [ObjectKey: ConfigMap] = [:]
        var history: [Event] = []
        /// Versions up to this one can no longer be continued from.
        var compacted = 0
        var pageSize = 2
        /// What the pages of a list that began earlier are read from, by continue token.
        var snapshots: [String: (objects: [ConfigMap], version: Int)] = [:]
        var listCalls: [(limit: Int?, token: String?)] = []
        var watchCalls: [String] = []
        var watcher: CheckedContinuation<Void, Never>?
        var idleWaiters: [CheckedContinuation<Void, Never>] = []
        var closeRequested = false

        mutating func happens(_ chance: Int) -> Bool {
            chance > 0 && Int.random(in: 0..<100, using: &generator) < chance
        }
    }

    private let state: Mutex<State>

    init(seed: UInt64, faults: Faults = .none) {
        state = Mutex(State(generator: SeededGenerator(seed: seed), faults: faults))
    }

    // MARK: What tests do

    var objects: [ObjectKey: ConfigMap] { state.withLock { $0.objects } }
    var listCalls: [(limit: Int?, token: String?)] { state.withLock { $0.listCalls } }
    var watchCalls: [String] { state.withLock { $0.watchCalls } }
    var version: Int { state.withLock { $0.version } }

    func put(_ name: String, _ value: String) {
        change { state in
            let key = ObjectKey(namespace: "n", name: name)
            state.version += 1
            var object = state.objects[key]
            let isNew = object == nil
            if object == nil {
                state.uids += 1
                object = ConfigMap(metadata: ObjectMeta(name: name, namespace: "n", uid: "uid-\(state.uids)"))
            }
            guard var object else { return }
            object.data = ["value": value]
            object.metadata.resourceVersion = String(state.version)
            state.objects[key] = object
            state.history.append(Event(version: state.version, event: isNew ? .added(object) : .modified(object)))
        }
    }

    func delete(_ name: String) {
        change { state in
            guard var object = state.objects.removeValue(forKey: ObjectKey(namespace: "n", name: name)) else { return }
            state.version += 1
            object.metadata.resourceVersion = String(state.version)
            state.history.append(Event(version: state.version, event: .deleted(object)))
        }
    }

    /// Forgets the history: what was not seen yet can only be found by listing.
    func compact() {
        state.withLock { state in
            state.history.removeAll()
            state.compacted = state.version
        }
    }

    /// Ends the open watch in the regular way.
    func closeWatch() { change { $0.closeRequested = true } }

    func calm() { state.withLock { $0.faults = .none } }

    /// Returns once a watch is open and has delivered everything.
    func untilDelivered() async {
        await withCheckedContinuation { continuation in
            let isIdle = state.withLock { state in
                if state.watcher != nil { return true }
                state.idleWaiters.append(continuation)
                return false
            }
            if isIdle { continuation.resume() }
        }
    }

    private func change(_ body: (inout State) -> Void) {
        let watcher = state.withLock { state in
            body(&state)
            defer { state.watcher = nil }
            return state.watcher
        }
        watcher?.resume()
    }

    // MARK: ListWatch

    struct Broken: Error {}

    func metadata(of object: ConfigMap) -> ObjectMeta { object.metadata }

    func list(limit: Int?, continueToken: String?) async throws -> ListPage<ConfigMap> {
        try state.withLock { state in
            state.listCalls.append((limit, continueToken))
            if state.happens(state.faults.listFailure) { throw Broken() }
            if continueToken != nil, state.happens(state.faults.listExpires) { throw KubernetesStatus.gone }
            // Later pages show the state that the first one showed.
            var all = state.objects.sorted { $0.key < $1.key }.map(\.value)
            var version = state.version
            if let continueToken {
                guard let rest = state.snapshots.removeValue(forKey: continueToken) else { throw KubernetesStatus.gone }
                (all, version) = rest
            }
            let end = limit == nil ? all.count : min(state.pageSize, all.count)
            var next: String?
            if end < all.count {
                let token = "\(version)-\(state.listCalls.count)"
                state.snapshots[token] = (Array(all[end...]), version)
                next = token
            }
            return ListPage(
                objects: Array(all[..<end]), resourceVersion: String(version), continueToken: next)
        }
    }

    func watch(
        from resourceVersion: String, timeoutSeconds: Int, onEvent: (ListWatchEvent<ConfigMap>) -> Void
    ) async throws {
        var position = Int(resourceVersion) ?? 0
        try state.withLock { state in
            state.watchCalls.append(resourceVersion)
            state.closeRequested = false
            if state.happens(state.faults.watchRefused) { throw Broken() }
            if state.happens(state.faults.watchTooLarge) { throw KubernetesStatus.tooLarge }
            if state.happens(state.faults.watchExpires) { throw KubernetesStatus.gone }
            if position < state.compacted { throw KubernetesStatus.gone }
        }
        while true {
            try Task.checkCancellation()
            let (events, isClosed): ([ListWatchEvent<ConfigMap>], Bool) = try state.withLock { state in
                if position < state.compacted { throw KubernetesStatus.gone }
                var events: [ListWatchEvent<ConfigMap>] = []
                for entry in state.history where entry.version > position {
                    if state.happens(state.faults.watchBroken) { throw Broken() }
                    if state.happens(state.faults.errorEvent) { throw KubernetesStatus.gone }
                    if state.happens(state.faults.watchClosed) { return (events, true) }
                    events.append(entry.event)
                    position = entry.version
                    if state.happens(state.faults.bookmark) {
                        events.append(.bookmark(resourceVersion: String(position)))
                    }
                }
                return (events, state.closeRequested)
            }
            for event in events { onEvent(event) }
            if isClosed { return }
            await pause(at: position)
        }
    }

    private func pause(at position: Int) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let (resumeNow, waiters): (Bool, [CheckedContinuation<Void, Never>]) = state.withLock { state in
                    if Task.isCancelled || state.closeRequested || state.version > position { return (true, []) }
                    state.watcher = continuation
                    defer { state.idleWaiters.removeAll() }
                    return (false, state.idleWaiters)
                }
                if resumeNow { continuation.resume() }
                for waiter in waiters { waiter.resume() }
            }
        } onCancel: {
            change { _ in }
        }
    }
}

extension KubernetesStatus {
    static var gone: KubernetesStatus { KubernetesStatus(reason: .expired, code: 410, message: "too old") }
    static var tooLarge: KubernetesStatus {
        KubernetesStatus(
            reason: .timeout, code: 504, message: "Too large resource version",
            details: Details(causes: [Cause(reason: "ResourceVersionTooLarge")]))
    }
}
