import FoundationEssentials
import Glibc
import TaskQueue
import TestSupport
import Testing

@testable import TaskStoreRedis

/// What outlives the server, and what consumers see of one that has forgotten something.
@Suite struct RedisRestartTests {
    @Test("Killed and started again, a server with appendfsync always has all that was answered, and the store goes on")
    func survivesKill() async throws {
        let server = try await RedisServer.start("--appendonly", "yes", "--appendfsync", "always")
        let store = try await server.open()
        #expect(store.durability == .always)
        let (agent, task) = try await store.begin("a")
        #expect(try await store.beat(agent, task) == .alive)
        let before = try await store.task("a")
        let cursor = try await store.changeCursor()
        try await server.kill()
        let error = await store.failure()
        #expect(error?.code == .unavailable, "\(String(describing: error))")
        try await server.start()
        try await store.recovered()
        let after = try #require(try await store.task("a"))
        #expect(after.token == before?.token && after.state == .leased)
        // A reader from before may have seen what the server has forgotten, for all that anybody knows.
        #expect(try await store.changes(after: cursor, limit: 10).isTruncated)
        #expect(try await store.changes(after: 0, limit: 100).changes.contains { $0.kind == .leased })
        guard case .accepted? = try await store.complete(agent, task) else {
            Issue.record("the report across the restart was not accepted")
            return
        }
        await store.close()
    }

    @Test("Live leases get a full period when the server was away, however long")
    func givesLeasesAPeriod() async throws {
        let server = try await RedisServer.start("--appendonly", "yes", "--appendfsync", "always")
        let store = try await server.open()
        let (_, task) = try await store.begin("a")
        try await server.kill()
        try await server.start()
        try await store.recovered()
        let lease = try #require(try await store.task("a")?.lease)
        let first = try #require(task.record.lease)
        // It was not acknowledged: of its own it had 5 s from the lease on, not 15 s from the return on.
        #expect(lease.expiry - first.since >= store.policy.leaseMs)
        await store.close()
    }

    @Test("A reaper's call that a stalled server answers late ends no lease: heartbeats were stuck with it")
    func forgivesStalls() async throws {
        let server = try await RedisServer.start()
        let store = try await server.open()
        let (_, task) = try await store.begin("a")
        let first = try #require(task.record.lease)
        var retention = PackWriter()
        retention.array(3)
        for _ in 0..<3 { retention.integer(1 << 40) }
        // As if it had been asked for long ago.
        let asked = store.now().milliseconds - store.policy.heartbeatMs - 1000
        let reply = try await store.run(.reap, [Array("1".utf8), retention.bytes, Array(String(asked).utf8)])
        #expect(try reply.elements().prefix(3).allSatisfy { $0 == .integer(0) })
        let lease = try #require(try await store.task("a")?.lease)
        #expect(lease.expiry - first.since >= store.policy.leaseMs)
        await store.close()
    }

    @Test(
        "A server that has gone back in time gives out no cursor and no epoch again, and refuses what it has forgotten")
    func goesBackInTime() async throws {
        let server = try await RedisServer.start("--appendonly", "no")
        let store = try await server.open()
        #expect(store.durability == .none(hasSnapshots: false))
        let (agent, first) = try await store.begin("a")
        _ = try await store.submit([.simple("b", object: true)])
        try server.command("SAVE")
        // All of this will be forgotten.
        #expect(try await store.beat(agent, first) == .alive)
        let second = try await store.next(agent, request: 2)
        #expect(second.record.id == "b")
        _ = try await store.complete(agent, second)
        _ = try await store.submit([.simple("lost")])
        let cursor = try await store.changeCursor()
        try await server.kill()
        try await server.start()
        try await store.recovered()

        #expect(try await store.task("lost") == nil)
        #expect(try await store.task("b")?.state == .ready)
        #expect(try await store.changeCursor() > cursor)
        #expect(try await store.changes(after: cursor, limit: 10).isTruncated)
        try await store.acknowledge(consumer: "operator", through: cursor)
        #expect(try await store.complete(agent, second) == .refused(.unknownLease))
        #expect(try await store.beat(agent, second) == .lost)
        // The agent's own numbers are ahead of the store's, and stay usable.
        let again = try await store.next(agent, request: 3)
        #expect(again.record.id == "b")
        #expect(again.key.epoch > second.key.epoch)
        guard case .accepted? = try await store.complete(agent, again) else {
            Issue.record("the new lease's report was not accepted")
            return
        }
        let ends = try await store.changes(after: 0, limit: 1000).changes.filter { $0.kind == .finished }
        #expect(ends.map(\.task) == ["b"])
        await store.close()
    }

