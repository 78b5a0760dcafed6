public import KubernetesModel
public import Logging
internal import Metrics
private import Synchronization

/// Runs a reconciler over a queue of keys.
///
/// **Flow.** Watches put keys into the queue; up to `concurrency` workers take them out and call the reconciler, one per key at a
/// time. Its result settles what comes next: nothing, a look after a time, or, after an error, another attempt.
///
/// **Guarantees.** A key that failed is tried again with growing pauses, and holds up no other; a success resets its pauses. A key
/// that changes while it is worked on is worked on again. What it watches wakes a key no more often than `Configuration.wakeRate`,
/// and the last change is always seen. When `run` is cancelled nothing new is begun, and what is in flight may
/// finish within `Configuration.stopGrace`; it returns once nothing is in flight.
///
/// **Assumptions.** What it watches is registered before the informers run. The reconciler acts on what it observes, heeds the
/// cancellation of its task, and blocks no thread of the cooperative pool.
///
/// **Caveats.** A key is no event: several changes may lead to one reconcile, and one change to several. A reconciler that is deaf to
/// cancellation holds its worker until it returns; `stuckCount`, a metric and an error in the log tell. `run` does not wait for it
/// longer than `Configuration.cancelGrace`, unless this runs as leader: then its elector keeps the lease, or ends the process.
public final class Controller: Sendable {
    public struct Configuration: Sendable {
        /// How many keys are worked on at once.
        public var concurrency: Int
        /// A reconcile that takes longer is cancelled and counts as failed.
        public var reconcileDeadline: Duration
        /// How long reconciles in flight may go on after the controller is cancelled; then they are cancelled too.
        public var stopGrace: Duration
        /// How long a cancelled reconcile may go on: then it counts as stuck, and a controller that ends leaves it behind.
        public var cancelGrace: Duration
        public var queue: WorkQueueState<ObjectKey>.Configuration
        /// How often changes wake one key; `nil`: each does. What is asked for by `enqueue` comes when it says.
        public var wakeRate: WakeRate?

        public init(
            concurrency: Int = 2,
            reconcileDeadline: Duration = .seconds(60),
            stopGrace: Duration = .seconds(5),
            cancelGrace: Duration = .seconds(5),
            queue: WorkQueueState<ObjectKey>.Configuration = .init(),
            wakeRate: WakeRate? = nil
        ) {
            self.concurrency = max(concurrency, 1)
            self.reconcileDeadline = reconcileDeadline
            self.stopGrace = stopGrace
            self.cancelGrace = cancelGrace
            self.queue = queue
            self.wakeRate = wakeRate
        }
    }

    public let name: String
    public let queue: WorkQueue<ObjectKey>
    private let reconciler: any Reconciler
    private let configuration: Configuration
    private let time: TimeSource
    private let logger: Logger
    private let metrics: ControllerMetrics
    private let hotLoops = Mutex(HotLoopDetector<ObjectKey>())
    private let wakes: Mutex<WakeLimiter<ObjectKey>?>
    private let activeCount = Mutex(0)
    private let graceEnd = Signal()
    private let supervisor: ReconcileSupervisor

    public init(
        name: String,
        reconciler: any Reconciler,
        configuration: Configuration = .init(),
        time: TimeSource = .continuous,
        logger: Logger = Logger(label: "controller-runtime.controller")
    ) {
        self.name = name
        self.reconciler = reconciler
        self.configuration = configuration
        self.time = time
        var logger = logger
        logger[metadataKey: "controller"] = "\(name)"
        self.logger = logger
        queue = WorkQueue(name: name, configuration: configuration.queue, time: time)
        metrics = ControllerMetrics(controller: name)
        wakes = Mutex(configuration.wakeRate.map { WakeLimiter($0) })
        supervisor = ReconcileSupervisor(
            deadline: configuration.reconcileDeadline, patience: configuration.cancelGrace, time: time,
            stuck: metrics.stuck, logger: logger)
    }

    public convenience init(name: String, reconciler: any Reconciler, concurrency: Int) {
        self.init(name: name, reconciler: reconciler, configuration: Configuration(concurrency: concurrency))
    }

    /// How many reconciles go on although they were cancelled at their deadline. Each holds one worker; with as many as
    /// `Configuration.concurrency` the controller stands still, and only a restart helps.
    public var stuckCount: Int { supervisor.stuckCount }

    /// Asks for `key` to be reconciled, `delay` from now.
    public func enqueue(_ key: ObjectKey, after delay: Duration = .zero, priority: Int = 0) {
        queue.add(key, after: delay, priority: priority)
    }

    // MARK: What it watches

    /// Reconciles the keys that `map` finds for each change that `predicate` accepts; for an update both for the old and the
    /// new state, so that whoever lost the object hears of it as well.
    public func watches<Object: Sendable>(
        _ informer: Informer<Object>,
        predicate: Predicate<Object> = .all,
        map: @escaping @Sendable (Object) -> [ObjectKey]
    ) {
        informer.onChange { [weak self] change in
            guard let self, predicate(change) else { return }
            var keys = Set<ObjectKey>()
            for object in change.objects { keys.formUnion(map(object)) }
            let now = time.now
            for key in keys { enqueue(key, after: wakes.withLock { $0?.delay(key, now: now) } ?? .zero) }
        }
    }

