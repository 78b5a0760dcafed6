import StructuredData
import TaskProtocol
import TaskQueue
import TaskStoreTesting

@testable import AgentRuntime

/// An agent: the real `AgentMachine` and `LeaseTable`, driven as `AgentService` and `Heartbeater` do, in simulated time.
final class SimulatedAgent {
    typealias Instant = ContinuousClock.Instant

    private static let origin = ContinuousClock.now
    /// As `Heartbeater`.
    private static let firstBeatMs: Int64 = 1_000

    let index: Int
    let swarm: String
    private(set) var id: AgentID?
    private(set) var isUp = false
    private unowned let simulation: Simulation
    private var random: SeededGenerator
    private let slots: Int
    private var life = 0
    private var pod = 1
    private var machine: AgentMachine
    private var table = LeaseTable()
    private var workers: Workers!
    private var pausedUntil: Int64 = 0
    private var cutUntil: Int64 = 0
    private var heartbeatMs: Int64 = 5_000
    private var nextBeat: Int64 = .max
    private var isBeating = false

    init(_ index: Int, _ world: Simulation) {
        self.index = index
        simulation = world
        swarm = world.swarms[index % world.swarms.count]
        random = world.random("agent \(index)")
        slots = world.options.isBusy ? Int.random(in: 4...12, using: &random) : .random(in: 1...3, using: &random)
        machine = AgentMachine(.init(slots: slots, drain: .seconds(20)))
    }

    var name: String { "agent-\(index).\(pod)" }
    private var instant: Instant { Self.origin + .milliseconds(simulation.now) }

    // MARK: Its life

    func start() {
        life += 1
        isUp = true
        id = nil
        machine = AgentMachine(.init(slots: slots, drain: .seconds(20)))
        table = LeaseTable()
        workers = Workers(self, simulation.random("workers \(index) \(life)"))
        nextBeat = .max
        isBeating = false
        simulation.note("\(name) starts")
        handle(.start)
        for slot in 0..<slots {
            later(after: Int64.random(in: 10...500, using: &random)) { $0.handle(.slotReady(slot)) }
        }
    }

    /// Its process ends with no chance to do anything about it; it comes back in the same pod, or another pod takes its place.
    func crash() {
        guard isUp else { return }
        simulation.note("\(name) is killed")
        end(restartsInPlace: random.chance(50), after: Int64.random(in: 200...10_000, using: &random))
    }

    func terminate() {
        guard isUp else { return }
        simulation.note("\(name) is asked to end")
        handle(.terminate)
    }

    func pause(for milliseconds: Int64) {
        simulation.note("\(name) stands still for \(milliseconds) ms")
        pausedUntil = max(pausedUntil, simulation.now + milliseconds)
    }

    func cutOff(for milliseconds: Int64) {
        simulation.note("\(name) is cut off for \(milliseconds) ms")
        cutUntil = max(cutUntil, simulation.now + milliseconds)
    }

    func recover() {
        pausedUntil = simulation.now
        cutUntil = simulation.now
        if !isUp { start() }
    }

    private func end(restartsInPlace: Bool, after delay: Int64) {
        isUp = false
        life += 1
        let ended = life
        if !restartsInPlace {
            let uid = "uid-\(name)"
            pod += 1
            // The operator may see the end of the pod, late, or never.
            if random.chance(70) {
                simulation.insist(after: Int64.random(in: 0...20_000, using: &random)) { [simulation] in
                    simulation.note("the end of \(uid) is told")
                    try await simulation.store.endAgents([uid])
                }
            }
        }
        simulation.plan(after: delay) { [self] in if life == ended { start() } }
    }

    /// Does `action` then, unless the process has ended; later where it stands still.
    func later(after delay: Int64, _ action: @escaping (SimulatedAgent) -> Void) {
        let life = life
        simulation.plan(after: delay) { [self] in
            guard self.life == life else { return }
            let rest = pausedUntil - simulation.now
            if rest > 0 { later(after: rest, action) } else { action(self) }
        }
    }

    private func isCut() -> Bool { simulation.now < cutUntil }

    // MARK: The machine

    func handle(_ event: AgentMachine.Event) {
        for action in machine.handle([event], using: &random) { perform(action) }
    }

