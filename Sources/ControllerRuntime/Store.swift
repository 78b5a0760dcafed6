public import KubernetesModel
private import Synchronization

/// What happened to an object, as seen by a cache: the difference between two observed states, not the server's event.
public enum Change<Object: Sendable>: Sendable {
    case added(Object)
    case updated(old: Object, new: Object)
    case deleted(Object)

    /// The object's latest state; of a deleted object the last one seen.
    public var object: Object {
        switch self {
        case .added(let object), .updated(_, let object), .deleted(let object): object
        }
    }

    /// Every state that the change tells of, the older first.
    public var objects: [Object] {
        switch self {
        case .added(let object), .deleted(let object): [object]
        case .updated(let old, let new): [old, new]
        }
    }
}

/// A cache of objects with indexes.
///
/// Only the watch writes it. The answer to a write of ours never goes in: it may be older than what is already here. To wait
/// until the cache shows our own write, use `WriteBarrier`.
public final class Store<Object: Sendable>: Sendable {
    /// Returns the values under which an object is found in an index.
    public typealias IndexFunction = @Sendable (Object) -> [String]

    private struct Index {
        var function: IndexFunction
        var keys: [String: Set<ObjectKey>] = [:]
    }

    private struct State {
        /// Objects stand in boxes, so that the table, whose places are never all taken, is small, and so that what waits to
        /// become the content costs no second copy.
        var objects: [ObjectKey: Stored<Object>] = [:]
        var indexes: [String: Index] = [:]
        /// For those who change indexes one after another: to go through `indexes` itself meanwhile would hold a second reference
        /// to each, and so copy every set of keys that is touched.
        var indexNames: [String] = []
        /// The newest version that the watch has shown, by scope (the namespace listed, or "" for all).
        var versions: [String: String] = [:]
    }

    private let metadata: @Sendable (Object) -> ObjectMeta
    private let state: Mutex<State>

    /// The index of objects by namespace.
    public static var namespaceIndex: String { "namespace" }
    /// The index of objects by the uid of their controller owner.
    public static var ownerIndex: String { "owner" }

    init(metadata: @escaping @Sendable (Object) -> ObjectMeta) {
        self.metadata = metadata
        var state = State()
        state.indexes[Self.namespaceIndex] = Index { [metadata($0).namespace ?? ""] }
        state.indexes[Self.ownerIndex] = Index { metadata($0).controllerReference.map { [$0.uid] } ?? [] }
        state.indexNames = Array(state.indexes.keys)
        self.state = Mutex(state)
    }

    // MARK: Reading

    public var count: Int { state.withLock { $0.objects.count } }

    public func get(_ key: ObjectKey) -> Object? { state.withLock { $0.objects[key] }?.object }

    /// The metadata of the object of `key`.
    public func metadata(_ key: ObjectKey) -> ObjectMeta? { get(key).map(metadata) }

    /// The objects of `namespace` (`nil`: of all), ordered by key, that `matches` accepts.
    public func list(namespace: String? = nil, where matches: (Object) -> Bool = { _ in true }) -> [Object] {
        if let namespace { return byIndex(Self.namespaceIndex, namespace).filter(matches) }
        let objects = state.withLock { $0.objects }
        return objects.sorted { $0.key < $1.key }.map(\.value.object).filter(matches)
    }

    /// The objects of `namespace` (`nil`: of all) that a label selector finds, ordered by key.
    public func list(namespace: String? = nil, labels: LabelSelectorExpression) -> [Object] {
        list(namespace: namespace) { labels.matches(metadata($0).labels) }
    }

    /// The objects that the index `name` files under `value`, ordered by key; none where there is no such index.
    public func byIndex(_ name: String, _ value: String) -> [Object] {
        state.withLock { state in
            guard let keys = state.indexes[name]?.keys[value] else { return [] }
            return keys.sorted().compactMap { state.objects[$0]?.object }
        }
    }

    /// Of the objects that the index `name` files under `value` those that a label selector finds, ordered by key.
    public func byIndex(_ name: String, _ value: String, labels: LabelSelectorExpression) -> [Object] {
        byIndex(name, value).filter { labels.matches(metadata($0).labels) }
    }

    /// The keys that the index `name` files under `value`, in no order.
    public func keys(byIndex name: String, _ value: String) -> Set<ObjectKey> {
        state.withLock { $0.indexes[name]?.keys[value] ?? [] }
    }

    public func keys() -> [ObjectKey] { state.withLock { Array($0.objects.keys) } }

    /// Adds an index, over what is here already too. An index of the same name is replaced.
    public func addIndex(_ name: String, _ function: @escaping IndexFunction) {
        state.withLock { state in
            var index = Index(function: function)
            for (key, stored) in state.objects {
                for value in function(stored.object) { index.keys[value, default: []].insert(key) }
            }
            state.indexes[name] = index
            state.indexNames = Array(state.indexes.keys)
        }
    }

    /// Adds an index by the value of a label.
    public func addIndex(_ name: String, label: String) {
        let metadata = metadata
        addIndex(name) { metadata($0).labels?[label].map { [$0] } ?? [] }
    }

