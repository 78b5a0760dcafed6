import StructuredData
import TaskProtocol
import Testing

@testable import AgentRuntime

@Suite("The agent's machine")
struct AgentMachineTests {
    private let down = CallFailure(.transient, message: "nobody listens")

    @Test func `registration is tried for ever, less and less often`() throws {
        var agent = AgentHarness(registered: false)
        #expect(agent.send(.start) == [.register])
        var delays: [Duration] = []
        for _ in 0..<20 {
            delays.append(try #require(agent.send(.registrationFailed(down)).delay(of: .register)))
            #expect(agent.send(.timer(.register)) == [.register])
        }
        #expect(delays[0] <= .milliseconds(100))
        #expect(delays[19] >= .seconds(5) && delays[19] <= .seconds(10))
    }

    @Test func `the gateway's wish to wait is respected`() throws {
        var agent = AgentHarness(registered: false)
        agent.send(.start)
        let busy = CallFailure(.transient, message: "busy", retryAfter: .seconds(42))
        #expect(agent.send(.registrationFailed(busy)).delay(of: .register) == .seconds(42))
    }

    @Test func `it asks for leases once it is registered and a slot is ready, for free slots only`() {
        var agent = AgentHarness(slots: 3, registered: false)
        agent.send(.start)
        #expect(agent.send(.slotReady(0)) == [])
        let actions = agent.send(.registered(RegisterAnswer(agent: "a1", leaseMs: 15_000, heartbeatMs: 5000)))
        #expect(actions.first == .adopt(agent: "a1", heartbeatMs: 5000))
        #expect(actions.contains(.ready(true)))
        #expect(actions.polls == [LeaseRequest(agent: "a1", request: 1, freeSlots: 1, waitMs: 30_000)])
        // One poll at a time; the next one counts all slots.
        #expect(agent.send(.slotReady(1)).polls == [])
        #expect(agent.leased(1, []).polls == [LeaseRequest(agent: "a1", request: 2, freeSlots: 2, waitMs: 30_000)])
    }

    @Test func `a lease runs in a free slot, and the rest of the slots is offered again`() {
        var agent = AgentHarness(slots: 2)
        agent.leased(1, [])
        let actions = agent.leased(2, [grant("t1")])
        #expect(actions.runs == ["t1"])
        #expect(actions.polls == [LeaseRequest(agent: "a1", request: 3, freeSlots: 1, waitMs: 30_000)])
        #expect(agent.leased(3, [grant("t2")]).polls == [])
    }

    @Test func `a lease that no slot can take is released with its checkpoint`() {
        var agent = AgentHarness(slots: 1)
        let actions = agent.leased(1, [grant("t1"), grant("t2")])
        #expect(actions.runs == ["t1"])
        #expect(
            actions.reports == [
                .release(
                    .init(
                        task: "t2", epoch: 1, token: "s-t2", checkpoint: ["of": "t2"],
                        reason: "the agent has no free slot"))
            ])
    }

    @Test func `the same live lease granted twice runs once`() {
        var agent = AgentHarness(slots: 2)
        #expect(agent.leased(1, [grant("t1")]).runs == ["t1"])
        #expect(agent.leased(2, [grant("t1")]).runs == [])
    }

