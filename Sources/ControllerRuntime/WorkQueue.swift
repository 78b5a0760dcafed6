internal import Metrics
private import Synchronization

/// A work queue for concurrent workers: `WorkQueueState` behind a lock, with waiting.
///
/// `run()` must be running for delayed keys to be handed out. Workers loop over `next()` and end each key with `done`.
public final class WorkQueue<Key: Hashable & Sendable>: Sendable {
    private struct State {
        var queue: WorkQueueState<Key>
        var isShutDown = false
        /// Workers that wait, longest first.
        var idle: [(id: Int, continuation: CheckedContinuation<WorkQueueState<Key>.Item?, Never>)] = []
        var nextID = 0
        /// The earliest time that the timer sleeps towards.
        var timerTarget: Duration?
    }

    private let state: Mutex<State>
    private let time: TimeSource
    private let timerSignal = Signal()
    private let metrics: WorkQueueMetrics

    public init(
        name: String,
        configuration: WorkQueueState<Key>.Configuration = .init(),
        time: TimeSource = .continuous,
        seed: UInt64 = .random(in: .min ... .max)
    ) {
        state = Mutex(State(queue: WorkQueueState(configuration: configuration, seed: seed)))
        self.time = time
        metrics = WorkQueueMetrics(name: name)
    }

    /// How many keys wait, now or later.
    public var count: Int { state.withLock { $0.queue.count } }

    /// Whether no key waits or is worked on.
    public var isIdle: Bool { state.withLock { $0.queue.isIdle } }

    public func add(_ key: Key, after delay: Duration = .zero, priority: Int = 0) {
        change { queue, now in
            if queue.add(key, after: delay, priority: priority, now: now) { self.metrics.adds.increment() }
        }
    }

    /// Adds `key` after a pause that grows with its failures in a row.
    public func addRateLimited(_ key: Key, priority: Int = 0) {
        metrics.retries.increment()
        change { queue, now in queue.addRateLimited(key, priority: priority, now: now) }
    }

    /// Forgets the failures of `key`.
    public func forget(_ key: Key) { state.withLock { $0.queue.forget(key) } }

    public func failureCount(_ key: Key) -> Int { state.withLock { $0.queue.failureCount(key) } }

    /// Waits for a key to work on; `nil` once the queue is shut down or the task is cancelled.
    public func next() async -> Key? {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        let item = await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<WorkQueueState<Key>.Item?, Never>) in
                let answer: WorkQueueState<Key>.Item?? = state.withLock { state in
                    if state.isShutDown || Task.isCancelled { return .some(nil) }
                    if let item = state.queue.next(now: time.now) { return item }
                    state.idle.append((id, continuation))
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                state.idle.firstIndex { $0.id == id }.map { state.idle.remove(at: $0).continuation }
            }
            waiter?.resume(returning: nil)
        }
        if let item {
            metrics.handedOut(after: item.waited)
            state.withLock { metrics.depth.record($0.queue.count) }
        }
        return item?.key
    }

    /// Ends the work on `key`, which took `duration`.
    public func done(_ key: Key, took duration: Duration? = nil) {
        if let duration { metrics.worked(for: duration) }
        change { queue, now in queue.done(key, now: now) }
    }

    /// Hands out nothing more; waiting workers get `nil`.
    public func shutDown() {
        let waiters = state.withLock { state in
            state.isShutDown = true
            defer { state.idle.removeAll() }
            return state.idle
        }
        for waiter in waiters { waiter.continuation.resume(returning: nil) }
    }

    /// Hands out delayed keys when their time comes, until cancelled.
    public func run() async {
        while !Task.isCancelled {
            // What is due by now is handed out at the same reading of the time that the next sleep is taken from: a key that falls
            // due between two readings would be ready, and nobody told.
            let target = change(isTimer: true) { _, _ in }
            let source = time
            let signal = timerSignal
            await withTaskGroup(of: Void.self) { group in
                if let target { group.addTask { try? await source.sleep(for: target - source.now) } }
                group.addTask { await signal.wait() }
                await group.next()
                group.cancelAll()
            }
        }
    }

    /// Changes the queue, hands ready keys to idle workers, and tells the timer where there is an earlier time, unless it is the
    /// timer that asks. Returns when the next key that waits for its time is due.
    @discardableResult
    private func change(
        isTimer: Bool = false, _ body: (inout WorkQueueState<Key>, Duration) -> Void
    ) -> Duration? {
        typealias Item = WorkQueueState<Key>.Item
        var handed: [(CheckedContinuation<Item?, Never>, Item)] = []
        let (target, needsTimer) = state.withLock { state in
            let now = time.now
            body(&state.queue, now)
            while !state.isShutDown, !state.idle.isEmpty, let item = state.queue.next(now: now) {
                handed.append((state.idle.removeFirst().continuation, item))
            }
            let target = state.queue.nextDelayedUntil(now: now)
            let isEarlier = target.map { target in state.timerTarget.map { target < $0 } ?? true } ?? false
            if isTimer || isEarlier { state.timerTarget = target }
            // Under the lock, or an older figure may come last and stay.
            metrics.depth.record(state.queue.count)
            return (target, isEarlier && !isTimer)
        }
        for (continuation, item) in handed { continuation.resume(returning: item) }
        if needsTimer { timerSignal.raise() }
        return target
    }
}
