import TaskQueue
import Testing

@testable import TaskGateway

@Suite("Who is woken for a ready task")
struct LeaseBrokerTests {
    private let broker = LeaseBroker(maxPolls: 100)
    private let swarm = LeaseBroker.SwarmKey(namespace: "ns", swarm: "s")

    /// A poll that has looked and found nothing.
    private func waiting(_ agent: String, request: Int64 = 1) throws -> LeaseBroker.Poll {
        guard case .poll(let poll) = broker.enter(call(agent, request: request), swarm: swarm) else {
            throw NoPlace()
        }
        broker.willLook(poll)
        return poll
    }

    private func call(_ agent: String, request: Int64 = 1) -> LeaseCall {
        LeaseCall(agent: AgentID(agent), request: request, slots: 1)
    }

    private struct NoPlace: Error {}

    private func isWoken(_ poll: LeaseBroker.Poll) async -> Bool {
        await poll.ticket.wait(until: .now) == .signalled
    }

    @Test func `One task wakes the one that has waited longest, the next task another`() async throws {
        let (first, second) = (try waiting("1"), try waiting("2"))
        broker.taskIsReady(swarm)
        #expect(await isWoken(first))
        #expect(await !isWoken(second))
        broker.taskIsReady(swarm)
        #expect(await isWoken(second))
    }

    @Test func `One that goes before it has looked leaves the task to another`() async throws {
        let (first, second) = (try waiting("1"), try waiting("2"))
        broker.taskIsReady(swarm)
        broker.leave(first)
        #expect(await isWoken(second))
    }

    @Test func `One that was woken while it was being answered leaves the task to another`() async throws {
        let (first, second) = (try waiting("1"), try waiting("2"))
        broker.taskIsReady(swarm)
        #expect(await isWoken(first))
        // It looks and finds a task. Meanwhile the next is ready, and it is woken for that one, too.
        broker.willLook(first)
        broker.taskIsReady(swarm)
        #expect(await isWoken(second))
        broker.willLook(second)
        broker.taskIsReady(swarm)
        broker.leave(first)
        #expect(await isWoken(second))
    }

    @Test func `One with no use for the task passes it on until all have looked, whoever came first`() async throws {
        var polls = try ["1", "2", "3"].map { try waiting($0) }
        // After this the first is at the end of the queue.
        broker.taskIsReady(swarm)
        #expect(await isWoken(polls[0]))
        broker.willLook(polls[0])
        broker.taskIsReady(swarm)
        polls.append(polls.removeFirst())
        for poll in polls {
            #expect(await isWoken(poll))
            broker.willLook(poll)
            broker.passOn(from: poll)
        }
        for poll in polls { #expect(await !isWoken(poll)) }
    }

    @Test func `What an older poll of the agent owes, the newer one owes`() async throws {
        let first = try waiting("1")
        let second = try waiting("2")
        broker.taskIsReady(swarm)
        guard case .poll(let newer) = broker.enter(call("1", request: 2), swarm: swarm) else { throw NoPlace() }
        #expect(await first.ticket.wait(until: .now) == .superseded)
        broker.leave(first)
        #expect(await !isWoken(second))
        broker.leave(newer)
        #expect(await isWoken(second))
    }

    @Test func `One that is not eligible is woken for no task`() async throws {
        let (first, second) = (try waiting("1"), try waiting("2"))
        broker.setEligible(first, false)
        broker.taskIsReady(swarm)
        #expect(await !isWoken(first))
        #expect(await isWoken(second))
    }

    private let task = LeasedTask(
        record: TaskMachine(policy: QueuePolicy()).admit(
            Submission(
                id: TaskID("t1"), namespace: "ns", type: "echo", swarm: "s", origin: .http(submitter: "user"), input: []
            ),
            at: StoreTime(milliseconds: 1)
        ).record, key: LeaseKey(epoch: 1, token: LeaseToken(high: 1, low: 2)), input: [], checkpoint: nil)

    @Test func `One that waits is claimed by one alone, and gets what was leased for it`() async throws {
        let (first, second) = (try waiting("1"), try waiting("2"))
        #expect(broker.claim(swarm) == nil, "they have not begun to wait")
        broker.waits(first)
        broker.waits(second)
        let claims = [broker.claim(swarm), broker.claim(swarm)].compactMap { $0 }
        #expect(claims.map(\.call) == [call("1"), call("2")])
        #expect(broker.claim(swarm) == nil)
        broker.settle(claims[0], LeaseOffer(tasks: [task], isDraining: false))
        #expect(await isWoken(first))
        #expect(broker.stopsWaiting(first) == true)
        #expect(broker.takeOffer(first)?.tasks == [task])
        #expect(broker.takeOffer(first) == nil)
        // The other goes on waiting, and may be claimed again.
        broker.settle(claims[1], LeaseOffer(tasks: [], isDraining: false))
        #expect(await !isWoken(second))
        #expect(broker.claim(swarm)?.call == call("2"))
    }

    @Test func `One that is claimed goes only when that is settled`() async throws {
        let poll = try waiting("1")
        broker.waits(poll)
        let claim = try #require(broker.claim(swarm))
        #expect(broker.stopsWaiting(poll) == nil)
        broker.settle(claim, nil)
        #expect(await isWoken(poll))
        #expect(broker.stopsWaiting(poll) == false)
        #expect(broker.claim(swarm) == nil)
    }

    @Test func `One that is woken for a task is not claimed besides, nor one whose place is another's by now`()
        async throws
    {
        let poll = try waiting("1")
        broker.waits(poll)
        let claim = try #require(broker.claim(swarm))
        let newer = try waiting("1", request: 2)
        broker.settle(claim, LeaseOffer(tasks: [task], isDraining: false))
        #expect(broker.takeOffer(newer) == nil)
        broker.waits(newer)
        broker.taskIsReady(swarm)
        #expect(broker.claim(swarm) == nil)
        #expect(await isWoken(newer))
        #expect(broker.stopsWaiting(newer) == false)
    }
}