    private func perform(_ action: AgentMachine.Action) {
        switch action {
        case .register: register()
        case .adopt(let agent, let heartbeatMs):
            id = AgentID(agent)
            self.heartbeatMs = heartbeatMs
            planBeat(after: 0)
        case .lease(let request): lease(request)
        case .run(let grant, let slot):
            table.hold(grant, now: instant)
            workers.run(grant, slot: slot, isFaulty: simulation.has(.failure), isShort: simulation.options.isBusy)
            planBeat(after: Self.firstBeatMs)
            planFence()
        case .stop(let id, _, let reason): workers.stop(id, reason)
        case .keepForReport(let id): table.keepForReport(id)
        case .report(let call, let request): send(request, call: call)
        // No simulated workload has a large result.
        case .upload: preconditionFailure("there is nothing to send ahead")
        case .drop(let id): table.drop(id)
        case .schedule(let timer, let delay):
            later(after: delay / .milliseconds(1) > 0 ? Int64(delay / .milliseconds(1)) : 0) {
                $0.handle(.timer(timer))
            }
        case .ready, .warn: break
        case .finish:
            simulation.note("\(name) has ended")
            end(restartsInPlace: false, after: 1_000)
        }
    }

    /// Calls a gateway; `completion` is the agent's, so that it does not come to one that has ended.
    private func call<Answer>(
        timeoutMs: Int64,
        _ body: @escaping (SimulatedGateway, @escaping (Reply<Answer>) -> Void) async throws -> Void,
        completion: @escaping (SimulatedAgent, Reply<Answer>) -> Void
    ) {
        let life = life
        simulation.network.call(
            timeoutMs: timeoutMs, isCut: { [self] in isCut() }, body,
            completion: { [self] result in
                guard self.life == life else { return }
                later(after: 0) { completion($0, result) }
            })
    }

    private func register() {
        let registration = AgentRegistration(
            namespace: Simulation.namespace, swarm: swarm, name: name, podUID: "uid-\(name)",
            instance: "\(name) life \(life)", slots: slots, version: "1", capabilities: [], serviceAccount: "agents")
        call(timeoutMs: 10_000) { [simulation] _, respond in
            let record = try await simulation.store.register(registration)
            respond(
                .success(
                    RegisterAnswer(
                        agent: record.id.text, leaseMs: simulation.policy.leaseMs,
                        heartbeatMs: simulation.policy.heartbeatMs, drain: record.isDraining)))
        } completion: { agent, result in
            switch result {
            case .success(let answer): agent.handle(.registered(answer))
            case .failure(let failure): agent.handle(.registrationFailed(failure))
            }
        }
    }

    private func lease(_ request: LeaseRequest) {
        let asked = simulation.now
        let lease = LeaseCall(agent: AgentID(request.agent), request: request.request, slots: request.freeSlots)
        call(timeoutMs: request.waitMs + 10_000) { gateway, respond in
            try await gateway.poll(lease, waitMs: request.waitMs, respond)
        } completion: { agent, result in
            switch result {
            case .success(let offer):
                let answer = offer.map { agent.answer($0) }
                agent.handle(
                    .leased(
                        request: request.request, answer, waited: .milliseconds(agent.simulation.now - asked)))
            case .failure(let failure): agent.handle(.leaseFailed(request: request.request, failure))
            }
        }
    }

    private func answer(_ offer: LeaseOffer) -> LeaseAnswer {
        for task in offer.tasks { simulation.note("\(name) got \(task.record.id), epoch \(task.key.epoch)") }
        return LeaseAnswer(leases: offer.tasks.map { $0.grant(simulation.policy) }, drain: offer.isDraining)
    }

    private func send(_ request: ReportRequest, call number: Int) {
        let reports = request.attemptReports
        let next = request.next
        call(timeoutMs: 10_000) { [simulation] gateway, respond in
            let reply = try await gateway.report(request.agent, reports, next: next)
            if case .success(let answer) = reply {
                let kept = answer.outcomes.count { if case .refused = $0 { false } else { true } }
                simulation.note("batch \(number) of \(request.agent): \(reports.count) reports, \(kept) of them kept")
                for (report, outcome) in zip(reports, answer.outcomes) {
                    simulation.note("report of \(report.task)#\(report.key.epoch): \(outcome.word)")
                }
            }
            respond(reply)
        } completion: { agent, result in
            switch result {
            case .success(let answer):
                agent.handle(.reported(call: number, agent.answer(answer, to: reports, asked: next != nil)))
            case .failure(let failure): agent.handle(.reportFailed(call: number, failure))
            }
        }
    }

