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
    private let writes = Mutex<[ObjectKey: [Write]]>([:])

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
    public func forget(_ key: ObjectKey) { writes.withLock { $0[key] = nil } }

    /// Whether `store` does not show every recorded write for `key` yet.
    public func isBehind(_ key: ObjectKey, store: Store<Object>) -> Bool {
        guard let recorded = writes.withLock({ $0[key] }) else { return false }
        let now = time.now
        var isBehind = false
        var settled: Set<Int> = []
        for (index, write) in recorded.enumerated() {
            if isShown(write, store) {
                settled.insert(index)
            } else if now - write.recordedAt > patience {
                logger.warning("the cache still does not show a write to \(write.key) after \(patience); going on")
                settled.insert(index)
            } else {
                isBehind = true
            }
        }
        if !settled.isEmpty {
            // Keys are worked on one at a time, so nothing was recorded for this one meanwhile.
            let rest = recorded.enumerated().filter { !settled.contains($0.offset) }.map(\.element)
            writes.withLock { $0[key] = rest.isEmpty ? nil : rest }
        }
        return isBehind
    }

    private func record(_ write: Write, _ key: ObjectKey) {
        writes.withLock { writes in
            // Only the last write to an object counts.
            writes[key, default: []].removeAll { $0.key == write.key }
            writes[key, default: []].append(write)
        }
    }

    private func isShown(_ write: Write, _ store: Store<Object>) -> Bool {
        let cached = store.get(write.key)?.metadata
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
