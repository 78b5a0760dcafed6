import StructuredData
import TaskProtocol
import Testing

@testable import AgentRuntime

@Suite("The agent's machine under random events")
struct AgentMachineTraceTests {
    @Test(arguments: [UInt64](0..<2000))
    func `random traces run no more than the slots hold, ask once at a time, and have each end heard once`(
        seed: UInt64
    ) {
        var trace = AgentTrace(seed)
        trace.run()
        for mistake in trace.mistakes { Issue.record("seed \(seed): \(mistake)") }
    }
}

/// One agent's machine and a gateway, with everything between them that can go wrong.
private struct AgentTrace {
    private static let down = CallFailure(.transient, message: "nobody listens")
    private static let refused = CallFailure(.definite, code: "TOO_LARGE", message: "the body is too large")

    private let slots: Int
    private var random: SeededGenerator
    private var agent: AgentHarness
    private var polls: [LeaseRequest] = []
    private var running: [AttemptID: Int] = [:]
    private var uploads: [Outbox.Upload] = []
    private var timers: [AgentMachine.Timer] = []
    private var lastRequest: Int64 = 0
    private var tasks = 0
    private var isFinished = false
    /// What the gateway has accepted, once and for all.
    private var accepted: [AttemptID: Report] = [:]
    /// Leases that are others' by now.
    private var lost: Set<AttemptID> = []
    /// The attempts that have something to report, in the order of their ends.
    private var ended: [AttemptID] = []
    private(set) var mistakes: [String] = []

    init(_ seed: UInt64) {
        var random = SeededGenerator(seed)
        slots = Int.random(in: 1...8, using: &random)
        agent = AgentHarness(
            slots: slots, registered: false, gather: Bool.random(using: &random) ? .milliseconds(2) : .zero)
        self.random = random
        agent.random = SeededGenerator(seed &+ 1000)
    }

    mutating func run() {
        step(.start)
        for slot in 0..<slots { step(.slotReady(slot)) }
        step(.registered(RegisterAnswer(agent: "a1", leaseMs: 15_000, heartbeatMs: 5000)))
        for _ in 0..<300 { act(isEnding: false) }
        step(.terminate)
        var steps = 0
        while !isFinished, steps < 100_000 {
            act(isEnding: true)
            steps += 1
        }
        require(isFinished, "it does not end")
        require(agent.machine.attempts.isEmpty, "it leaves with \(agent.machine.attempts)")
        for id in ended where accepted[id] == nil { require(lost.contains(id), "nobody has heard of \(id)") }
    }

    private mutating func require(_ condition: Bool, _ mistake: String) {
        if !condition { mistakes.append(mistake) }
    }

    private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

    private mutating func grants(upTo count: Int) -> [LeaseGrant] {
        (0..<Int.random(in: 0...max(count, 0), using: &random)).map { _ in
            tasks += 1
            return grant("t\(tasks)")
        }
    }

    // MARK: What the machine does

    private mutating func step(_ events: AgentMachine.Event...) {
        for action in agent.send(events) {
            switch action {
            case .register: step(.registered(RegisterAnswer(agent: "a1", leaseMs: 15_000, heartbeatMs: 5000)))
            case .lease(let request): polled(request)
            case .run(let grant, let slot):
                require(!running.values.contains(slot), "slot \(slot) runs two attempts")
                running[grant.id] = slot
            case .report(let call, let request): reported(call, request)
            case .upload(let upload): uploads.append(upload)
            case .schedule(let timer, _): timers.append(timer)
            case .keepForReport(let id): ended.append(id)
            case .finish: isFinished = true
            case .adopt, .stop, .drop, .ready, .warn: break
            }
        }
    }

    private mutating func polled(_ request: LeaseRequest) {
        require(request.request >= lastRequest, "request \(request.request) after \(lastRequest)")
        lastRequest = request.request
        if request.freeSlots > 0 {
            require(polls.isEmpty && !agent.out.values.contains { $0.next != nil }, "it asks twice at once")
            require(request.freeSlots <= slots - running.count, "it asks for slots that are not free")
        }
        polls.append(request)
    }

    private mutating func reported(_ call: Int, _ request: ReportRequest) {
        require(agent.out.count <= Outbox.mostCalls, "\(agent.out.count) calls with reports are out")
        if let next = request.next {
            require(polls.isEmpty && next.request >= lastRequest, "it asks twice at once with reports")
            require(agent.out.values.count { $0.next != nil } == 1, "two calls with reports ask for leases")
            require(next.freeSlots <= slots - running.count, "it asks for slots that are not free, with reports")
            lastRequest = next.request
        }
        let places = request.attempts.map { ended.lastIndex(of: $0) ?? -1 }
        require(!places.isEmpty && places == places.sorted(), "reports change places: \(request.attempts)")
        for (other, sent) in agent.out where other != call {
            require(Set(sent.attempts).isDisjoint(with: request.attempts), "a report is out twice")
        }
    }

    // MARK: What happens to it

