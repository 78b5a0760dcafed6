private import Crypto
public import HTTPTransport
public import Logging
import StructuredData
import Synchronization
import SystemThreads
import TaskProtocol

/// An agent at work: it registers, leases, runs and reports until it is asked to end.
///
/// The driver around `AgentMachine`: events go in one at a time, in order, and the actions are carried out here.
public final class AgentService: Sendable {
    /// The release that the agent names when it registers.
    public static let version = "0.1.0"

    private let configuration: AgentConfiguration
    private let types: [String]
    private let client: GatewayClient
    private let heartbeatClient: GatewayClient
    /// The transport's own thread, where it has one to run on.
    private let executor: (any TransportThread)?
    private let worker: WorkerCommand
    private let readiness: Readiness
    private let logger: Logger
    private let inbox = EventInbox()
    /// Which slot runs which attempt.
    private let running = Mutex<[AttemptID: (slot: Int, since: ContinuousClock.Instant)]>([:])
    private enum CallName: Hashable {
        case lease(request: Int64)
        case report(call: Int)
    }
    /// Calls that are out, which may have been waiting since before the machine was suspended: each can be cut off, and the machine
    /// hears of it as of any other failure.
    private let calls = Mutex<[CallName: Task<Void, Never>]>([:])
    private let clock: MachineClock
    /// One for the life of this process, so that a registration whose answer got lost makes no second agent.
    private let instance: String

    /// - Parameters:
    ///   - types: the task types that the worker knows.
    ///   - transport: for everything but heartbeats.
    ///   - heartbeatTransport: another one, which nothing else uses.
    public convenience init(
        _ configuration: AgentConfiguration,
        types: [String],
        transport: any HTTPTransport,
        heartbeatTransport: any HTTPTransport,
        worker: WorkerCommand = WorkerCommand(),
        logger: Logger
    ) {
        self.init(
            configuration, types: types, transport: transport, heartbeatTransport: heartbeatTransport, worker: worker,
            logger: logger, clock: MachineClock())
    }

    init(
        _ configuration: AgentConfiguration, types: [String], transport: any HTTPTransport,
        heartbeatTransport: any HTTPTransport, worker: WorkerCommand, logger: Logger, clock: MachineClock
    ) {
        self.clock = clock
        self.configuration = configuration
        self.types = types
        self.worker = worker
        self.logger = logger
        let token = TokenSource.file(configuration.tokenFile)
        let userAgent = "agent-runner/\(Self.version)"
        executor = transport.executor
        client = GatewayClient(
            transport: transport, baseURL: configuration.gatewayURL, token: token, userAgent: userAgent)
        heartbeatClient = GatewayClient(
            transport: heartbeatTransport, baseURL: configuration.gatewayURL, token: token, userAgent: userAgent)
        readiness = Readiness(
            directory: configuration.runtimeDirectory, namespace: configuration.namespace, agent: configuration.name)
        instance = (0..<2).map { _ in String(UInt64.random(in: .min ... .max), radix: 16) }.joined()
    }

    /// Asks the agent to end: it leases no more and lets what runs end, for at most `drainSeconds`. Asked again, it waits for
    /// nothing. May be called from any thread.
    public func terminate() { inbox.yield(.terminate) }

    /// Works until `terminate()` is done, or the task is cancelled, which ends it at once. To be called once.
    /// - Throws: where the threads that an agent needs cannot be had.
    public func run() async throws {
        let output = try executor.map { try DescriptorGroup($0) }
        output?.join()
        defer { output?.leave() }
        let heartbeater = try Heartbeater(client: heartbeatClient, logger: logger, clock: clock)
        let slots: [WorkerSlot]
        do {
            slots = try makeSlots(heartbeater, output)
        } catch {
            heartbeater.stop()
            throw error
        }
        defer { for slot in slots { slot.close() } }
        // All of it on one thread, and best on that on which answers arrive: what one brings about goes out without a change of
        // threads on the way.
        let thread = executor == nil ? try DedicatedThread("das-agent") : nil
        defer { thread?.stop() }
        let executor: any TaskExecutor = executor ?? thread ?? globalConcurrentExecutor
        let parts = Parts(slots: slots, heartbeater: heartbeater, executor: executor)
        say(ready: false, reason: "the agent has not registered yet")
        defer { readiness.remove() }

        await withTaskExecutorPreference(executor) { await work(parts) }
        logger.info("the agent has ended")
    }

    /// What carries out the machine's actions.
    private struct Parts: Sendable {
        var slots: [WorkerSlot]
        var heartbeater: Heartbeater
        /// Runs everything that is not worth a thread of its own.
        var executor: any TaskExecutor
    }

