public import KubernetesClient
public import Logging
internal import Metrics
private import Synchronization
internal import SystemThreads

/// The lease was lost, or could not be renewed in time. Whoever led must have stopped.
public struct LeadershipLost: Error, Sendable, Hashable, CustomStringConvertible {
    public var identity: String
    public var holder: String?
    public var description: String {
        "\(identity) leads no more"
            + (holder.map { $0 == identity ? ": the lease could not be renewed in time" : "; \($0) does" } ?? "")
    }
}

/// Runs work in one process of several at a time, by a Lease (coordination.k8s.io/v1).
///
/// **Flow.** `run` tries for the lease every `retryPeriod`, and when it runs out; once it has it, it runs the work, and renews until the work has ended. On
/// cancellation the work is cancelled, and the lease given up when it has ended. When the lease is lost, to another or because no
/// renewal got through for `renewDeadline`, the work is cancelled at once and `LeadershipLost` is thrown when it has ended. The
/// program must then exit: what it knows is old.
///
/// **Guarantees.** The work is cancelled before another process may begin. The time that counts is this process's own, monotonic, from
/// the start of the last renewal that succeeded; times that others wrote are never compared with it. Renewals run on one thread of
/// their own and the timer of the renew deadline on another, which waits for no request: a cooperative pool that is full of busy work
/// costs neither the lease nor the end. Work that has not ended `Configuration.stopLimit` after the loss is ended with the process,
/// and so is a process that has not exited `Configuration.exitLimit` after it, whatever it hangs in.
///
/// **Assumptions.** Clocks of different machines run at nearly the same rate; identities are never used twice; the store refuses to
/// replace a version that is not the current one.
///
/// **Caveats.** A process that was stopped as a whole (SIGSTOP, a paused machine) may go on for the instant until its fence has run:
/// give the work a client that is `fenced(by:)` this elector, ask `isLeading` before other steps that matter, and write so that two
/// leaders do no harm (preconditions). Cancellation handlers of the work run on the elector's threads and must not block.
public final class LeaderElector: Sendable {
    /// Ends the process, for good and at once; `reason` is a line for its log.
    public typealias EndProcess = @Sendable (_ reason: String) -> Void

    /// Exits with code 1 at this moment; no handler can hold that up.
    public static let exit: EndProcess = { ProcessEnd.immediately(code: 1, reason: $0) }

    private let store: any LeaseStore
    private let time: TimeSource
    private let sleepsOnThreads: Bool
    private let logger: Logger
    private let machine: Mutex<LeaderElectionMachine>
    private let configuration: LeaderElectionMachine.Configuration
    private let identity: String
    private let status: Gauge
    private let endProcess: EndProcess
    private let lossHandlers = Mutex<[@Sendable () -> Void]>([])

    /// - Parameters:
    ///   - name: of the election, for metrics.
    ///   - identity: unique among all processes that ever run for it, e.g. the pod's name and its UID.
    ///   - time: `nil`: the system's monotonic clock, with sleeps that do not need the cooperative pool.
    ///   - endProcess: what happens to a process whose work does not end after the loss, or which does not exit; by default it
    ///     exits with code 1.
    public init(
        name: String,
        identity: String,
        store: any LeaseStore,
        configuration: LeaderElectionMachine.Configuration = .init(),
        time: TimeSource? = nil,
        endProcess: @escaping EndProcess = LeaderElector.exit,
        logger: Logger = Logger(label: "controller-runtime.leader-election")
    ) {
        self.store = store
        self.time = time ?? .continuous
        sleepsOnThreads = time == nil
        self.logger = logger
        self.configuration = configuration
        self.identity = identity
        self.endProcess = endProcess
        machine = Mutex(LeaderElectionMachine(identity: identity, configuration: configuration))
        status = Gauge(label: "leader_election_master_status", dimensions: [("name", name)])
    }

    /// An elector on the Lease `name` in `namespace`.
    ///
    /// - Parameters:
    ///   - identity: unique among all processes that ever run for it, e.g. the pod's name and its UID.
    ///   - makeClient: makes a client whose transport nothing else uses, so that no slow transfer holds up a renewal; called again
    ///     after a call that got no answer, whose connection may be dead.
    ///
    ///         LeaderElector(namespace: "default", name: "greeter", identity: pod) {
    ///             KubernetesClient(cluster, transport: CurlTransport(cluster.connection))
    ///         }
    public convenience init(
        namespace: String,
        name: String,
        identity: String,
        configuration: LeaderElectionMachine.Configuration = .init(),
        logger: Logger = Logger(label: "controller-runtime.leader-election"),
        makeClient: @escaping @Sendable () throws -> KubernetesClient
    ) {
        self.init(
            name: name, identity: identity,
            store: KubernetesLeaseStore(namespace: namespace, name: name, makeClient: makeClient),
            configuration: configuration, logger: logger)
    }

    /// Whether this process may act as leader at this moment.
    public var isLeading: Bool { machine.withLock { $0.isLeading(now: time.now) } }

    /// - Throws: `LeadershipLost` where this process may not act as leader at this moment.
    public func checkLeading() throws(LeadershipLost) {
        guard isLeading else { throw lost }
    }

    /// Has `handler` called when the lease is lost, before the work is cancelled; it must not block.
    public func onLoss(_ handler: @escaping @Sendable () -> Void) { lossHandlers.withLock { $0.append(handler) } }

