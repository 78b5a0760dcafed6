import KubernetesModel
import StructuredData
import Synchronization

/// An API server's objects and rules, as far as controllers meet them, in memory; it also runs pods, if told to.
final class FakeCluster: Sendable {
    struct Watcher {
        var collection: String
        var name: String?
        var send: @Sendable (JSON) -> Void
    }

    fileprivate struct Waiter {
        var isMet: (State) -> Bool
        var id: Int
        var continuation: CheckedContinuation<Void, any Error>
    }

    struct State {
        var version = 0
        /// By collection (`apps/replicasets`).
        var objects: [String: [ObjectKey: JSON]] = [:]
        var history: [(version: Int, collection: String, event: JSON)] = []
        var watchers: [Int: Watcher] = [:]
        fileprivate var waiters: [Waiter] = []
        fileprivate var nextID = 0
        /// Whether pods with a node run, and end when they are deleted.
        var runsPods = true
        /// Creations of these collections are refused with this.
        var refusals: [String: KubernetesStatus] = [:]
        /// The answers to so many creations get lost after they were carried out.
        var lostAnswers = 0
        /// How many creations there were, by collection.
        var creations: [String: Int] = [:]

        func list(_ collection: String) -> [DynamicObject] {
            (objects[collection] ?? [:]).sorted { $0.key < $1.key }.map { DynamicObject($0.value) }
        }

        func get(_ collection: String, _ name: String, namespace: String = "n") -> DynamicObject? {
            objects[collection]?[ObjectKey(namespace: namespace, name: name)].map { DynamicObject($0) }
        }
    }

    private let state = Mutex(State())

    func read<Value: Sendable>(_ body: (State) -> Value) -> Value { state.withLock { body($0) } }

    /// Changes the state, and wakes those who wait for what it is now.
    @discardableResult
    func change<Value: Sendable>(_ body: (inout State) throws -> Value) rethrows -> Value {
        let (value, woken) = try state.withLock { state in
            let value = try body(&state)
            var woken: [CheckedContinuation<Void, any Error>] = []
            var waiting: [Waiter] = []
            for waiter in state.waiters {
                if waiter.isMet(state) { woken.append(waiter.continuation) } else { waiting.append(waiter) }
            }
            state.waiters = waiting
            return (value, woken)
        }
        for continuation in woken { continuation.resume() }
        return value
    }

    /// Returns once the state is as `isMet` says; throws when the test's time is over.
    func until(_ isMet: @escaping @Sendable (State) -> Bool) async throws {
        let id = nextID()
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                let answer: Result<Void, any Error>? = state.withLock { state in
                    if Task.isCancelled { return .failure(CancellationError()) }
                    if isMet(state) { return .success(()) }
                    state.waiters.append(Waiter(isMet: isMet, id: id, continuation: continuation))
                    return nil
                }
                if let answer { continuation.resume(with: answer) }
            }
        } onCancel: {
            let waiter = state.withLock { state -> Waiter? in
                guard let index = state.waiters.firstIndex(where: { $0.id == id }) else { return nil }
                return state.waiters.remove(at: index)
            }
            waiter?.continuation.resume(throwing: CancellationError())
        }
    }

    func nextID() -> Int {
        state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
    }
}

extension FakeCluster.State {
    mutating func create(_ collection: String, _ json: JSON, namespace: String) throws -> JSON {
        creations[collection, default: 0] += 1
        if let refusal = refusals[collection] { throw refusal }
        var object = DynamicObject(json)
        object.uid = "u\(version + 1)"
        object.namespace = namespace.isEmpty ? nil : namespace
        if object.name == nil { object.name = (object.generateName ?? "") + "\(version + 1)" }
        object.creationTimestamp = Timestamp.text(seconds: Int64(version))
        object.generation = 1
        if collection == "/namespaces" { object.spec = ["finalizers": ["kubernetes"]] }
        guard get(collection, object.key.name, namespace: namespace) == nil else {
            throw KubernetesStatus.alreadyExists(Self.type(collection), object.key.name)
        }
        return commit(collection, "ADDED", object)
    }