    /// Adds an index by the value of a field, for lookups as of a field selector.
    public func addFieldIndex(_ name: String, _ field: @escaping @Sendable (Object) -> String?) {
        addIndex(name) { field($0).map { [$0] } ?? [] }
    }

    /// Whether the cache shows everything in `namespace` up to `version`, as far as the server told by events and bookmarks.
    public func hasSeen(_ version: String, namespace: String = "") -> Bool {
        let seen = state.withLock { $0.versions[""] ?? $0.versions[namespace] }
        return seen.flatMap { ResourceVersion.isAtLeast($0, version) } ?? false
    }

    // MARK: Writing: the watch only

    /// Puts `object`, and returns what changed: nothing where its version is the one already here.
    func put(_ object: Object, scope: String = "") -> [Change<Object>] {
        let meta = metadata(object)
        return state.withLock { state in
            if let version = meta.resourceVersion { state.versions[scope] = version }
            return put(Stored(object), meta, &state).map(\.change)
        }
    }

    /// Removes the object of `object`'s key, and returns what changed.
    func remove(_ object: Object, scope: String = "") -> [Change<Object>] {
        let meta = metadata(object)
        return state.withLock { state in
            if let version = meta.resourceVersion { state.versions[scope] = version }
            guard let old = state.objects.removeValue(forKey: meta.key) else { return [] }
            unfile(old.object, meta.key, &state)
            // The last state, with the labels and owners it had when it went.
            return [.deleted(object)]
        }
    }

    /// Makes `objects` the whole content of `scope`, and returns what changed.
    func replace(with objects: [Object], version: String, scope: String = "") -> [Change<Object>] {
        var draft = StoreDraft<Object>()
        for object in objects { draft.put(object, for: self) }
        return replace(with: &draft, version: version, scope: scope).map(\.change)
    }

    /// Makes what `draft` holds the whole content of `scope`, at once for all who read, and returns what changed. The draft is
    /// empty afterwards.
    func replace(with draft: inout StoreDraft<Object>, version: String, scope: String = "") -> [StoredChange<Object>] {
        let content = draft.take()
        return state.withLock { state in
            var changes: [StoredChange<Object>] = []
            let gone = state.objects.keys.filter { content[$0] == nil && (scope.isEmpty || $0.namespace == scope) }
            for (_, stored) in content { changes += put(stored, metadata(stored.object), &state) }
            for key in gone.sorted() {
                guard let old = state.objects.removeValue(forKey: key) else { continue }
                unfile(old.object, key, &state)
                changes.append(.deleted(old))
            }
            state.versions[scope] = version
            return changes
        }
    }

    func observe(version: String, scope: String = "") { state.withLock { $0.versions[scope] = version } }

    /// Where `object` is to be filed, and its box: the one that is here already if that shows the same state of it.
    func box(_ object: Object) -> (key: ObjectKey, stored: Stored<Object>) {
        let meta = metadata(object)
        let key = meta.key
        if let old = state.withLock({ $0.objects[key] }), Self.isSame(metadata(old.object), meta) { return (key, old) }
        return (key, Stored(object))
    }

    private func put(_ new: Stored<Object>, _ meta: ObjectMeta, _ state: inout State) -> [StoredChange<Object>] {
        let key = meta.key
        guard let old = state.objects[key] else {
            state.objects[key] = new
            file(new.object, key, &state)
            return [.added(new)]
        }
        if old === new { return [] }
        let oldMeta = metadata(old.object)
        if Self.isSame(oldMeta, meta) { return [] }
        state.objects[key] = new
        unfile(old.object, key, &state)
        file(new.object, key, &state)
        // Another uid is another object, which took the name of one whose deletion was not seen.
        return oldMeta.uid == meta.uid ? [.updated(old: old, new: new)] : [.deleted(old), .added(new)]
    }

    private static func isSame(_ old: ObjectMeta, _ new: ObjectMeta) -> Bool {
        new.resourceVersion != nil && old.resourceVersion == new.resourceVersion && old.uid == new.uid
    }

    private func file(_ object: Object, _ key: ObjectKey, _ state: inout State) {
        for name in state.indexNames {
            guard let values = state.indexes[name]?.function(object) else { continue }
            for value in values { state.indexes[name]?.keys[value, default: []].insert(key) }
        }
    }

    private func unfile(_ object: Object, _ key: ObjectKey, _ state: inout State) {
        for name in state.indexNames {
            guard let values = state.indexes[name]?.function(object) else { continue }
            for value in values {
                state.indexes[name]?.keys[value]?.remove(key)
                if state.indexes[name]?.keys[value]?.isEmpty == true { state.indexes[name]?.keys[value] = nil }
            }
        }
    }
}

extension Store where Object: KubernetesResource {
    /// A store that holds `objects` and that no watch writes: for tests of what reads a store.
    public convenience init(holding objects: [Object]) {
        self.init { $0.metadata }
        _ = replace(with: objects, version: objects.compactMap(\.metadata.resourceVersion).max() ?? "0")
    }
}

extension ObjectMeta {
    /// The owner that controls the object, if any.
    public var controllerReference: OwnerReference? { ownerReferences?.first { $0.controller == true } }

    var key: ObjectKey { ObjectKey(namespace: namespace ?? "", name: name ?? "") }
}
