import TaskQueue
import Testing

@testable import TaskGateway

@Suite("Who is woken for a ready task")
struct LeaseBrokerTests {
    private let broker = LeaseBroker(maxPolls: 100)
    private let swarm = LeaseBroker.SwarmKey(namespace: "ns", swarm: "s")

    /// A poll that has looked and found nothing.
    private func waiting(_ agent: String, request: Int64 = 1) throws -> LeaseBroker.Poll {
        guard case .poll(let poll) = broker.enter(AgentID(agent), request: request, swarm: swarm) else {
            throw NoPlace()
        }
        broker.willLook(poll)
        return poll
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
        guard case .poll(let newer) = broker.enter(AgentID("1"), request: 2, swarm: swarm) else { throw NoPlace() }
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
}