    /// Reconciles the objects of a kind under their own keys.
    public func reconciles<Object: KubernetesResource>(
        _ informer: Informer<Object>, predicate: Predicate<Object> = .all
    ) {
        watches(informer, predicate: predicate) { [$0.key] }
    }

    /// Reconciles the controller owner, of the kind `owner`, of each object that changes.
    public func owns<Object: KubernetesResource>(
        _ informer: Informer<Object>, owner: ResourceType, predicate: Predicate<Object> = .all
    ) {
        watches(informer, predicate: predicate) { object in
            guard let reference = object.metadata.controllerReference, reference.kind == owner.kind,
                Self.group(of: reference.apiVersion) == owner.group
            else { return [] }
            let namespace = owner.namespaced ? object.metadata.namespace ?? "" : ""
            return [ObjectKey(namespace: namespace, name: reference.name)]
        }
    }

    /// Reconciles the object that a label of the changed object names, in the same namespace.
    public func watches<Object: KubernetesResource>(
        _ informer: Informer<Object>, label: String, predicate: Predicate<Object> = .all
    ) {
        watches(informer, predicate: predicate) { object in
            guard let name = object.metadata.labels?[label], !name.isEmpty else { return [] }
            return [ObjectKey(namespace: object.metadata.namespace ?? "", name: name)]
        }
    }

    private static func group(of apiVersion: String) -> String {
        guard let slash = apiVersion.firstIndex(of: "/") else { return "" }
        return String(apiVersion[..<slash])
    }

    // MARK: Running

    /// Works until cancelled; then returns once nothing is in flight, or what is has been left behind.
    public func run() async { await run(asLeader: nil) }

    /// Works until cancelled, as leader: begins nothing once `isLeading` says no, even before it has been told to end, and leaves
    /// nothing behind, since another leads when this has returned.
    func run(asLeader isLeading: (@Sendable () -> Bool)?) async {
        let stop = Signal()
        // A tree of its own, which our cancellation does not reach, so that reconciles in flight can finish. It is awaited here.
        let workers = Task { await self.work(stop: stop, isLeading: isLeading) }
        await withTaskCancellationHandler {
            await workers.value
        } onCancel: {
            queue.shutDown()
            stop.raise()
        }
    }

    /// Ends without grace: reconciles in flight are cancelled with the controller, or now where it has been told to end already.
    /// For a leader that lost its lease.
    public func forgoStopGrace() { graceEnd.raise() }

    private func work(stop: Signal, isLeading: (@Sendable () -> Bool)?) async {
        metrics.maximum.record(configuration.concurrency)
        await withTaskGroup(of: Void.self) { group in
            // These end only by cancellation.
            group.addTask { await self.queue.run() }
            group.addTask { await self.supervisor.watch() }
            group.addTask { await self.limitEnd(after: stop, abandons: isLeading == nil) }
            await withTaskGroup(of: Void.self) { workers in
                for _ in 0..<configuration.concurrency {
                    workers.addTask {
                        while let key = await self.queue.next() {
                            if isLeading?() ?? true {
                                await self.process(key)
                            } else {
                                self.queue.done(key, took: .zero)
                            }
                        }
                    }
                }
            }
            group.cancelAll()
        }
    }

    /// Lets reconciles in flight finish within the grace, then cancels them, then leaves them behind where that is allowed.
    private func limitEnd(after stop: Signal, abandons: Bool) async {
        await stop.wait()
        let (source, grace, graceEnd) = (time, configuration.stopGrace, graceEnd)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { _ = await source.hasSlept(for: grace) }
            group.addTask { await graceEnd.wait() }
            await group.next()
            group.cancelAll()
        }
        do {
            try Task.checkCancellation()
            supervisor.cancelAll()
            guard abandons else { return }
            try await time.sleep(for: configuration.cancelGrace)
            supervisor.abandonAll()
        } catch {
            // All have finished.
        }
    }

    private func process(_ key: ObjectKey) async {
        let began = time.now
        wakes.withLock { $0?.began(key, now: began) }
        if hotLoops.withLock({ $0.count(key, now: began) }) {
            metrics.hotLoops.increment()
            logger.warning(
                "\(key) is reconciled more than \(HotLoopDetector<ObjectKey>.reconcilesPerSecond) times a second; does the controller wake itself?"
            )
        }
        changeActive(by: 1)
        let outcome = await supervisor.run(key) { [reconciler] in try await reconciler.reconcile(key) }
        changeActive(by: -1)
        guard case .ended(let result) = outcome else { return }
        let took = time.now - began
        metrics.ended(result, took: took)
        settle(key, result)
        queue.done(key, took: took)
    }

    private func changeActive(by change: Int) {
        activeCount.withLock {
            $0 += change
            // Under the lock, or an older figure may come last and stay.
            metrics.active.record($0)
        }
    }

    private func settle(_ key: ObjectKey, _ result: Result<ReconcileResult, any Error>) {
        switch result {
        case .success(.done):
            queue.forget(key)
        case .success(.requeue(let delay)):
            queue.forget(key)
            queue.add(key, after: delay)
        case .success(.terminal(let reason)):
            queue.forget(key)
            logger.notice("\(key) needs a change before it can go on: \(reason)")
        case .failure(let error):
            queue.addRateLimited(key)
            let failures = queue.failureCount(key)
            // Conflicts and short outages pass by themselves; what stays gets louder.
            logger.log(
                level: failures > 3 ? .warning : .info, "reconciling \(key) failed, attempt \(failures): \(error)")
        }
    }
}
