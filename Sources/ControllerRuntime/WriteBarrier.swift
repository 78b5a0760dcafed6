public import KubernetesModel
public import Logging
private import Synchronization

/// Keeps a reconciler from acting on a cache that does not show its own writes yet.
///
/// Record each write with the object that the server returned, and at the start of a reconcile ask `isBehind`; if so, do
/// nothing and requeue: the watch will bring the write, and with it the key. A write that the cache does not show within
/// `patience` is given up with a warning, so that an object that left the informer's selector blocks nothing for ever.
///
///     if barrier.isBehind(key, store: pods.store) { return .requeue(after: .seconds(1)) }
///     …
///     barrier.wrote(try await client.create(pod), for: key)
public final class WriteBarrier<Object: KubernetesResource>: Sendable {
    private enum Expected: Sendable {
        case version(String)
        /// Gone, or at least being deleted.
        case deletion(uid: String)
    }

    private struct Write: Sendable {
        var key: ObjectKey
        var expected: Expected
        var recordedAt: Duration
    }

    private let patience: Duration
    private let time: TimeSource
    private let logger: Logger
    /// By the key that is reconciled, then by the object written: of several writes to one, only the last counts.
    private let writes = Mutex(Writes())

    private struct Writes: Sendable {
        var byKey: [ObjectKey: [ObjectKey: Write]] = [:]
        /// With so many keys it is time to look for those whose patience is over.
        var pruneCount = WriteBarrier.fewestPruned
    }

    private static var fewestPruned: Int { 1024 }

    public init(
        patience: Duration = .seconds(30),
        time: TimeSource = .continuous,
        logger: Logger = Logger(label: "controller-runtime.barrier")
    ) {
        self.patience = patience
        self.time = time
        self.logger = logger
    }

    /// Records that the reconciler of `key` wrote `object`, as the server returned it.
    public func wrote(_ object: Object, for key: ObjectKey) {
        guard let version = object.metadata.resourceVersion else { return }
        record(Write(key: object.key, expected: .version(version), recordedAt: time.now), key)
    }

    /// Records that the reconciler of `key` deleted `object`.
    public func deleted(_ object: Object, for key: ObjectKey) {
        guard let uid = object.metadata.uid else { return }
        record(Write(key: object.key, expected: .deletion(uid: uid), recordedAt: time.now), key)
    }

    /// Forgets the writes for `key`, whose object is gone.
    public func forget(_ key: ObjectKey) { writes.withLock { $0.byKey[key] = nil } }

    /// For how many keys writes are recorded.
    var keyCount: Int { writes.withLock { $0.byKey.count } }

    /// Whether `store` does not show every recorded write for `key` yet. It may hold the objects or a projection of them.
    public func isBehind<Cached: Sendable>(_ key: ObjectKey, store: Store<Cached>) -> Bool {
        guard let recorded = writes.withLock({ $0.byKey[key] }) else { return false }
        let now = time.now
        var rest = recorded
        for (object, write) in recorded {
            if isShown(write, store) {
                rest[object] = nil
            } else if now - write.recordedAt > patience {
                logger.warning("the cache still does not show a write to \(write.key) after \(patience); going on")
                rest[object] = nil
            }
        }
        if rest.count < recorded.count {
            // Keys are worked on one at a time, so nothing was recorded for this one meanwhile.
            writes.withLock { $0.byKey[key] = rest.isEmpty ? nil : rest }
        }
        return !rest.isEmpty
    }

    private func record(_ write: Write, _ key: ObjectKey) {
        writes.withLock { writes in
            writes.byKey[key, default: [:]][write.key] = write
            guard writes.byKey.count >= writes.pruneCount else { return }
            // Keys that are not reconciled again would stay for ever.
            writes.byKey = writes.byKey.filter { entry in
                entry.value.values.contains { write.recordedAt - $0.recordedAt <= patience }
            }
            writes.pruneCount = max(writes.byKey.count * 2, Self.fewestPruned)
        }
    }

    private func isShown<Cached: Sendable>(_ write: Write, _ store: Store<Cached>) -> Bool {
        let cached = store.metadata(write.key)
        switch write.expected {
        case .deletion(let uid):
            return cached?.uid != uid || cached?.deletionTimestamp != nil
        case .version(let version):
            if let seen = cached?.resourceVersion, ResourceVersion.isAtLeast(seen, version) ?? false { return true }
            // Gone again already: then the watch is past the write.
            return store.hasSeen(version, namespace: write.key.namespace)
        }
    }
}
