import StructuredData
import TaskProtocol

@testable import AgentRuntime

/// A machine with a seed, and what it did last.
struct AgentHarness {
    var machine: AgentMachine
    var random = SeededGenerator()

    /// A registered agent whose slots are ready, with its first poll (request 1) out.
    init(slots: Int = 1, registered: Bool = true) {
        machine = AgentMachine(.init(slots: slots, drain: .seconds(30)))
        guard registered else { return }
        send(.start)
        for slot in 0..<slots { send(.slotReady(slot)) }
        send(.registered(RegisterAnswer(agent: "a1", leaseMs: 15_000, heartbeatMs: 5000)))
    }

    @discardableResult
    mutating func send(_ event: AgentMachine.Event) -> [AgentMachine.Action] {
        machine.handle(event, using: &random)
    }

    @discardableResult
    mutating func leased(_ request: Int64, _ grants: [LeaseGrant], drain: Bool = false) -> [AgentMachine.Action] {
        send(.leased(request: request, LeaseAnswer(leases: grants, drain: drain), waited: .seconds(5)))
    }

    @discardableResult
    mutating func completed(_ grant: LeaseGrant, slot: Int = 0) -> [AgentMachine.Action] {
        send(.attemptEnded(grant.id, slot: slot, .completed(["ok": true]), reusable: true))
    }

    @discardableResult
    mutating func accepted(_ grant: LeaseGrant, leases: [LeaseGrant]? = nil) -> [AgentMachine.Action] {
        send(.reported(grant.id, .accepted, nil, leases: leases, drain: false))
    }
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
        compactMap { if case .report(_, let report, _, _) = $0 { report } else { nil } }
    }
    var next: CompleteRequest.Next? {
        compactMap { if case .report(_, _, _, let next) = $0 { next } else { nil } }.first
    }
    var drops: [AttemptID] { compactMap { if case .drop(let id) = $0 { id } else { nil } } }
    var stops: [AttemptID] { compactMap { if case .stop(let id, _, _) = $0 { id } else { nil } } }
    var released: [String] {
        reports.compactMap { if case .release(let item) = $0 { item.task } else { nil } }
    }
    func delay(of timer: AgentMachine.Timer) -> Duration? {
        compactMap { if case .schedule(timer, let delay) = $0 { delay } else { nil } }.first
    }
}