    @Test("Scripts that the server has forgotten are sent again")
    func sendsScriptsAgain() async throws {
        let server = try await RedisServer.start()
        let store = try await server.open()
        let (agent, task) = try await store.begin("a")
        try server.command("SCRIPT", "FLUSH")
        #expect(try await store.beat(agent, task) == .alive)
        try server.command("SCRIPT", "FLUSH")
        #expect(try await store.task("a")?.state == .leased)
        await store.close()
    }

    @Test("A server that was emptied is set up anew, and readers are told")
    func setsUpAnew() async throws {
        let server = try await RedisServer.start()
        let store = try await server.open()
        _ = try await store.begin("a")
        let cursor = try await store.changeCursor()
        try server.command("FLUSHALL")
        let error = await store.failure()
        #expect(error?.code == .unavailable, "\(String(describing: error))")
        try await store.recovered()
        #expect(try await store.task("a") == nil)
        #expect(try await store.changes(after: cursor, limit: 10).isTruncated)
        _ = try await store.begin("b")
        await store.close()
    }

    @Test("Killed at any moment under load, with appendfsync always nothing is lost and nothing counts twice")
    func losesNothing() async throws {
        let server = try await RedisServer.start("--appendonly", "yes", "--appendfsync", "always")
        let store = try await server.open()
        _ = try await store.begin("first")
        let (total, workers) = (300, 4)
        let answered = Observed(0)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<workers {
                group.addTask {
                    let names = (0..<(total / workers)).map { TaskID("\(worker)-\($0)") }
                    for name in names {
                        // As clients do: the same again until there is an answer.
                        while (try? await store.submit([.simple(name)])) == nil { try await store.recovered() }
                        answered.change { $0 += 1 }
                    }
                }
                group.addTask { try await Self.work(store, "worker-\(worker)", until: total) }
            }
            group.addTask {
                for kill in 1...4 {
                    try await answered.wait { $0 >= kill * total / 6 }
                    try await server.kill()
                    try await server.start()
                }
            }
            try await group.waitForAll()
        }
        let outcomes = try await store.outcomes(namespace: "ns", swarm: "s", limit: 1000)
        #expect(outcomes.count == Set(outcomes.map(\.task)).count, "a task ended twice")
        for worker in 0..<workers {
            for number in 0..<(total / workers) {
                let id = TaskID("\(worker)-\(number)")
                #expect(try await store.task(id)?.state == .succeeded, "\(id)")
                #expect(try await store.attempts(of: id).filter { $0.end == .succeeded }.count == 1, "\(id)")
            }
        }
        await store.close()
    }

    /// Leases and completes until `total` tasks have ended, as an agent does that repeats what had no answer.
    private static func work(_ store: RedisTaskStore, _ name: String, until total: Int) async throws {
        let registration = AgentRegistration(
            namespace: "ns", swarm: "s", name: name, instance: name, slots: 2, version: "1", capabilities: [],
            serviceAccount: "agents")
        func again<Value>(_ call: () async throws -> Value) async throws -> Value {
            while true {
                do { return try await call() } catch let error as TaskStoreError where error.code == .unavailable {
                    try await store.recovered()
                }
            }
        }
        let agent = try await again { try await store.register(registration) }.id
        var hints = store.changeHints().makeAsyncIterator()
        for request in Int64(1)... {
            let verdict = try await again { try await store.lease(LeaseCall(agent: agent, request: request, slots: 2)) }
            guard case .answered(let offer) = verdict else { throw Unexpected(what: "\(verdict)") }
            for task in offer.tasks {
                let outcome = try await again { try await store.complete(agent, task) }
                switch outcome {
                case .accepted, .duplicate: break
                default: throw Unexpected(what: "\(String(describing: outcome))")
                }
            }
            if offer.tasks.isEmpty {
                let ended = try await again { try await store.outcomes(namespace: "ns", swarm: "s", limit: 1000).count }
                if ended >= total { return }
                _ = await hints.next()
            }
        }
    }
}