    @Test func `a completed attempt is reported and asks for the next lease in the same call`() {
        var agent = AgentHarness(slots: 1)
        agent.leased(1, [grant("t1")])
        let done = agent.completed(grant("t1"))
        #expect(done.contains(.keepForReport(grant("t1").id)))
        #expect(
            done.reports == [.complete(.init(task: "t1", epoch: 1, token: "s-t1", result: ["ok": true]))])
        #expect(done.next == .init(request: 2, freeSlots: 1))
        #expect(done.polls == [])
        let accepted = agent.accepted(grant("t1"), leases: [grant("t2")])
        #expect(accepted.drops == [grant("t1").id])
        #expect(accepted.runs == ["t2"])
    }

    @Test func `a poll that is out is not doubled by a report`() {
        var agent = AgentHarness(slots: 2)
        agent.leased(1, [grant("t1")])
        let done = agent.completed(grant("t1"))
        #expect(done.next == nil)
        #expect(agent.accepted(grant("t1")).polls == [])
    }

    @Test func `a report is repeated until it is heard, and its lease kept meanwhile`() throws {
        var agent = AgentHarness(slots: 1)
        agent.leased(1, [grant("t1")])
        agent.completed(grant("t1"))
        for _ in 0..<10 {
            let failed = agent.failed(grant("t1"), down)
            #expect(failed.drops == [])
            let delay = try #require(failed.delay(of: .reports))
            #expect(delay <= .seconds(5))
            #expect(agent.send(.timer(.reports)).reports.count == 1)
        }
        #expect(agent.answered(grant("t1")) { .init(task: $0.task, verdict: .duplicate) }.drops.count == 1)
    }

    @Test func `a lost answer to a request for leases is asked for again under its number`() {
        var agent = AgentHarness(slots: 1)
        #expect(agent.send(.leaseFailed(request: 1, down)).polls == [])
        #expect(agent.send(.timer(.lease)).polls.map(\.request) == [1])
        agent.leased(1, [grant("t1")])
        #expect(agent.completed(grant("t1")).next?.request == 2)
        // The report's answer gets lost, and with it perhaps leases of request 2.
        #expect(agent.failed(grant("t1"), down).polls.map(\.request) == [2])
    }

    @Test func `a poll that a newer one ended is not repeated under its number`() {
        var agent = AgentHarness(slots: 1)
        agent.send(.leaseFailed(request: 1, CallFailure(.superseded, message: "ended")))
        #expect(agent.send(.timer(.lease)).polls.map(\.request) == [2])
    }

    @Test func `an empty answer that came at once does not make a busy loop`() throws {
        var agent = AgentHarness(slots: 1)
        let actions = agent.send(.leased(request: 1, nil, waited: .milliseconds(1)))
        #expect(actions.polls == [])
        #expect(try #require(actions.delay(of: .lease)) > .zero)
        #expect(agent.send(.timer(.lease)).polls.count == 1)
    }

    @Test func `a stale report is dropped, a result that is refused otherwise fails the task`() {
        var agent = AgentHarness(slots: 1)
        agent.leased(1, [grant("t1")])
        agent.completed(grant("t1"))
        let stale = Problem(.staleLease, status: 409, title: "Stale", detail: "epoch 1 is over")
        #expect(agent.refused(grant("t1"), stale, leases: [grant("t2")]).drops.count == 1)

        agent.completed(grant("t2"))
        let schema = Problem(.schema, status: 422, title: "Schema", detail: "/ok must be a number")
        let refused = agent.refused(grant("t2"), schema)
        #expect(
            refused.reports == [
                .fail(
                    .init(
                        task: "t2", epoch: 1, token: "s-t2", kind: .permanent, code: "SCHEMA",
                        message: "the result was refused: /ok must be a number"))
            ])
        #expect(refused.drops == [])
        let again = agent.refused(grant("t2"), schema)
        #expect(again.drops == [grant("t2").id])
    }

    @Test func `a report that a problem calls retryable is sent again`() {
        var agent = AgentHarness(slots: 1)
        agent.leased(1, [grant("t1")])
        agent.completed(grant("t1"))
        let busy = Problem(
            .unavailable, status: 503, title: "Busy", detail: "later", retryable: true, retryAfterMs: 7000)
        let actions = agent.refused(grant("t1"), busy)
        #expect(actions.drops == [])
        #expect(actions.delay(of: .report(grant("t1").id)) == .seconds(7))
    }

    @Test func `a lost lease ends the report of it, and a discarded attempt has none`() {
        var agent = AgentHarness(slots: 2)
        agent.leased(1, [])
        agent.leased(2, [grant("t1"), grant("t2")])
        agent.completed(grant("t1"))
        #expect(agent.send(.leaseLost(grant("t1").id)).drops == [grant("t1").id])
        // It was on its way; what becomes of it is no news.
        #expect(agent.accepted(grant("t1")).drops == [])

        #expect(agent.send(.leaseLost(grant("t2").id)).drops == [])
        let ended = agent.send(.attemptEnded(grant("t2").id, slot: 1, .discarded, reusable: false, ran: .seconds(1)))
        #expect(ended.reports == [])
        #expect(ended.drops == [grant("t2").id])
        #expect(agent.machine.attempts.isEmpty)
    }

    @Test func `a slot whose worker died is offered again when the next worker is ready`() {
        var agent = AgentHarness(slots: 1)
        agent.leased(1, [grant("t1")])
        let crash = WorkloadError.retryable(.workerCrashed, "the worker was killed by SIGILL")
        let ended = agent.send(
            .attemptEnded(grant("t1").id, slot: 0, .failed(crash), reusable: false, ran: .seconds(1)))
        #expect(
            ended.reports == [
                .fail(
                    .init(
                        task: "t1", epoch: 1, token: "s-t1", kind: .retryable, code: "WORKER_CRASHED",
                        message: "the worker was killed by SIGILL"))
            ])
        #expect(ended.polls == [])
        #expect(agent.send(.slotReady(0)).polls.map(\.freeSlots) == [1])
    }

    @Test func `an agent that the gateway has forgotten registers again and reports under its new name`() {
        var agent = AgentHarness(slots: 1)
        agent.leased(1, [grant("t1")])
        agent.completed(grant("t1"))
        let unknown = CallFailure(.agentUnknown, message: "who?")
        #expect(agent.failed(grant("t1"), unknown).contains(.register))
        #expect(agent.send(.agentUnknown).contains(.register) == false)
        // Under the old name it would be told the same.
        #expect(agent.send(.timer(.reports)).calls == [])
        let registered = agent.send(.registered(RegisterAnswer(agent: "a2", leaseMs: 15_000, heartbeatMs: 5000)))
        #expect(registered.calls.map(\.agent) == ["a2"])
        #expect(registered.batches == [["t1"]])
    }

    @Test func `a drained agent leases nothing, and is not ready once it is empty, until the drain is called off`() {
        var agent = AgentHarness(slots: 2)
        agent.leased(1, [])
        let drained = agent.leased(2, [grant("t1")], drain: true)
        #expect(drained.runs == ["t1"])
        #expect(!drained.contains(.ready(false)))
        #expect(drained.polls == [])
        let completed = agent.completed(grant("t1"))
        #expect(completed.next == nil && !completed.contains(.ready(false)))
        // An answer that says nothing about the drain does not end it.
        #expect(agent.accepted(grant("t1"), drain: nil) == [.drop(grant("t1").id), .ready(false)])
        let again = agent.send(.drain(false))
        #expect(again.contains(.ready(true)))
        #expect(again.polls.map(\.freeSlots) == [2])
    }

    @Test func `a lease that is granted while an older word of a drain arrives is run`() {
        var agent = AgentHarness(slots: 1)
        agent.send(.drain(true))
        #expect(agent.leased(1, [grant("t1")]).runs == ["t1"])
    }

    @Test func `asked to end with nothing to do, it calls its poll back and leaves`() {
        var agent = AgentHarness(slots: 1)
        let asked = agent.send(.terminate)
        #expect(asked.contains(.ready(false)))
        #expect(asked.polls == [LeaseRequest(agent: "a1", request: 2, freeSlots: 0, waitMs: 0)])
        #expect(agent.send(.leased(request: 2, nil, waited: .zero)) == [])
        #expect(agent.send(.leaseFailed(request: 1, CallFailure(.superseded, message: "ended"))) == [.finish])
    }

    @Test func `asked to end, it releases leases that were granted meanwhile`() {
        var agent = AgentHarness(slots: 1)
        agent.send(.terminate)
        let late = agent.leased(1, [grant("t1")])
        #expect(late.runs == [])
        #expect(late.released == ["t1"])
        #expect(agent.accepted(grant("t1")).last == .finish)
    }

    @Test func `a poll that does not come back does not keep it from ending`() {
        var agent = AgentHarness(slots: 1)
        #expect(agent.send(.terminate).delay(of: .lastPoll) == .seconds(2))
        #expect(agent.send(.timer(.lastPoll)) == [.finish])
    }

    @Test func `asked to end, it lets what runs end within the drain time, and releases the rest`() {
        var agent = AgentHarness(slots: 2)
        agent.leased(1, [])
        agent.leased(2, [grant("t1"), grant("t2")])
        #expect(agent.send(.terminate).delay(of: .drainDeadline) == .seconds(30))
        #expect(agent.completed(grant("t1")).next == nil)
        #expect(agent.accepted(grant("t1")).contains(.finish) == false)
        let deadline = agent.send(.timer(.drainDeadline))
        #expect(deadline.stops == [grant("t2").id])
        let ended = agent.send(
            .attemptEnded(
                grant("t2").id, slot: 1, .released(checkpoint: ["at": 9], reason: "draining"), reusable: false,
                ran: .seconds(1)))
        #expect(
            ended.reports == [
                .release(.init(task: "t2", epoch: 1, token: "s-t2", checkpoint: ["at": 9], reason: "draining"))
            ])
        #expect(agent.accepted(grant("t2")).last == .finish)
    }

    @Test func `asked to end twice, it waits for nothing`() {
        var agent = AgentHarness(slots: 1)
        agent.leased(1, [grant("t1")])
        #expect(agent.send(.terminate).stops == [])
        #expect(agent.send(.terminate).stops == [grant("t1").id])
    }

    @Test func `reports that nobody hears keep it from ending for a bounded time`() {
        var agent = AgentHarness(slots: 1)
        agent.leased(1, [grant("t1")])
        agent.completed(grant("t1"))
        agent.send(.terminate)
        agent.failed(grant("t1"), down)
        let deadline = agent.send(.timer(.drainDeadline))
        #expect(deadline.delay(of: .lastReports) == .seconds(10))
        #expect(agent.send(.timer(.lastReports)).last == .finish)
        #expect(agent.send(.timer(.reports)) == [])
    }

    @Test func `a gateway that went away during the drain does not keep it waiting for leases`() {
        var agent = AgentHarness(slots: 1)
        agent.send(.terminate)
        #expect(agent.send(.leaseFailed(request: 1, down)).last == .finish)
    }
}
