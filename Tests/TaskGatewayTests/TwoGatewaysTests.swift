import StructuredData
import TaskProtocol
import TaskQueue
import TestSupport
import Testing

@testable import TaskGateway

@Suite("Two gateways over one store", .timeLimit(.minutes(2))) struct TwoGatewaysTests {
    @Test("Every call of a task's life may go through another gateway")
    func anyGateway() async throws {
        try await GatewayUnderTest.run(2) { gateways in
            let (one, two) = (gateways[0], gateways[1])
            let agent = try await one.agent("pod")
            async let polled = agent.at(two).leaseOne(1, waitMs: 30_000)
            try await agent.at(two).untilAsked(1)
            let made = try await one.user.submit(one.echo(), namespace: "ns")
            async let ended = one.user.task(made.id, namespace: "ns", waitMs: 30_000)
            let grant = try await polled
            #expect(grant.task == made.id)
            #expect(try await agent.beat(grant, progress: TaskProgress(done: 1)).verdict == .ok)
            #expect(try await two.user.task(made.id, namespace: "ns").progress?.done == 1)
            #expect(try await agent.at(two).complete(grant, ["by": "two"]).verdict == .accepted)
            #expect(try await ended.result == ["by": "two"])
            #expect(try await agent.complete(grant, ["by": "two"]).verdict == .duplicate)
        }
    }

    @Test("A task that two gateways have waiting agents for is leased once, and no poll is lost")
    func oneLease() async throws {
        try await GatewayUnderTest.run(2) { gateways in
            let agents = [try await gateways[0].agent("a"), try await gateways[1].agent("b")]
            async let first = agents[0].lease(1, waitMs: 30_000)
            async let second = agents[1].lease(1, waitMs: 30_000)
            for agent in agents { try await agent.untilAsked(1) }
            for _ in 0..<2 { _ = try await gateways[0].user.submit(gateways[0].echo(), namespace: "ns") }
            let leases = try await [first, second].compactMap { $0?.leases.map(\.task) }
            #expect(leases.map(\.count) == [1, 1])
            #expect(Set(leases.joined()).count == 2)
        }
    }

    @Test(
        "A task that is ready wakes one poll, whichever gateway it came through and however many have agents that wait")
    func oneWakeUp() async throws {
        var configuration = GatewayConfiguration()
        configuration.wakeUpPatience = .seconds(3600)
        try await GatewayUnderTest.run(3, configuration: configuration) { gateways in
            for gateway in gateways { try await gateway.untilFollowing() }
            var agents: [TestAgent] = []
            for (index, gateway) in gateways.enumerated() { agents.append(try await gateway.agent("pod\(index)")) }
            let total = 12
            try await withThrowingTaskGroup(of: Int.self) { group in
                for agent in agents {
                    group.addTask {
                        // It asks again until it is told that the tests are over.
                        for request in Int64(1)... {
                            let answer = try await agent.lease(request, waitMs: 30_000)
                            for grant in answer?.leases ?? [] { _ = try await agent.complete(grant) }
                            if answer?.drain == true { return Int(request) }
                        }
                        return 0
                    }
                }
                for agent in agents { try await agent.untilAsked(1) }
                for (index, gateway) in gateways.enumerated() {
                    let others = gateways.indices.filter { $0 != index }.map {
                        gateways[$0].gateway.core.configuration.name
                    }
                    for other in others { try await gateway.logs.waitFor("polls of ns/argus wait at gateway \(other)") }
                }
                for index in 0..<total {
                    let gateway = gateways[index % gateways.count]
                    let made = try await gateway.user.submit(gateway.echo(), namespace: "ns")
                    let ended = try await gateway.user.task(made.id, namespace: "ns", waitMs: 30_000)
                    #expect(ended.phase == .succeeded)
                    // Every agent waits again before the next.
                    for agent in agents {
                        try await agent.subject.logs.wait { lines in
                            lines.count { $0.hasPrefix("agent \(agent.id) waits for work, request") }
                                >= lines.count { $0.hasPrefix("agent \(agent.id) waits no more for request") } + 1
                        }
                    }
                }
                // Who is woken in vain looks, finds nothing and waits for the same request again.
                var looks = 0
                for agent in agents {
                    let lines = agent.subject.logs.lines.filter {
                        $0.hasPrefix("agent \(agent.id) waits for work, request")
                    }
                    looks += lines.count - Set(lines).count
                }
                #expect(looks == 0, "polls that were woken in vain")
                try await gateways[0].store.setDraining(agents.map { AgentID($0.id) }, true)
                var requests = 0
                for try await count in group { requests += count }
                #expect(requests >= total)
            }
        }
    }

    @Test("A poll that was given up for one at another gateway gets nothing any more")
    func newerPollElsewhere() async throws {
        try await GatewayUnderTest.run(2) { gateways in
            let agent = try await gateways[0].agent("pod")
            async let older = leases { try await agent.lease(1, waitMs: 30_000) }
            try await agent.untilAsked(1)
            async let newer = agent.at(gateways[1]).leaseOne(2, waitMs: 30_000)
            try await agent.at(gateways[1]).untilAsked(2)
            let first = try await gateways[0].user.submit(gateways[0].echo(), namespace: "ns")
            #expect(try await newer.task == first.id)
            // Whichever poll the first task woke, only the older one is left for this one.
            let second = try await gateways[0].user.submit(gateways[0].echo(), namespace: "ns")
            #expect(try await older.isEmpty)
            #expect(try await agent.leaseOne(3, waitMs: 30_000).task == second.id)
        }
    }

    /// What a poll brought; nothing for one that was refused in favour of a newer one.
    private func leases(_ poll: () async throws -> LeaseAnswer?) async throws -> [LeaseGrant] {
        do {
            return try await poll()?.leases ?? []
        } catch let error as GatewayError where error.problem?.code == .superseded {
            return []
        }
    }

    @Test("A pod's new process at one gateway ends the old one's poll at the other")
    func newProcessElsewhere() async throws {
        try await GatewayUnderTest.run(2) { gateways in
            let old = try await gateways[0].agent("pod", instance: "first")
            async let poll = problem { try await old.lease(1, waitMs: 30_000) }
            try await old.untilAsked(1)
            let new = try await gateways[1].agent("pod", instance: "second")
            #expect(try await poll.code == .agentUnknown)
            let gone = try await problem {
                try await old.client.heartbeat(HeartbeatRequest(agent: old.id, leases: []), timeoutSeconds: 10)
            }
            #expect(gone.code == .agentUnknown)
            _ = try await gateways[0].user.submit(gateways[0].echo(), namespace: "ns")
            _ = try await new.at(gateways[0]).leaseOne(1)
        }
    }

    @Test("A drain mark reaches an agent wherever it waits, and so does its end")
    func drainElsewhere() async throws {
        try await GatewayUnderTest.run(2) { gateways in
            let agent = try await gateways[0].agent("pod")
            async let poll = agent.at(gateways[1]).lease(1, waitMs: 30_000)
            try await agent.at(gateways[1]).untilAsked(1)
            try await gateways[0].store.setDraining([AgentID(agent.id)], true)
            #expect(try await poll?.drain == true)
            // It is told once by each gateway that it asks.
            #expect(try await agent.lease(2, waitMs: 30_000)?.drain == true)
            try await gateways[0].store.setDraining([AgentID(agent.id)], false)
            #expect(try await agent.lease(3, waitMs: 30_000)?.drain == false)
            _ = try await gateways[0].user.submit(gateways[0].echo(), namespace: "ns")
            #expect(try await agent.at(gateways[1]).lease(4, waitMs: 30_000)?.leases.count == 1)
        }
    }

    @Test("A swarm that one gateway has not heard of yet takes tasks there all the same")
    func newSwarm() async throws {
        try await GatewayUnderTest.run(2) { gateways in
            for gateway in gateways { try await gateway.untilFollowing() }
            try await gateways[0].store.putCatalogue(GatewayUnderTest.entry("second"))
            var task = gateways[0].echo()
            task.swarm = "second"
            for gateway in gateways { #expect(try await gateway.user.submit(task, namespace: "ns").swarm == "second") }
        }
    }
}