    /// Replaces an object's content by what `body` makes of it.
    mutating func update(
        _ collection: String, _ key: ObjectKey, subresource: String?, uid: String?, resourceVersion: String?,
        _ body: (JSON) throws -> JSON
    ) throws -> JSON {
        guard let live = objects[collection]?[key].map({ DynamicObject($0) }) else {
            throw KubernetesStatus.notFound(Self.type(collection), key.name)
        }
        try check(collection, live, uid: uid, resourceVersion: resourceVersion)
        var new = DynamicObject(try body(live.json))
        switch subresource {
        case "status": (new.metadata, new.spec) = (live.metadata, live.spec)
        case "finalize": (new.metadata, new.status) = (live.metadata, live.status)
        default: new.status = live.status
        }
        new.resourceVersion = live.resourceVersion
        if new == live { return live.json }
        if new.spec != live.spec { new.generation = (live.generation ?? 0) + 1 }
        let isKept = new.spec?["finalizers"]?.arrayValue?.isEmpty == false && collection == "/namespaces"
        let isOver = new.deletionTimestamp != nil && new.finalizers.isEmpty && !isKept && collection != "/pods"
        return commit(collection, isOver ? "DELETED" : "MODIFIED", new)
    }

    mutating func delete(_ collection: String, _ key: ObjectKey, _ options: JSON) throws {
        guard var object = objects[collection]?[key].map({ DynamicObject($0) }) else {
            throw KubernetesStatus.notFound(Self.type(collection), key.name)
        }
        let expected = options["preconditions"]
        try check(
            collection, object, uid: expected?["uid"]?.stringValue,
            resourceVersion: expected?["resourceVersion"]?.stringValue)
        switch options["propagationPolicy"]?.stringValue {
        case "Foreground": object.finalizers += ["foregroundDeletion"]
        case "Orphan": object.finalizers += ["orphan"]
        default: break
        }
        let isBound = object.spec?["nodeName"] != nil && options["gracePeriodSeconds"]?.intValue != 0
        if object.finalizers.isEmpty, !isBound, object.spec?["finalizers"]?.arrayValue?.isEmpty != false {
            _ = commit(collection, "DELETED", object)
        } else if object.deletionTimestamp == nil {
            object.deletionTimestamp = Timestamp.text(seconds: Int64(version))
            _ = commit(collection, "MODIFIED", object)
        }
    }

    private func check(
        _ collection: String, _ object: DynamicObject, uid: String?, resourceVersion: String?
    ) throws {
        if (uid ?? object.uid) != object.uid || (resourceVersion ?? object.resourceVersion) != object.resourceVersion {
            throw KubernetesStatus.conflict(Self.type(collection), object.key.name)
        }
    }

    private mutating func commit(_ collection: String, _ type: String, _ object: DynamicObject) -> JSON {
        version += 1
        var object = object
        object.resourceVersion = String(version)
        objects[collection, default: [:]][object.key] = type == "DELETED" ? .none : .some(object.json)
        let event: JSON = ["type": .string(type), "object": object.json]
        history.append((version, collection, event))
        for watcher in watchers.values where watcher.collection == collection {
            if watcher.name == nil || watcher.name == object.name { watcher.send(event) }
        }
        if collection == "/pods", runsPods, type != "DELETED" { runPod(object) }
        return object.json
    }

    /// What a node does: starts pods at once, and ends those that are being deleted.
    private mutating func runPod(_ pod: DynamicObject) {
        guard pod.spec?["nodeName"] != nil else { return }
        if pod.deletionTimestamp != nil {
            if pod.finalizers.isEmpty { _ = commit("/pods", "DELETED", pod) }
            return
        }
        guard pod.status?["phase"] == nil else { return }
        var pod = pod
        pod.status = [
            "phase": "Running", "conditions": [["type": "Ready", "status": "True"]],
            "podIP": .string("127.9.\(version / 250 % 250).\(version % 250 + 1)"),
        ]
        _ = commit("/pods", "MODIFIED", pod)
    }

    static func type(_ collection: String) -> ResourceType {
        let parts = collection.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        return ResourceType(group: parts[0], version: "v1", kind: parts[1], plural: parts[1], namespaced: true)
    }
}
