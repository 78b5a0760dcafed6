import FoundationEssentials
import Logging
import TaskQueue
import TaskStoreTesting
import TestSupport
import Testing

@testable import TaskGateway

/// A gateway's inside, with polls that wait and a feed that is followed only when a test says so.
@Suite("Waking polls without the feed, and with it", .timeLimit(.minutes(1)))
struct DirectWakeTests {
    private let swarm = LeaseBroker.SwarmKey(namespace: "ns", swarm: "argus")
    private let core: GatewayCore
    private let store: MachineStore
    private let logs = LogRecorder()

    init() async throws {
        store = MachineStore(on: MachineStore.Disk(), clock: JumpingClock(), seed: 1)
        try await store.putCatalogue(GatewayUnderTest.entry("argus"))
        core = GatewayCore(
            store: store, authenticator: TokenTable(), configuration: GatewayConfiguration(),
            logger: logs.logger(.debug))
    }

    private func submission(_ id: String) -> Submission {
        Submission(
            id: TaskID(id), namespace: "ns", type: "echo", swarm: "argus", origin: .http(submitter: "user"),
            input: Array("{}".utf8))
    }

    /// Polls that have looked and found nothing.
    private func waitingPolls(_ count: Int) throws -> [LeaseBroker.Poll] {
        try (0..<count).map { number in
            let call = LeaseCall(agent: AgentID("a\(number)"), request: 1, slots: 1)
            guard case .poll(let poll) = core.broker.enter(call, swarm: swarm) else {
                throw CancellationError()
            }
            core.broker.willLook(poll)
            return poll
        }
    }

    private func woken(_ polls: [LeaseBroker.Poll]) async -> [Bool] {
        var woken: [Bool] = []
        for poll in polls { woken.append(await poll.ticket.wait(until: .now) == .signalled) }
        return woken
    }

    /// Follows the feed while `body` runs, which gets to know of each page that was read.
    private func following(_ body: (inout AsyncStream<Void>.Iterator) async throws -> Void) async throws {
        let (pages, page) = AsyncStream.makeStream(of: Void.self)
        let follower = FeedFollower(core: core) { page.yield() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await follower.run() }
            // Whoever begins to follow wakes all: no poll is there yet.
            try await logs.waitFor("following the change feed")
            var iterator = pages.makeAsyncIterator()
            try await body(&iterator)
            group.cancelAll()
        }
    }

    @Test func `A submission wakes a poll by itself`() async throws {
        let polls = try waitingPolls(2)
        _ = try await core.submit([submission("t1")])
        #expect(await woken(polls) == [true, false])
    }

    @Test func `A task wakes one poll, though the feed tells of it as well`() async throws {
        try await following { pages in
            let polls = try waitingPolls(3)
            _ = try await core.submit([submission("t1"), submission("t2")])
            repeat { _ = await pages.next() } while core.announcements.count > 0
            #expect(await woken(polls) == [true, true, false])
        }
    }

    @Test func `What others put into the store wakes a poll by the feed`() async throws {
        try await following { pages in
            let polls = try waitingPolls(2)
            _ = try await store.submit([submission("t1")])
            _ = await pages.next()
            #expect(await woken(polls) == [true, false])
        }
    }

    @Test func `A wake-up that was lost with the store's answer is mended by the feed`() async throws {
        try await following { pages in
            let polls = try waitingPolls(3)
            // What `submit` does where the answer to it gets lost: one was told of before that is known, one after.
            core.announcements.begin([TaskID("t1"), TaskID("t2")])
            _ = try await store.submit([submission("t1")])
            _ = await pages.next()
            #expect(await woken(polls) == [false, false, false])
            let told = core.announcements.abandon([TaskID("t1"), TaskID("t2")])
            #expect(told == [TaskID("t1")])
            _ = try await store.submit([submission("t2")])
            _ = await pages.next()
            #expect(await woken(polls) == [true, false, false])
        }
    }

    @Test func `A report completes those who wait for the task's end by itself`() async throws {
        _ = try await core.submit([submission("t1")])
        let ticket = try #require(core.waiters.enter(TaskID("t1"), isForEnd: true))
        let other = try #require(core.waiters.enter(TaskID("t1")))
        core.waiters.changed(TaskID("t1"), hasEnded: false)
        #expect(await ticket.wait(until: .now) == .timedOut)
        #expect(await other.wait(until: .now) == .signalled)
        core.waiters.changed(TaskID("t1"), hasEnded: true)
        #expect(await ticket.wait(until: .now) == .signalled)
        #expect(await other.wait(until: .now) == .signalled)
    }

    @Test func `A poll that waits is given the task by the commit that takes it in, and nobody else is woken`()
        async throws
    {
        let agent = try await store.register(
            AgentRegistration(
                namespace: "ns", swarm: "argus", name: "pod", podUID: nil, instance: "i", slots: 1, version: "1",
                capabilities: [], serviceAccount: "swarm-argus")
        ).id
        try await following { pages in
            let call = LeaseCall(agent: agent, request: 1, slots: 1)
            guard case .poll(let poll) = core.broker.enter(call, swarm: swarm) else { throw CancellationError() }
            core.broker.willLook(poll)
            core.broker.waits(poll)
            let others = try waitingPolls(1)
            _ = try await core.submit([submission("t1")])
            repeat { _ = await pages.next() } while core.announcements.count > 0
            #expect(core.broker.takeOffer(poll)?.tasks.map(\.record.id) == [TaskID("t1")])
            #expect(await woken([poll] + others) == [true, false])
            core.broker.leave(poll)
            // The next one finds no poll that waits to be given it.
            _ = try await core.submit([submission("t2")])
            #expect(await woken(others) == [true])
        }
    }
}
