import TaskQueue
import TaskStoreRedis
import TestSupport
import Testing

/// Several stores on one Redis, as several gateways have.
@Suite struct SeveralGatewaysTests {
    @Test("Each task is leased once, whichever gateway is asked, and any answers for any")
    func leasesOnce() async throws {
        let name = "several-\(UInt64.random(in: 0...UInt64.max))"
        let server = try await RedisServer.shared
        let stores = try await [server.open(name: name), server.open(name: name), server.open(name: name)]
        let (_, first) = try await stores[0].begin("first")
        #expect(try await stores[1].task("first")?.token == first.key.token)
        _ = try await stores[0].submit((0..<300).map { .simple(TaskID("t\($0)")) })
        let leased = try await withThrowingTaskGroup(of: [TaskID].self) { group in
            for number in 0..<6 {
                group.addTask {
                    let own = stores[number % 3]
                    let other = stores[(number + 1) % 3]
                    let agent = try await own.register(
                        AgentRegistration(
                            namespace: "ns", swarm: "s", name: "agent-\(number)", instance: "i", slots: 4, version: "1",
                            capabilities: [], serviceAccount: "agents")
                    ).id
                    var found: [TaskID] = []
                    for request in Int64(1)... {
                        let verdict = try await own.lease(LeaseCall(agent: agent, request: request, slots: 4))
                        guard case .answered(let offer) = verdict else { throw Unexpected(what: "\(verdict)") }
                        if offer.tasks.isEmpty { return found }
                        for task in offer.tasks {
                            found.append(task.record.id)
                            guard case .accepted? = try await other.complete(agent, task) else {
                                throw Unexpected(what: "a report through another gateway")
                            }
                        }
                    }
                    return found
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(leased.count == 300)
        #expect(Set(leased).count == 300)
        for store in stores { await store.close() }
    }

    @Test("What one gateway commits wakes those who follow the feed at another, and cursors are the same")
    func hints() async throws {
        let name = "hints-\(UInt64.random(in: 0...UInt64.max))"
        let server = try await RedisServer.shared
        let (one, two) = try await (server.open(name: name), server.open(name: name))
        let cursor = try await two.changeCursor()
        var hints = two.changeHints().makeAsyncIterator()
        _ = try await one.begin("a")
        var changes: [Change] = []
        while !changes.contains(where: { $0.kind == .leased }) {
            _ = await hints.next()
            changes = try await two.changes(after: cursor, limit: 100).changes
        }
        #expect(try await one.changes(after: cursor, limit: 100).changes == changes)
        await one.close()
        await two.close()
    }

    @Test("A gateway that joins others prolongs no lease")
    func joins() async throws {
        let name = "joins-\(UInt64.random(in: 0...UInt64.max))"
        let server = try await RedisServer.shared
        let one = try await server.open(name: name)
        let (_, task) = try await one.begin("a")
        let two = try await server.open(name: name)
        #expect(try await two.task("a")?.lease == task.record.lease)
        await one.close()
        await two.close()
    }

    @Test("Time is the server's for all, and never falls")
    func time() async throws {
        let name = "time-\(UInt64.random(in: 0...UInt64.max))"
        let server = try await RedisServer.shared
        let (one, two) = try await (server.open(name: name), server.open(name: name))
        var latest = StoreTime(milliseconds: 0)
        for number in 0..<20 {
            let store = number % 2 == 0 ? one : two
            let made = try await store.submit([.simple(TaskID("t\(number)"))]).first?.record?.created
            let created = try #require(made)
            #expect(created >= latest)
            latest = created
        }
        #expect(abs(one.now() - two.now()) < 60_000)
        await one.close()
        await two.close()
    }
}
