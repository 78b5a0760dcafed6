import StructuredData
import TaskProtocol
import TaskQueue
import Testing

@testable import TaskGateway

@Suite(.timeLimit(.minutes(2))) struct AgentRoutesTests {
    @Test("A waiting agent gets a task as soon as it is submitted")
    func wakes() async throws {
        try await GatewayUnderTest.run { subject in
            let agent = try await subject.agent("one")
            async let answer = agent.lease(1, waitMs: 30_000)
            try await agent.untilAsked(1)
            let made = try await subject.user.submit(subject.echo(), namespace: "ns")
            #expect(try await answer?.leases.map(\.task) == [made.id])
        }
    }

    @Test("One task wakes one agent; the others go on waiting until their time is over")
    func wakesOne() async throws {
        try await GatewayUnderTest.run { subject in
            let agents = try await [subject.agent("one"), subject.agent("two"), subject.agent("three")]
            async let answers = withThrowingTaskGroup(of: LeaseAnswer?.self) { group in
                for agent in agents { group.addTask { try await agent.lease(1, waitMs: 8000) } }
                return try await group.reduce(into: [LeaseAnswer?]()) { $0.append($1) }
            }
            for agent in agents { try await agent.untilAsked(1) }
            _ = try await subject.user.submit(subject.echo(), namespace: "ns")
            let found = try await answers
            #expect(found.compactMap { $0 }.flatMap(\.leases).count == 1)
            #expect(found.filter { $0 == nil }.count == 2)
        }
    }

    @Test("With nothing to do an agent is answered 204")
    func nothing() async throws {
        try await GatewayUnderTest.run { subject in
            let agent = try await subject.agent("one")
            #expect(try await agent.lease(1) == nil)
        }
    }

    @Test("A task for which the woken agent has no use goes to another that waits")
    func passesOn() async throws {
        try await GatewayUnderTest.run { subject in
            let picky = try await subject.agent("picky", capabilities: ["market-analysis"])
            async let nothing = picky.lease(1, waitMs: 3000)
            try await picky.untilAsked(1)
            let all = try await subject.agent("all")
            async let answer = all.lease(1, waitMs: 20_000)
            try await all.untilAsked(1)
            let made = try await subject.user.submit(subject.echo(), namespace: "ns")
            #expect(try await answer?.leases.map(\.task) == [made.id])
            #expect(try await nothing == nil)
        }
    }

    @Test("A newer poll ends the older one, and the same request again gets the same leases")
    func requestNumbers() async throws {
        try await GatewayUnderTest.run { subject in
            let agent = try await subject.agent("one")
            async let older = problem { try await agent.lease(1, waitMs: 30_000) }
            try await agent.untilAsked(1)
            async let newer = agent.lease(2, waitMs: 30_000)
            #expect(try await older.code == .superseded)
            try await agent.untilAsked(2)
            _ = try await subject.user.submit(subject.echo(), namespace: "ns")
            let grants = try #require(try await newer).leases
            #expect(grants.count == 1)
            #expect(try await agent.lease(2)?.leases == grants)
            #expect(try await problem { try await agent.lease(1) }.code == .superseded)
        }
    }

    @Test("An agent that died while it waited gets nothing, and its place goes to the next")
    func deadAgents() async throws {
        try await GatewayUnderTest.run { subject in
            let dead = try await subject.agent("dead")
            let poll = Task { try await dead.lease(1, waitMs: 30_000) }
            try await dead.untilAsked(1)
            let alive = try await subject.agent("alive")
            async let answer = alive.lease(1, waitMs: 30_000)
            try await alive.untilAsked(1)
            poll.cancel()
            try await dead.untilGone(1)
            #expect(subject.gateway.core.broker.waiting == 1)
            let made = try await subject.user.submit(subject.echo(), namespace: "ns")
            let grant = try #require(try await answer?.leases.first)
            #expect(grant.task == made.id)
            #expect(grant.attempt == 1)
        }
    }

    @Test("A drain mark ends the wait, and taking it back gives work again")
    func drain() async throws {
        try await GatewayUnderTest.run { subject in
            let agent = try await subject.agent("one")
            async let told = agent.lease(1, waitMs: 30_000)
            try await agent.untilAsked(1)
            try await subject.store.setDraining([AgentID(agent.id)], true)
            #expect(try await told == LeaseAnswer(leases: [], drain: true))
            _ = try await subject.user.submit(subject.echo(), namespace: "ns")
            // It knows by now: asking again waits, and finds nothing while it drains.
            #expect(try await agent.lease(2, waitMs: 1) == LeaseAnswer(leases: [], drain: true))
            let beat = try await agent.client.heartbeat(
                HeartbeatRequest(agent: agent.id, leases: []), timeoutSeconds: 10)
            #expect(beat.drain)
            async let again = agent.lease(3, waitMs: 30_000)
            try await agent.untilAsked(3)
            try await subject.store.setDraining([AgentID(agent.id)], false)
            let answer = try #require(try await again)
            #expect(!answer.drain)
            #expect(answer.leases.count == 1)
        }
    }

    @Test("Agents register for their own swarm, namespace and pod only, and speak for themselves only")
    func identity() async throws {
        try await GatewayUnderTest.run { subject in
            func registering(_ token: String, _ change: (inout RegisterRequest) -> Void) async throws -> Problem {
                var request = RegisterRequest(
                    namespace: "ns", swarm: "argus", name: "one", instance: "i", slots: 1, version: "1",
                    capabilities: [], podUid: "uid-one")
                change(&request)
                return try await problem { try await subject.client(token).register(request) }
            }
            #expect(try await registering("user") { _ in }.code == .forbidden)
            #expect(try await registering("agent-one@other") { _ in }.code == .forbidden)
            #expect(try await registering("agent-one") { $0.namespace = "other" }.code == .forbidden)
            #expect(try await registering("agent-one") { $0.name = "two" }.code == .forbidden)
            #expect(try await registering("agent-one") { $0.podUid = "uid-two" }.code == .forbidden)
            let unknown = try await registering("agent-one") { $0.swarm = "none" }
            #expect(unknown.code == .conflict && unknown.retryable)
            #expect(try await registering("agent-one") { $0.slots = 0 }.pointer == "/slots")
            let one = try await subject.agent("one")
            let thief = TestAgent(id: one.id, name: "two", client: subject.client("agent-two"), subject: subject)
            #expect(try await problem { try await thief.lease(1) }.code == .forbidden)
            let nobody = TestAgent(id: "nobody", name: "one", client: one.client, subject: subject)
            let unregistered = try await problem { try await nobody.lease(1) }
            #expect(unregistered.code == .agentUnknown && unregistered.retryable)
        }
    }

    @Test("A report under an old token is refused and changes nothing; the same report again is a duplicate")
    func fencing() async throws {
        let clock = JumpingClock()
        try await GatewayUnderTest.run(clock: clock) { subject in
            let made = try await subject.user.submit(subject.echo(), namespace: "ns")
            let one = try await subject.agent("one")
            let old = try await one.leaseOne(1)
            clock.jump(subject.store.policy.acknowledgeMs)
            let two = try await subject.agent("two")
            // The reaper takes the task from the agent that shows no sign, and the other one is woken for it.
            let new = try await two.leaseOne(1)
            #expect(new.task == made.id)
            #expect(new.epoch == old.epoch + 1)
            #expect(new.attempt == 2)
            #expect(try await two.beat(new).verdict == .ok)
            let refused = try await one.complete(old, ["from": "the old one"])
            #expect(refused.verdict == .refused)
            #expect(refused.problem?.code == .staleLease)
            #expect(try await one.beat(old).verdict == .lost)
            #expect(try await subject.user.task(made.id, namespace: "ns").phase == .running)
            #expect(try await two.complete(new, ["from": "the new one"]).verdict == .accepted)
            #expect(try await two.complete(new, ["from": "the new one"]).verdict == .duplicate)
            #expect(try await two.complete(new, ["from": "elsewhere"]).verdict == .refused)
            let ended = try await subject.user.task(made.id, namespace: "ns")
            #expect(ended.result == ["from": "the new one"])
            #expect(ended.attempts == 2)
            let attempts = try await subject.user.attempts(of: made.id, namespace: "ns")
            #expect(attempts.map(\.outcome) == ["expired", "completed"])
        }
    }

    @Test("A lease whose heartbeats stop ends by itself, and another agent finishes the task")
    func expiry() async throws {
        let clock = JumpingClock()
        try await GatewayUnderTest.run(clock: clock) { subject in
            let made = try await subject.user.submit(subject.echo(), namespace: "ns")
            let one = try await subject.agent("one")
            let lost = try await one.leaseOne(1)
            #expect(try await one.beat(lost).verdict == .ok)
            clock.jump(subject.store.policy.leaseMs / 2)
            #expect(try await one.beat(lost).verdict == .ok)
            clock.jump(subject.store.policy.leaseMs)
            let two = try await subject.agent("two")
            let found = try await two.leaseOne(1)
            #expect(found.task == made.id)
            #expect(try await two.complete(found).verdict == .accepted)
            #expect(try await subject.user.task(made.id, namespace: "ns").attempts == 2)
        }
    }

    @Test("A cancellation reaches the agent with its next heartbeat")
    func cancels() async throws {
        try await GatewayUnderTest.run { subject in
            let made = try await subject.user.submit(subject.echo(), namespace: "ns")
            let agent = try await subject.agent("one")
            let grant = try await agent.leaseOne(1)
            let asked = try await subject.user.cancel(made.id, namespace: "ns", CancelRequest(graceMs: 60_000))
            #expect(asked.phase == .running)
            let beat = try await agent.beat(grant)
            #expect(beat.verdict == .cancel)
            #expect(beat.graceMs.map { (1...60_000).contains($0) } == true)
            let answer = try await agent.client.fail(
                FailRequest(
                    agent: agent.id,
                    reports: [
                        .init(
                            task: grant.task, epoch: grant.epoch, token: grant.token, kind: .permanent,
                            code: "CANCELLED", message: "stopped")
                    ]))
            #expect(answer.reports.map(\.verdict) == [.accepted])
            #expect(try await subject.user.task(made.id, namespace: "ns").phase == .cancelled)
        }
    }

    @Test("A report may ask for the next task in the same call, and a release gives one back")
    func reportAndLease() async throws {
        try await GatewayUnderTest.run { subject in
            let first = try await subject.user.submit(subject.echo(1), namespace: "ns")
            let second = try await subject.user.submit(subject.echo(2), namespace: "ns")
            let agent = try await subject.agent("one")
            let grant = try await agent.leaseOne(1)
            #expect(grant.task == first.id)
            let answer = try await agent.client.complete(
                CompleteRequest(
                    agent: agent.id,
                    reports: [.init(task: grant.task, epoch: grant.epoch, token: grant.token, result: [:])],
                    next: .init(request: 2, freeSlots: 1)))
            #expect(answer.reports.map(\.verdict) == [.accepted])
            let next = try #require(answer.leases?.first)
            #expect(next.task == second.id)
            let released = try await agent.client.release(
                ReleaseRequest(
                    agent: agent.id,
                    reports: [.init(task: next.task, epoch: next.epoch, token: next.token, checkpoint: ["at": 3])]))
            #expect(released.reports.map(\.verdict) == [.accepted])
            let again = try await agent.leaseOne(3)
            #expect(again.attempt == 1)
            #expect(again.checkpoint == ["at": 3])
        }
    }

    @Test("A result over the limit, and a token that is none, are refused one by one")
    func badReports() async throws {
        try await GatewayUnderTest.run { subject in
            _ = try await subject.user.submit(subject.echo(), namespace: "ns")
            let agent = try await subject.agent("one")
            let grant = try await agent.leaseOne(1)
            let large = try await agent.complete(grant, ["x": .string(String(repeating: "a", count: 1 << 20))])
            #expect(large.problem?.code == .tooLarge)
            var forged = grant
            forged.token = "none"
            #expect(try await agent.complete(forged).problem?.code == .staleLease)
            #expect(try await agent.beat(forged).verdict == .lost)
            #expect(try await agent.complete(grant).verdict == .accepted)
        }
    }
}