    private func answer(
        _ answer: (outcomes: [ReportOutcome], next: LeaseVerdict?), to reports: [AttemptReport], asked: Bool
    ) -> ReportAnswer {
        let items = zip(reports, answer.outcomes).map { report, outcome -> ReportAnswer.Item in
            switch outcome {
            case .accepted: .init(task: report.task.text, verdict: .accepted)
            case .duplicate: .init(task: report.task.text, verdict: .duplicate)
            case .refused:
                .init(
                    task: report.task.text, verdict: .refused,
                    problem: Problem(.staleLease, status: 409, title: "refused", detail: "refused"))
            }
        }
        guard case .answered(let offer)? = answer.next else {
            return ReportAnswer(reports: items, leases: asked ? [] : nil)
        }
        return ReportAnswer(reports: items, leases: self.answer(offer).leases, drain: offer.isDraining)
    }

    // MARK: Heartbeats

    func progressed(_ id: AttemptID) {
        table.progressed(id, TaskProgress(done: 1, total: 2, message: nil))
        table.saved(id, checkpoint: ["by": .string(name)])
    }

    private func planBeat(after delay: Int64) {
        let time = simulation.now + delay
        guard time < nextBeat else { return }
        nextBeat = time
        later(after: delay) { agent in
            if agent.nextBeat == time, !agent.isBeating { agent.beat() }
        }
    }

    private func beat() {
        guard let id else { return }
        isBeating = true
        nextBeat = .max
        let beat = table.beat(now: instant)
        let beats = beat.leases.compactMap(Beat.init)
        call(timeoutMs: heartbeatMs) { [simulation] (_, respond: @escaping (Reply<BeatAnswer>) -> Void) in
            let answer = try await simulation.store.heartbeat(id, beats)
            if beats.isEmpty, !answer.isKnown {
                respond(.failure(CallFailure(.agentUnknown, code: "AGENT_UNKNOWN", message: "register again")))
            } else {
                respond(.success(answer))
            }
        } completion: { agent, result in
            agent.isBeating = false
            agent.nextBeat = .max
            switch result {
            case .success(let answer):
                agent.heard(answer, beat)
                agent.planBeat(after: agent.heartbeatMs)
            case .failure(let failure):
                if failure.kind == .agentUnknown { agent.handle(.agentUnknown) }
                agent.planBeat(
                    after: Int64(Double(agent.heartbeatMs) * Double.random(in: 0.1..<0.3, using: &agent.random)))
            }
        }
    }

    private func heard(_ answer: BeatAnswer, _ beat: LeaseTable.Beat) {
        let items = zip(beat.leases, answer.verdicts).map { item, verdict -> HeartbeatAnswer.Item in
            switch verdict {
            case .alive: .init(task: item.task, verdict: .ok, leaseMs: simulation.policy.leaseMs)
            case .cancelRequested(let forcedInMs):
                .init(
                    task: item.task, verdict: .cancel, leaseMs: simulation.policy.leaseMs, cancelMode: .cooperative,
                    graceMs: forcedInMs)
            case .lost: .init(task: item.task, verdict: .lost)
            }
        }
        for consequence in table.answered(HeartbeatAnswer(leases: items, drain: answer.isDraining), to: beat) {
            switch consequence {
            case .lost(let id):
                workers.stop(id, .leaseLost)
                handle(.leaseLost(id))
            case .cancel(let id, let mode, let grace): workers.stop(id, .cancelled(mode: mode, grace: grace))
            }
        }
        planFence()
        handle(.drain(answer.isDraining))
    }

    private func planFence() {
        guard let next = table.nextFence else { return }
        let delay = (next - instant) / .milliseconds(1)
        later(after: max(Int64(delay.rounded(.up)), 0)) { agent in
            for id in agent.table.fence(now: agent.instant) { agent.workers.stop(id, .fenced) }
        }
    }
}
