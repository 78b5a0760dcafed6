import StructuredData
import TaskProtocol

@testable import AgentRuntime

/// A machine with a seed, and what it did last.
struct AgentHarness {
    var machine: AgentMachine
    var random = SeededGenerator()
    /// The calls with reports that are out.
    private(set) var out: [Int: ReportRequest] = [:]

    /// A registered agent whose slots are ready, with its first poll (request 1) out.
    /// - Parameter gather: as in the settings; zero shows what each event does by itself.
    init(slots: Int = 1, registered: Bool = true, gather: Duration = .zero) {
        machine = AgentMachine(.init(slots: slots, drain: .seconds(30), gather: gather))
        guard registered else { return }
        send(.start)
        for slot in 0..<slots { send(.slotReady(slot)) }
        send(.registered(RegisterAnswer(agent: "a1", leaseMs: 15_000, heartbeatMs: 5000)))
    }

    @discardableResult
    mutating func send(_ events: AgentMachine.Event...) -> [AgentMachine.Action] { send(events) }

    @discardableResult
    mutating func send(_ events: [AgentMachine.Event]) -> [AgentMachine.Action] {
        for event in events {
            switch event {
            case .reported(let call, _), .reportFailed(let call, _): out[call] = nil
            default: break
            }
        }
        let actions = machine.handle(events, using: &random)
        for action in actions { if case .report(let call, let request) = action { out[call] = request } }
        return actions
    }

    /// The call that is out with the report of an attempt.
    func call(of grant: LeaseGrant) -> Int? { out.first { $0.value.attempts.contains(grant.id) }?.key }

    @discardableResult
    mutating func leased(_ request: Int64, _ grants: [LeaseGrant], drain: Bool = false) -> [AgentMachine.Action] {
        send(.leased(request: request, LeaseAnswer(leases: grants, drain: drain), waited: .seconds(5)))
    }

    @discardableResult
    mutating func completed(
        _ grant: LeaseGrant, slot: Int = 0, ran: Duration = .seconds(1)
    ) -> [AgentMachine.Action] {
        send(.attemptEnded(grant.id, slot: slot, .completed(["ok": true]), reusable: true, ran: ran))
    }

    /// Every report of the call with that of `grant` is accepted.
    @discardableResult
    mutating func accepted(
        _ grant: LeaseGrant, leases: [LeaseGrant]? = nil, drain: Bool? = false
    ) -> [AgentMachine.Action] {
        answered(grant, leases: leases, drain: drain) { .init(task: $0.task, verdict: .accepted) }
    }

    @discardableResult
    mutating func refused(_ grant: LeaseGrant, _ problem: Problem, leases: [LeaseGrant]? = nil) -> [AgentMachine.Action]
    {
        answered(grant, leases: leases) { .init(task: $0.task, verdict: .refused, problem: problem) }
    }

    /// The call with the report of `grant` is answered, with a verdict for each attempt in it.
    @discardableResult
    mutating func answered(
        _ grant: LeaseGrant, leases: [LeaseGrant]? = nil, drain: Bool? = false,
        _ verdict: (AttemptID) -> ReportAnswer.Item
    ) -> [AgentMachine.Action] {
        guard let call = call(of: grant), let request = out[call] else { return [] }
        return send(
            .reported(
                call: call, ReportAnswer(reports: request.attempts.map(verdict), leases: leases, drain: drain)))
    }

    /// The call with the report of `grant` fails.
    @discardableResult
    mutating func failed(_ grant: LeaseGrant, _ failure: CallFailure) -> [AgentMachine.Action] {
        guard let call = call(of: grant) else { return [] }
        return send(.reportFailed(call: call, failure))
    }
}

extension ReportRequest {
    var agent: String {
        switch self {
        case .complete(let request): request.agent
        case .fail(let request): request.agent
        case .release(let request): request.agent
        }
    }

    var reports: [Report] {
        switch self {
        case .complete(let request): request.reports.map(Report.complete)
        case .fail(let request): request.reports.map(Report.fail)
        case .release(let request): request.reports.map(Report.release)
        }
    }

    var attempts: [AttemptID] {
        reports.map { report in
            switch report {
            case .complete(let item), .completeLarge(let item, _): AttemptID(task: item.task, epoch: item.epoch)
            case .fail(let item): AttemptID(task: item.task, epoch: item.epoch)
            case .release(let item): AttemptID(task: item.task, epoch: item.epoch)
            }
        }
    }

    var next: CompleteRequest.Next? { if case .complete(let request) = self { request.next } else { nil } }
}

func grant(_ task: String, epoch: Int64 = 1) -> LeaseGrant {
    LeaseGrant(
        task: task, type: "echo", attempt: 1, epoch: epoch, token: "s-\(task)", leaseMs: 15_000, input: [:],
        checkpoint: ["of": .string(task)])
}

extension [AgentMachine.Action] {
    var polls: [LeaseRequest] {
        compactMap { if case .lease(let request) = $0 { request } else { nil } }
    }
    var runs: [String] { compactMap { if case .run(let grant, _) = $0 { grant.task } else { nil } } }
    var reports: [Report] {
        calls.flatMap(\.reports)
    }
    /// Calls with reports.
    var calls: [ReportRequest] {
        compactMap { if case .report(_, let request) = $0 { request } else { nil } }
    }
    /// The tasks whose reports go out, a list for each call.
    var batches: [[String]] { calls.map { $0.attempts.map(\.task) } }
    var next: CompleteRequest.Next? { calls.compactMap(\.next).first }
    var drops: [AttemptID] { compactMap { if case .drop(let id) = $0 { id } else { nil } } }
    var stops: [AttemptID] { compactMap { if case .stop(let id, _, _) = $0 { id } else { nil } } }
    var released: [String] {
        reports.compactMap { if case .release(let item) = $0 { item.task } else { nil } }
    }
    func delay(of timer: AgentMachine.Timer) -> Duration? {
        compactMap { if case .schedule(timer, let delay) = $0 { delay } else { nil } }.first
    }
}
