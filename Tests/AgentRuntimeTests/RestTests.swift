import TaskProtocol
import Testing

@testable import AgentRuntime

/// When an agent asks for the slots that are free beside one that it has just filled.
@Suite struct RestTests {
    /// An agent of two slots whose first attempt ran for so long, and that has just been given another.
    private func leasedAgain(after ran: Duration) -> (agent: AgentHarness, actions: [AgentMachine.Action]) {
        var agent = AgentHarness(slots: 2)
        agent.leased(1, [grant("t0")])
        agent.completed(grant("t0"), ran: ran)
        agent.accepted(grant("t0"))
        let actions = agent.leased(2, [grant("t1")])
        return (agent, actions)
    }

    @Test func `nothing is known of the first attempt, and the free slots are asked for at once`() {
        var agent = AgentHarness(slots: 2)
        #expect(agent.leased(1, [grant("t0")]).polls.map(\.freeSlots) == [1])
    }

    @Test func `after a long attempt the free slots are asked for at once`() {
        let (_, actions) = leasedAgain(after: .milliseconds(3))
        #expect(actions.polls.map(\.freeSlots) == [1])
        #expect(actions.delay(of: .rested) == nil)
    }

    @Test func `after a short one they are asked for with the next report, and by a poll when that is answered`() {
        var (agent, actions) = leasedAgain(after: .milliseconds(1))
        #expect(actions.polls == [])
        #expect(actions.delay(of: .rested) == AgentMachine.Settings(slots: 1, drain: .zero).rest)
        let ended = agent.completed(grant("t1"), ran: .milliseconds(1))
        #expect(ended.batches == [["t1"]])
        #expect(ended.next?.freeSlots == 2)
        #expect(ended.polls == [])
        #expect(agent.accepted(grant("t1"), leases: []).polls.map(\.freeSlots) == [2])
    }

    @Test func `leases that come with a report's answer are followed by a rest, too`() {
        var (agent, _) = leasedAgain(after: .milliseconds(1))
        agent.completed(grant("t1"), ran: .milliseconds(1))
        let answered = agent.accepted(grant("t1"), leases: [grant("t2")])
        #expect(answered.polls == [])
        // One timer is out, and ends this rest as well.
        #expect(answered.delay(of: .rested) == nil)
        #expect(agent.send(.timer(.rested)).polls.map(\.freeSlots) == [1])
    }

    @Test func `they wait for no more than a moment for an attempt that takes longer than the one before`() {
        var (agent, _) = leasedAgain(after: .milliseconds(1))
        #expect(agent.send(.timer(.rested)).polls.map(\.freeSlots) == [1])
        let ended = agent.completed(grant("t1"), ran: .seconds(5))
        #expect(ended.batches == [["t1"]])
        #expect(ended.next == nil)
    }

    @Test func `a report that does not arrive ends the rest`() {
        var (agent, _) = leasedAgain(after: .milliseconds(1))
        agent.completed(grant("t1"), ran: .milliseconds(1))
        let call = agent.call(of: grant("t1"))
        let failed = agent.send(.reportFailed(call: call ?? 0, CallFailure(.transient, message: "down")))
        #expect(failed.polls.map(\.freeSlots) == [2])
    }

    @Test func `an agent that ends while it rests asks for nothing`() {
        var (agent, _) = leasedAgain(after: .milliseconds(1))
        #expect(agent.send(.terminate).polls == [])
        #expect(agent.send(.timer(.rested)).polls == [])
        agent.completed(grant("t1"), ran: .milliseconds(1))
        #expect(agent.accepted(grant("t1")).last == .finish)
    }
}