    /// Waits to lead, then runs `work` on the cooperative pool as long as we do.
    ///
    /// Returns when the work does. On cancellation the work is cancelled and, once it has ended, the lease given up.
    /// - Throws: `LeadershipLost`; what the work throws; an error where the system has no threads left.
    public func run(work: @escaping @Sendable () async throws -> Void) async throws {
        let renewals = try DedicatedThread("lease-renewal")
        defer { renewals.stop() }
        let fences = try DedicatedThread("lease-fence")
        defer { fences.stop() }
        status.record(0)
        try await withTaskExecutorPreference(renewals) {
            let time = self.time(on: renewals)
            try await acquire(time)
            logger.notice("\(identity) leads now")
            status.record(1)
            defer { status.record(0) }
            let term = LeaderTerm(work: work) { [self] in
                status.record(0)
                for handler in lossHandlers.withLock({ $0 }) { handler() }
            }
            // Neither is reached by our cancellation: as long as the work runs, however it was told to end, the lease is kept.
            let renewal = Task(executorPreference: renewals) { await self.renew(term, time) }
            let fence = Task(executorPreference: fences) { await self.fence(term, self.time(on: fences)) }
            let result = await term.end()
            renewal.cancel()
            await renewal.value
            if !term.isLost { await release(time, on: renewals) }
            // Until here it has watched that all this comes to an end.
            fence.cancel()
            await fence.value
            machine.withLock { $0.resign() }
            if term.isLost { throw lost }
            try result.get()
        }
    }

    private func time(on thread: DedicatedThread) -> TimeSource {
        sleepsOnThreads ? time.sleeping(on: thread.clock) : time
    }

    private var lost: LeadershipLost { LeadershipLost(identity: identity, holder: machine.withLock { $0.holder }) }

    private func acquire(_ time: TimeSource) async throws {
        while true {
            await attempt(time)
            if isLeading { return }
            let jitter = Double.random(in: 1...1.2)
            try await time.sleep(for: machine.withLock { $0.pauseBeforeAttempt(now: time.now, jitter: jitter) })
        }
    }

    private func renew(_ term: LeaderTerm, _ time: TimeSource) async {
        while await time.hasSlept(for: configuration.retryPeriod) {
            await attempt(time)
            // Another's record means loss at once; a failed write only that we must try again.
            if machine.withLock({ $0.leadingUntil }) == nil { return await lose(term, time) }
        }
    }

    /// Ends leadership in time whatever the renewals do.
    private func fence(_ term: LeaderTerm, _ time: TimeSource) async {
        while let until = machine.withLock({ $0.leadingUntil }), until > time.now {
            guard await time.hasSlept(for: until - time.now) else { return }
        }
        await lose(term, time)
    }

    /// Stops the work, and the process where the work does not stop.
    private func lose(_ term: LeaderTerm, _ time: TimeSource) async {
        guard term.lose() else { return }
        logger.error("\(lost)")
        limitExit()
        guard await time.hasSlept(for: configuration.stopLimit) else { return }
        endProcess("\(lost), and its work has not ended within \(configuration.stopLimit): the process ends")
    }

    /// Ends the process where it does not exit by itself. Nothing ends this but that exit, so it belongs to nobody.
    private func limitExit() {
        guard let limit = configuration.exitLimit else { return }
        let end: @Sendable () -> Void = { [lost, endProcess] in
            endProcess("\(lost), and the process has not exited within \(limit): it is ended")
        }
        guard sleepsOnThreads else {
            Task { [time] in if await time.hasSlept(for: limit) { end() } }
            return
        }
        do {
            try OSThread.start("leader-exit") {
                let deadline = MonotonicTime.seconds + limit.seconds
                OSThread.sleep(untilMonotonic: deadline)
                end()
            }
        } catch {
            logger.error("nothing will end a process that hangs: \(error)")
        }
    }

    /// Reads the lease and writes it if it is ours to take; gives up before the renew deadline could pass unnoticed.
    private func attempt(_ time: TimeSource) async {
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await time.sleep(for: self.configuration.renewDeadline / 2)
                    throw LeaseRequestTimeout()
                }
                group.addTask {
                    let began = time.now
                    let record = try await self.store.read()
                    let decision = self.machine.withLock { $0.read(record, now: time.now) }
                    guard case .write(let ours) = decision else { return }
                    let written = try await self.store.write(ours, isTakeover: record?.holder != ours.holder)
                    self.machine.withLock { $0.written(written, began: began) }
                }
                defer { group.cancelAll() }
                try await group.next()
            }
        } catch is CancellationError {
            return
        } catch {
            logger.warning("the lease could not be read or written: \(error)")
        }
    }

    private func release(_ time: TimeSource, on thread: DedicatedThread) async {
        guard let record = machine.withLock({ $0.isLeading(now: time.now) ? $0.release() : nil }) else { return }
        // Our own task may be cancelled; giving the lease up still has its short time.
        let write = Task(executorPreference: thread) { try await self.giveUp(record) }
        let limit = Task(executorPreference: thread) {
            if await time.hasSlept(for: .seconds(2)) { write.cancel() }
        }
        if case .failure(let error) = await write.result { logger.info("the lease was not given up: \(error)") }
        limit.cancel()
        await limit.value
    }
}

extension LeaderElector {
    /// Writes the record that gives the lease up. A renewal whose answer was not waited for may have changed the lease meanwhile,
    /// and may yet: then it is read, and given up as it is.
    private func giveUp(_ record: LeaseRecord) async throws {
        var record = record
        while true {
            do {
                _ = try await store.write(record, isTakeover: false)
                return
            } catch {
                try Task.checkCancellation()
                let current = try await store.read()
                // Unchanged, it was refused for another reason.
                guard current?.resourceVersion != record.resourceVersion,
                    let ours = machine.withLock({ $0.release(current) })
                else { throw error }
                record = ours
            }
        }
    }
}

private struct LeaseRequestTimeout: Error, CustomStringConvertible {
    var description: String { "no answer in time" }
}