    private func work(_ parts: Parts) async {
        var settings = AgentMachine.Settings(slots: parts.slots.count, drain: .seconds(configuration.drainSeconds))
        settings.lastReports += worker.stopGrace
        var machine = AgentMachine(settings)
        var random = SystemRandomNumberGenerator()
        await withDiscardingTaskGroup { group in
            group.addTask { [self] in
                await parts.heartbeater.run { [self] event in
                    switch event {
                    case .stop(let id, let reason): stop(id, reason, parts.slots)
                    case .lost(let id): inbox.yield(.leaseLost(id))
                    case .drain(let drain): inbox.yield(.drain(drain))
                    case .agentUnknown: inbox.yield(.agentUnknown)
                    case .resumed: for call in callsUnderWay { call.cancel() }
                    }
                }
            }
            inbox.yield(.start)
            var attempts = AttemptLog()
            await inbox.forEachBatch { events in
                var isFinished = false
                for action in machine.handle(events, using: &random) where !isFinished {
                    isFinished = action == .finish
                    perform(action, parts, &group)
                }
                // Last: tasks do not wait for what is written of them.
                for event in events { log(event, &attempts) }
                return !isFinished
            }
            group.cancelAll()
            for call in callsUnderWay { call.cancel() }
            for call in callsUnderWay { await call.value }
        }
    }

    private func makeSlots(_ heartbeater: Heartbeater, _ output: DescriptorGroup?) throws -> [WorkerSlot] {
        var slots: [WorkerSlot] = []
        do {
            for index in 0..<configuration.concurrency {
                slots.append(
                    try WorkerSlot(
                        index, command: worker, memoryLimit: configuration.workerMemory.limit, watcher: output,
                        logger: logger
                    ) { [self] event in
                        switch event {
                        case .ready: inbox.yield(.slotReady(index))
                        case .down: inbox.yield(.slotDown(index))
                        case .progress(let id, let progress): heartbeater.progressed(id, progress)
                        case .checkpoint(let id, let checkpoint): heartbeater.saved(id, checkpoint: checkpoint)
                        case .output(let id, let text): heartbeater.wrote(id, text)
                        case .ended(let id, let outcome, let reusable):
                            let since = running.withLock { $0[id]?.since } ?? .now
                            inbox.yield(
                                .attemptEnded(id, slot: index, outcome, reusable: reusable, ran: .now - since))
                        }
                    })
            }
        } catch {
            for slot in slots { slot.close() }
            throw error
        }
        return slots
    }

    // MARK: Actions

    private func perform(
        _ action: AgentMachine.Action, _ parts: Parts, _ group: inout DiscardingTaskGroup
    ) {
        let heartbeater = parts.heartbeater
        switch action {
        case .register: group.addTask { [self] in await register() }
        case .adopt(let agent, let heartbeatMs):
            logger.info("registered as \(agent)")
            heartbeater.adopt(agent: agent, interval: .milliseconds(heartbeatMs))
        case .lease(let request):
            call(.lease(request: request.request), on: parts.executor) { [self] in await lease(request) }
        case .run(let grant, let slot):
            // Held from here on, the lease may be called lost or cancelled at once: that must come after the order to run.
            running.withLock { running in
                running[grant.id] = (slot, .now)
                heartbeater.hold(grant)
                parts.slots[slot].send(.run(grant))
            }
        case .stop(let id, let slot, let reason): parts.slots[slot].send(.stop(id, reason))
        case .keepForReport(let id):
            running.withLock { $0[id] = nil }
            heartbeater.keepForReport(id)
        case .report(let number, let request):
            call(.report(call: number), on: parts.executor) { [self] in
                await send(request, call: number, parts.heartbeater)
            }
        // Its digest takes a while.
        case .upload(let upload):
            group.addTask(executorPreference: globalConcurrentExecutor) { [self] in await send(upload) }
        case .drop(let id):
            running.withLock { $0[id] = nil }
            heartbeater.drop(id)
        case .schedule(let timer, let delay):
            if let executor {
                return executor.call(after: delay) { [inbox] in inbox.yield(.timer(timer)) }
            }
            group.addTask { [inbox] in
                if (try? await Task.sleep(for: delay)) != nil { inbox.yield(.timer(timer)) }
            }
        case .ready(let ready): say(ready: ready, reason: "the agent is being drained")
        case .warn(let message): logger.warning("\(message)")
        case .finish: break
        }
    }

    private func stop(_ id: AttemptID, _ reason: StopReason, _ slots: [WorkerSlot]) {
        guard let slot = running.withLock({ $0[id]?.slot }) else { return }
        slots[slot].send(.stop(id, reason))
    }

