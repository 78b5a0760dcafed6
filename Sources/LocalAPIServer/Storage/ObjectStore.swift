import Logging
import Synchronization
import SystemThreads

/// The objects of the cluster: reads from memory, writes through the storage.
///
/// Flow: a write waits in a queue; `run()` takes what has gathered there, checks each against the latest state (that of the
/// batch included), gives it the next resourceVersion, commits all of them in one transaction, and only then shows them to
/// readers and watchers, in that order. Nothing is visible that a kill of the process could take back. Of many who watch one
/// resource that changes often each is told all changes, a few at a time.
final class ObjectStore: Sendable {
    /// A watcher may be this many changes behind before it is closed; it lists again then.
    static let watchBufferChanges = 8192
    /// History longer than this is shortened, but never below `minimumHistorySeconds`.
    static let historyLimitChanges = 100_000
    static let minimumHistorySeconds: Double = 75
    static let writesPerCommit = 256
    static let tickSeconds = 5
    /// More watchers than this on one resource are woken in turns.
    static let crowd = 32

    private struct Pending {
        var write: ObjectWrite
        var continuation: CheckedContinuation<StoredObject, any Error>
    }

    private struct State {
        var cache: WatchCache
        var pending: [Pending] = []
        var watchers: [String: [UInt64: Watcher]] = [:]
        var nextWatcher: UInt64 = 0
        var crowdTurns = CrowdTurns()
        var isTickDue = false
        var isStopped = false
    }

    let storage: any ObjectStorage
    /// A commit waits for the disk here, and whoever asked for it goes on where it was, without a third thread between the two.
    private let thread: DedicatedThread
    private let state: Mutex<State>
    private let historySeconds: Double
    private let now: @Sendable () -> Double
    private let signals: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation
    private let alarms: AsyncStream<Void>
    private let alarm: AsyncStream<Void>.Continuation
    private let logger: Logger