    private mutating func act(isEnding: Bool) {
        switch Int.random(in: 0..<10, using: &random) {
        case 0, 1: answerPoll(isEnding)
        case 2, 3: endAttempt()
        case 4, 5, 6: answerReports(isEnding)
        case 7:
            guard let timer = timers.randomElement(using: &random) else { return }
            if timer == .lastReports || timer == .drainDeadline { return }
            timers.removeAll { $0 == timer }
            step(.timer(timer))
        case 8: answerUpload()
        default: disturb(isEnding)
        }
    }

    private mutating func disturb(_ isEnding: Bool) {
        switch Int.random(in: 0..<3, using: &random) {
        case 0: if !isEnding { step(.drain(chance(20))) }
        case 1: if chance(10) { step(.agentUnknown) }
        default:
            guard chance(30), let id = agent.machine.attempts.sorted(by: { $0.task < $1.task }).first else { return }
            // Somebody else got the task; a running attempt is stopped by who sends the heartbeats.
            if accepted[id] == nil { lost.insert(id) }
            step(.leaseLost(id))
            if let slot = running.removeValue(forKey: id) {
                step(.attemptEnded(id, slot: slot, .discarded, reusable: true, ran: .seconds(1)))
            }
        }
    }

    private mutating func answerPoll(_ isEnding: Bool) {
        guard let request = polls.randomElement(using: &random) else { return }
        polls.removeAll { $0 == request }
        guard chance(60) else { return step(.leaseFailed(request: request.request, Self.down)) }
        let leases = grants(upTo: request.freeSlots)
        let answer = LeaseAnswer(leases: leases, drain: !isEnding && chance(10))
        step(.leased(request: request.request, answer, waited: .seconds(1)))
    }

    private mutating func endAttempt() {
        guard let (id, slot) = running.sorted(by: { $0.key.task < $1.key.task }).randomElement(using: &random) else {
            return
        }
        running[id] = nil
        let outcomes: [AttemptOutcome] = [
            .completed([:]), .completed([:]), .completed([:]), .completedLarge([1]), .discarded,
            .failed(.retryable("BUSY", "later")), .released(checkpoint: nil, reason: "stopped"),
        ]
        let end = AgentMachine.Event.attemptEnded(
            id, slot: slot, outcomes.randomElement(using: &random) ?? .discarded, reusable: true,
            ran: .milliseconds(chance(50) ? 1 : 50))
        // Another one ends in the same moment.
        guard chance(30), let (other, slot) = running.min(by: { $0.key.task < $1.key.task }) else { return step(end) }
        running[other] = nil
        step(end, .attemptEnded(other, slot: slot, .completed([:]), reusable: true, ran: .milliseconds(1)))
    }

    private mutating func answerUpload() {
        guard let upload = uploads.popLast() else { return }
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<6: step(.uploaded(upload.id, ResultReference(uri: "/r", sha256: "ab", bytes: 1)))
        case 6..<9: step(.uploadFailed(upload.id, Self.down))
        default: step(.uploadFailed(upload.id, Self.refused))
        }
    }

    private mutating func answerReports(_ isEnding: Bool) {
        let out = agent.out.sorted { $0.key < $1.key }
        guard let (call, request) = out.randomElement(using: &random) else { return }
        if chance(10) { return step(.reportFailed(call: call, Self.down)) }
        if chance(5), request.attempts.allSatisfy({ accepted[$0] == nil }) {
            // One that is alone and has no result is given up: there is nothing less to send.
            if request.reports.count == 1, !request.reports[0].isCompletion { lost.insert(request.attempts[0]) }
            return step(.reportFailed(call: call, Self.refused))
        }
        if chance(3) { return step(.reportFailed(call: call, CallFailure(.agentUnknown, message: "who?"))) }
        // It arrives, perhaps twice, and then its answer may get lost.
        var answer = take(request)
        if chance(10) { answer = take(request) }
        answer.leases = request.next.map { grants(upTo: isEnding ? 0 : $0.freeSlots) }
        if chance(15) { return step(.reportFailed(call: call, Self.down)) }
        step(.reported(call: call, answer))
        if chance(5) { step(.reported(call: call, answer)) }
    }

    /// What the gateway does with a batch: each report by itself.
    private mutating func take(_ request: ReportRequest) -> ReportAnswer {
        var answer = ReportAnswer(reports: [], drain: false)
        for (id, report) in zip(request.attempts, request.reports) {
            if let before = accepted[id] {
                let isSame = before == report
                require(isSame, "\(id) ended as \(before), and then as \(report)")
                answer.reports.append(.init(task: id.task, verdict: isSame ? .duplicate : .refused))
            } else if lost.contains(id) || chance(5) {
                lost.insert(id)
                answer.reports.append(
                    .init(
                        task: id.task, verdict: .refused,
                        problem: Problem(.staleLease, status: 409, title: "Stale", detail: "the epoch is over")))
            } else if chance(5) {
                answer.reports.append(
                    .init(
                        task: id.task, verdict: .refused,
                        problem: Problem(.unavailable, status: 503, title: "Busy", detail: "later", retryable: true)))
            } else {
                accepted[id] = report
                answer.reports.append(.init(task: id.task, verdict: .accepted))
            }
        }
        if chance(5) { answer.reports.removeLast() }
        return answer
    }
}