    private func say(ready: Bool, reason: String) {
        do {
            try readiness.write(ready: ready, reason: ready ? "" : reason)
        } catch {
            logger.warning("the readiness probe cannot be answered; set DAS_RUNTIME_DIR to a writable place: \(error)")
        }
    }

    // MARK: Calls

    private func register() async {
        let request = RegisterRequest(
            namespace: configuration.namespace, swarm: configuration.swarm, name: configuration.name,
            instance: instance, slots: configuration.concurrency, version: Self.version, capabilities: types)
        do {
            inbox.yield(.registered(try await client.register(request)))
        } catch {
            inbox.yield(.registrationFailed(CallFailure(error)))
        }
    }

    private var callsUnderWay: [Task<Void, Never>] { calls.withLock { Array($0.values) } }

    /// Makes a call that can be cut off. It is a task by itself, as those of a group can only be cancelled together.
    private func call(_ name: CallName, on executor: any TaskExecutor, _ body: @escaping @Sendable () async -> Void) {
        calls.withLock { calls in
            calls[name] = Task(executorPreference: executor) { [self] in
                await body()
                self.calls.withLock { $0[name] = nil }
            }
        }
    }

    private func lease(_ request: LeaseRequest) async {
        let start = ContinuousClock.now
        do {
            let answer = try await client.lease(request)
            inbox.yield(.leased(request: request.request, answer, waited: .now - start))
        } catch {
            inbox.yield(.leaseFailed(request: request.request, CallFailure(error)))
        }
    }

    private func send(_ request: ReportRequest, call: Int, _ heartbeater: Heartbeater) async {
        // With the report the lease ends, and with it the time for output.
        await heartbeater.deliverOutput(of: request.attempts)
        do {
            let answer =
                switch request {
                case .complete(let request): try await client.complete(request)
                case .fail(let request): try await client.fail(request)
                case .release(let request): try await client.release(request)
                }
            inbox.yield(.reported(call: call, answer))
        } catch {
            inbox.yield(.reportFailed(call: call, CallFailure(error)))
        }
    }

    /// Sends a large result ahead of its report.
    private func send(_ upload: Outbox.Upload) async {
        do {
            let digest = SHA256.hash(data: upload.result).hexadecimal
            let reference = try await client.putResult(
                task: upload.item.task, epoch: upload.item.epoch, token: upload.item.token, sha256: digest,
                bytes: upload.result)
            inbox.yield(.uploaded(upload.id, reference))
        } catch let error as GatewayError where error.problem?.code == .notFound || error.problem?.status == 405 {
            // A gateway older than the agent. Its word is for good, so the task fails, with the reason.
            inbox.yield(
                .uploadFailed(
                    upload.id,
                    CallFailure(
                        .definite, code: ProblemCode.tooLarge.rawValue,
                        message:
                            "this gateway takes results of at most 1 MiB, and this one has \(upload.result.count) bytes"
                    )))
        } catch {
            inbox.yield(.uploadFailed(upload.id, CallFailure(error)))
        }
    }

    private func log(_ event: AgentMachine.Event, _ log: inout AttemptLog) {
        switch event {
        case .leased(_, let answer?, _): for grant in answer.leases { logLease(grant, &log) }
        case .reported(_, let answer): for grant in answer.leases ?? [] { logLease(grant, &log) }
        case .attemptEnded(let id, _, let outcome, _, _):
            switch outcome {
            case .completed, .completedLarge: logAttempt("\(id) completed", &log)
            case .failed(let error): logger.warning("\(id) failed (\(error.kind.rawValue)): \(error)")
            case .released(_, let reason): logger.info("\(id) released: \(reason)")
            case .discarded: logger.warning("\(id) discarded: the lease is another's")
            }
        case .slotReady(let slot): logger.debug("worker \(slot) is ready")
        case .drain(let drain): logger.debug("drain: \(drain)")
        case .terminate: logger.info("asked to end")
        default: break
        }
    }

    private func logLease(_ grant: LeaseGrant, _ log: inout AttemptLog) {
        logAttempt("leased \(grant.type) \(grant.id), attempt \(grant.attempt)", &log)
    }

    private func logAttempt(_ line: @autoclosure () -> String, _ log: inout AttemptLog) {
        let (isAdmitted, skipped) = log.admit(now: .now)
        if skipped > 0 { logger.info("\(skipped) lines like these left out") }
        if isAdmitted { logger.info("\(line())") } else { logger.debug("\(line())") }
    }
}

extension SHA256.Digest {
    fileprivate var hexadecimal: String {
        map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }
}