    /// - Parameter now: seconds since 1970.
    /// - Throws: the storage's error, or `SystemError` where there is no thread to be had.
    init(
        storage: any ObjectStorage, historySeconds: Double, logger: Logger, now: @escaping @Sendable () -> Double
    ) async throws {
        self.storage = storage
        self.historySeconds = max(historySeconds, Self.minimumHistorySeconds)
        self.now = now
        self.logger = logger
        (signals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        (alarms, alarm) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        state = Mutex(State(cache: WatchCache(try await storage.restore())))
        // Last: it would outlive a start that fails.
        thread = try DedicatedThread("object store")
    }

    // MARK: Reading

    var resourceVersion: Int64 { state.withLock { $0.cache.resourceVersion } }

    /// The version of the last change to a resource: whoever derives something from its objects can tell whether that is
    /// still right.
    func version(of resource: String) -> Int64 { state.withLock { $0.cache.version(of: resource) } }

    func object(at location: ObjectLocation) -> StoredObject? {
        state.withLock { $0.cache.object(at: location) }
    }

    /// All objects of a resource, sorted by namespace and name, and the version they are of.
    func objects(of resource: String, namespace: String? = nil) -> (objects: [StoredObject], version: Int64) {
        state.withLock { ($0.cache.objects(of: resource, namespace: namespace), $0.cache.resourceVersion) }
    }

    /// The objects as they were at `version`.
    func objects(of resource: String, namespace: String?, at version: Int64) throws(StoreError) -> [StoredObject] {
        let result: Result<[StoredObject], StoreError> = state.withLock { state in
            if version > state.cache.resourceVersion { return .failure(.future(current: state.cache.resourceVersion)) }
            if version < state.cache.compactedVersion {
                return .failure(.expired(oldest: state.cache.compactedVersion))
            }
            return .success(state.cache.objects(of: resource, namespace: namespace, at: version))
        }
        return try result.get()
    }

    /// The resources that have objects in `namespace`.
    func resources(in namespace: String) -> [String] {
        state.withLock { $0.cache.resources(in: namespace) }
    }

    /// Opens a watch on what happens after `version`; `nil`: from now on.
    func watch(_ resource: String, namespace: String?, after version: Int64?) throws(StoreError) -> ObjectWatch {
        let inbox = WatchInbox(limit: Self.watchBufferChanges)
        let opened: Result<(backlog: [StoredChange], at: Int64, id: UInt64), StoreError> = state.withLock { state in
            if state.isStopped { return .failure(.stopped) }
            let current = state.cache.resourceVersion
            let start = version ?? current
            if start > current { return .failure(.future(current: current)) }
            if start < state.cache.compactedVersion { return .failure(.expired(oldest: state.cache.compactedVersion)) }
            let backlog = state.cache.changes(of: resource, namespace: namespace, after: start)
            state.nextWatcher += 1
            state.watchers[resource, default: [:]][state.nextWatcher] = Watcher(
                namespace: namespace, inbox: inbox)
            return .success((backlog, current, state.nextWatcher))
        }
        let watch = try opened.get()
        return ObjectWatch(backlog: watch.backlog, openedAt: watch.at, inbox: inbox) { [weak self] in
            inbox.finish()
            self?.state.withLock { _ = $0.watchers[resource]?.removeValue(forKey: watch.id) }
        }
    }

    /// Ends every watch, for a shutdown in which clients should leave; they may open new ones.
    func closeWatches() {
        let watchers = state.withLock { $0.watchers.values.flatMap(\.values) }
        for watcher in watchers { watcher.inbox.finish() }
    }

    /// Forgets all history at once, as if it were too old: no watch can resume, no list go on, from an earlier version.
    func expireHistory() async throws {
        let trimmed = state.withLock { $0.cache.trim(before: .infinity, limit: 0, keepingAfter: .infinity) }
        if let trimmed { try await storage.trimHistory(through: trimmed) }
    }

    // MARK: Writing

    /// Commits one write.
    /// - Returns: the object as stored; of a deletion, its last state stamped with the deletion's version.
    /// - Throws: `StoreError`, or the storage's error.
    func commit(_ write: ObjectWrite) async throws -> StoredObject {
        try await withCheckedThrowingContinuation { continuation in
            let isStopped = state.withLock { state in
                if !state.isStopped { state.pending.append(Pending(write: write, continuation: continuation)) }
                return state.isStopped
            }
            if isStopped { continuation.resume(throwing: StoreError.stopped) } else { signal.yield() }
        }
    }

    /// Commits what is written, until cancelled.
    func run() async {
        defer { thread.stop() }
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                while (try? await Task.sleep(for: .seconds(Self.tickSeconds))) != nil {
                    self.askForTick()
                }
            }
            group.addTask {
                for await _ in self.alarms {
                    while let seconds = self.secondsToTurn() {
                        // Cut short by the end of the store.
                        guard (try? await Task.sleep(for: .seconds(seconds), tolerance: .zero)) != nil else { return }
                        self.wakeTurn()
                    }
                }
            }
            await withTaskExecutorPreference(thread) {
                for await _ in signals {
                    while await commitBatch() {}
                    if takeTick() { await tick() }
                }
            }
            group.cancelAll()
        }
        stop()
    }

    private func stop() {
        let (pending, watchers) = state.withLock { state in
            state.isStopped = true
            defer {
                state.pending = []
                state.watchers = [:]
            }
            return (state.pending, state.watchers.values.flatMap(\.values))
        }
        for pending in pending { pending.continuation.resume(throwing: StoreError.stopped) }
        for watcher in watchers { watcher.inbox.finish() }
    }

    /// - Returns: whether there was anything to commit.
    private func commitBatch() async -> Bool {
        let batch = state.withLock { state in
            let batch = Array(state.pending.prefix(Self.writesPerCommit))
            state.pending.removeFirst(batch.count)
            return batch
        }
        if batch.isEmpty { return false }
        var staged = StagedBatch(version: resourceVersion, time: now()) { location in self.object(at: location) }
        var outcomes: [Result<StoredObject, any Error>] = batch.map { pending in
            Result { try staged.stage(pending.write) }
        }
        let changes = staged.changes
        if !changes.isEmpty {
            do {
                try await storage.commit(changes)
                publish(changes)
            } catch {
                logger.error("a commit failed", metadata: ["error": "\(error)", "writes": "\(changes.count)"])
                outcomes = outcomes.map { outcome in outcome.flatMap { _ in .failure(error) } }
            }
        }
        for (pending, outcome) in zip(batch, outcomes) { pending.continuation.resume(with: outcome) }
        return true
    }

    private func publish(_ changes: [StoredChange]) {
        // The watchers of each change are noted under the lock in which it becomes visible: one that is opened later finds
        // the change in its backlog instead. They are told outside of it, since telling may end a watch.
        let told: [(StoredChange, [Watcher])] = state.withLock { state in
            changes.map { change in
                state.cache.apply(change)
                let watchers = state.watchers[change.object.location.resource] ?? [:]
                return (change, watchers.values.filter { $0.wants(change) })
            }
        }
        for (change, watchers) in told {
            // One that has fallen too far behind is at its end.
            for watcher in watchers where !watcher.inbox.add(.change(change)) { watcher.inbox.finish() }
        }
        wake(Set(changes.map(\.object.location.resource)))
    }

    /// Wakes those who watch these resources: few at once, each of a crowd when its turn has come.
    private func wake(_ resources: Set<String>) {
        let time = now()
        let (woken, isLater): ([Watcher], Bool) = state.withLock { state in
            var woken: [Watcher] = []
            var isLater = false
            for resource in resources {
                guard let watchers = state.watchers[resource] else { continue }
                if watchers.count > Self.crowd {
                    state.crowdTurns.add(resource, at: time)
                    isLater = true
                } else {
                    woken += watchers.values
                }
            }
            return (woken, isLater)
        }
        for watcher in woken { watcher.inbox.wake() }
        if isLater { alarm.yield() }
    }

    /// How long until some of a crowd are to be woken; `nil`: none are.
    private func secondsToTurn() -> Double? {
        let time = now()
        return state.withLock { $0.crowdTurns.secondsToNext(at: time) }
    }

    private func wakeTurn() {
        let time = now()
        let woken: [Watcher] = state.withLock { state in
            let (resources, remainders) = state.crowdTurns.take(at: time)
            return resources.flatMap { resource in
                (state.watchers[resource] ?? [:])
                    .filter { remainders.contains($0.key % CrowdTurns.turnsPerRound) }.values
            }
        }
        for watcher in woken { watcher.inbox.wake() }
    }

    /// Has `run()` trim the history and tell the watchers how far it has come, as it does on its own every `tickSeconds`.
    func askForTick() {
        state.withLock { $0.isTickDue = true }
        signal.yield()
    }

    private func takeTick() -> Bool {
        state.withLock { state in
            defer { state.isTickDue = false }
            return state.isTickDue
        }
    }

    /// Only `run()` calls this, between batches: every change up to the version that is told has been told before it.
    ///
    /// Forgets old history and tells every watcher how far it has come.
    private func tick() async {
        let time = now()
        let (trimmed, version, watchers) = state.withLock { state in
            let trimmed = state.cache.trim(
                before: time - historySeconds, limit: Self.historyLimitChanges,
                keepingAfter: time - Self.minimumHistorySeconds)
            return (trimmed, state.cache.resourceVersion, state.watchers.values.flatMap(\.values))
        }
        for watcher in watchers where watcher.inbox.add(.progress(version)) { watcher.inbox.wake() }
        guard let trimmed else { return }
        do {
            try await storage.trimHistory(through: trimmed)
        } catch {
            logger.warning("old history could not be removed", metadata: ["error": "\(error)"])
        }
    }
}
