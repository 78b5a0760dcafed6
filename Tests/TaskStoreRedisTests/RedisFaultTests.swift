import FoundationEssentials
import Glibc
import TaskQueue
import TestSupport
import Testing

@testable import TaskStoreRedis

/// Servers that are not there, cannot serve or must not be used: a clear error, no harm, and no restart needed.
@Suite struct RedisFaultTests {
    private func openingError(_ open: () async throws -> RedisTaskStore) async throws -> TaskStoreError {
        do {
            await (try await open()).close()
        } catch let error as TaskStoreError {
            return error
        }
        throw Unexpected(what: "it opened")
    }

    @Test("A Redis that is not there is told by its address, without the password")
    func isNotThere() async throws {
        let location = RedisLocation(
            endpoint: .unix(path: "/nowhere/redis.sock"), user: "das", password: "s3cret", name: "test")
        let error = try await openingError { try await RedisTaskStore.open(location, logger: RedisFactory.quiet) }
        #expect(error.code == .unavailable)
        #expect(error.message.contains("/nowhere/redis.sock"))
        #expect(!"\(error) \(String(describing: error.cause)) \(location)".contains("s3cret"))
    }

    @Test("A wrong password is told, not shown, and not tried for ever")
    func wrongPassword() async throws {
        let server = try await RedisServer.start("--requirepass", "right")
        let error = try await openingError { try await server.open(password: "wr0ng") }
        #expect(error.code == .cannotOpen)
        #expect(error.message.contains("password of the store URL"))
        #expect(!"\(error) \(String(describing: error.cause))".contains("wr0ng"))
        let none = try await openingError { try await server.open() }
        #expect(none.code == .cannotOpen, "\(none)")
        let store = try await server.open(password: "right")
        _ = try await store.begin("a")
        await store.close()
    }

    @Test("A user with the documented rights and no others can do everything, and the durability is said to be unknown")
    func limitedUser() async throws {
        let server = try await RedisServer.start()
        try server.command(
            "ACL", "SETUSER", "das", "on", ">pw", "resetkeys", "~das:{test}:*", "resetchannels", "&das:{test}:*",
            "-@all",
            "+@read", "+@write", "+@scripting", "+info", "+publish", "+subscribe", "+pubsub|numsub", "+time",
            "+client|setname", "+ping", "+quit", "+select")
        let store = try await server.open(user: "das", password: "pw")
        #expect(store.durability == .none(hasSnapshots: false))
        let (agent, task) = try await store.begin("a")
        guard case .accepted? = try await store.complete(agent, task) else {
            Issue.record("the report was not accepted")
            return
        }
        _ = try await store.reap(limit: 10)
        _ = try await store.summary(namespace: "ns", swarm: "s")
        await store.close()
        let other = try await openingError { try await server.open(name: "other", user: "das", password: "pw") }
        #expect(other.message.contains("NOPERM"), "\(other)")
    }

    @Test("An evicting Redis is refused, with what to do")
    func evicts() async throws {
        let server = try await RedisServer.start("--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru")
        let error = try await openingError { try await server.open() }
        #expect(error.code == .cannotOpen)
        #expect(
            error.message.contains("allkeys-lru") && error.message.contains("CONFIG SET maxmemory-policy noeviction"))
    }

    @Test("A store of a newer release is refused")
    func isNewer() async throws {
        let server = try await RedisServer.start()
        await (try await server.open()).close()
        try server.command("HSET", "das:{test}:state", "format", "999")
        let error = try await openingError { try await server.open() }
        #expect(error.code == .cannotOpen && error.message.contains("newer release"), "\(error)")
    }

    @Test("A full memory refuses what would need more, whole, and serves on when there is room")
    func outOfMemory() async throws {
        let server = try await RedisServer.start()
        let store = try await server.open()
        let (agent, task) = try await store.begin("a")
        let feed = try await store.changes(after: 0, limit: 100).changes
        try server.command("CONFIG", "SET", "maxmemory", "1")
        let error = await store.failure()
        #expect(
            error?.code == .unavailable && error?.message.contains("maxmemory") == true, "\(String(describing: error))")
        await #expect(throws: TaskStoreError.self) { try await store.complete(agent, task) }
        #expect(try await store.task("a")?.state == .leased)
        #expect(try await store.changes(after: 0, limit: 100).changes == feed)
        try server.command("CONFIG", "SET", "maxmemory", "0")
        guard case .accepted? = try await store.complete(agent, task) else {
            Issue.record("the report was not accepted")
            return
        }
        await store.close()
    }

    @Test("A disk that takes nothing more refuses calls whole, and serves on when it does")
    func diskFails() async throws {
        let server = try await RedisServer.start("--save", "3600 1")
        let store = try await server.open()
        _ = try await store.begin("a")
        // No snapshot can take this name.
        let obstacle = server.data + "/dump.rdb"
        try FileManager.default.createDirectory(atPath: obstacle + "/x", withIntermediateDirectories: true)
        try server.command("BGSAVE")
        try await server.waitForLog("Background saving error")
        let error = await store.failure()
        #expect(error?.code == .unavailable && error?.message.contains("disk") == true, "\(String(describing: error))")
        #expect(try await store.task("while it is down") == nil)
        try FileManager.default.removeItem(atPath: obstacle)
        try server.command("SAVE")
        #expect(await store.failure() == nil)
        await store.close()
    }

    @Test("A replica is refused, and the store goes on when it is the primary")
    func isReplica() async throws {
        let server = try await RedisServer.start()
        let store = try await server.open()
        _ = try await store.begin("a")
        try server.command("REPLICAOF", "127.0.0.1", "1")
        let error = await store.failure()
        #expect(
            error?.code == .unavailable && error?.message.contains("primary") == true, "\(String(describing: error))")
        try server.command("REPLICAOF", "NO", "ONE")
        try await store.recovered()
        #expect(await store.failure() == nil)
        await store.close()
    }

    @Test("A script of somebody else's that runs for ever is told, and ends nothing of ours")
    func isBusy() async throws {
        let server = try await RedisServer.start("--busy-reply-threshold", "50")
        let store = try await server.open()
        _ = try await store.begin("a")
        let endless = try await ChildProgram.start(
            "redis-cli", ["-s", server.socket, "eval", "while true do end", "0"])
        var error = await store.failure()
        while error == nil { error = await store.failure() }
        #expect(
            error?.code == .unavailable && error?.message.contains("SCRIPT KILL") == true,
            "\(String(describing: error))")
        try server.command("SCRIPT", "KILL")
        try await endless.exitCode()
        #expect(await store.failure() == nil)
        await store.close()
    }

    @Test("A server that stalls ends calls in time, and they go on when it does")
    func stalls() async throws {
        let server = try await RedisServer.start()
        var options = RedisTaskStore.Options()
        options.callTimeout = .seconds(2)
        options.connectTimeout = .seconds(2)
        let store = try await server.open(options: options)
        let (agent, task) = try await store.begin("a")
        await server.send(SIGSTOP)
        let began = ContinuousClock.now
        let error = await store.failure()
        #expect(error?.code == .unavailable, "\(String(describing: error))")
        #expect(error?.message.contains("may have been done or not") == true, "\(String(describing: error))")
        #expect(ContinuousClock.now - began < .seconds(30))
        await server.send(SIGCONT)
        try await store.recovered()
        guard case .accepted? = try await store.complete(agent, task) else {
            Issue.record("the report was not accepted")
            return
        }
        await store.close()
    }

    @Test("While a server reads its data calls fail with that, and then go on")
    func isLoading() async throws {
        let server = try await RedisServer.start("--appendonly", "yes", "--appendfsync", "always")
        let store = try await server.open()
        _ = try await store.begin("a")
        _ = try await store.submit((0..<200).map { .simple(TaskID("t\($0)")) })
        try server.command("BGREWRITEAOF")
        try await server.waitForLog("Background AOF rewrite finished successfully")
        try await server.kill()
        try await server.start(
            "--key-load-delay", "2000", "--loading-process-events-interval-bytes", "1024", isReady: false)
        var seen: [String] = []
        while true {
            do {
                _ = try await store.changeCursor()
                break
            } catch let error as TaskStoreError {
                #expect(error.code == .unavailable)
                seen.append(error.message)
            }
            var hints = store.changeHints().makeAsyncIterator()
            _ = await hints.next()
        }
        #expect(seen.contains { $0.contains("LOADING") }, "\(seen)")
        #expect(try await store.task("t199") != nil)
        await store.close()
    }

    @Test("A closed store finishes what it had taken, refuses the rest, and leaves no connection")
    func closes() async throws {
        let server = try await RedisServer.start()
        let store = try await server.open()
        async let answers = withTaskGroup(of: Bool.self) { group in
            for number in 0..<50 {
                group.addTask { (try? await store.submit([.simple(TaskID("t\(number)"))])) != nil }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        await store.close()
        let answered = await answers
        let error = await store.failure()
        #expect(error?.code == .closed)
        let again = try await server.open()
        #expect(try await again.tasks(TaskQuery(namespace: "ns")).tasks.count == answered)
        await again.close()
        #expect(
            try server.command("PUBSUB", "NUMSUB", "das:{test}:hints")
                == .array([.bytes(Array("das:{test}:hints".utf8)), .integer(0)]))
    }

    @Test("A record that was damaged is told, and harms no other")
    func isDamaged() async throws {
        let server = try await RedisServer.start()
        let store = try await server.open()
        let (agent, first) = try await store.begin("a")
        _ = try await store.submit([.simple("b")])
        let second = try await store.next(agent, request: 2)
        _ = try await store.submit([.simple("c")])
        try server.command("SET", "das:{test}:t:b", "no record")
        let reports = [first, second].map {
            AttemptReport(task: $0.record.id, key: $0.key, content: .complete(result: [0x31]))
        }
        let error = await #expect(throws: TaskStoreError.self) { try await store.report(agent, reports, next: nil) }
        #expect(error?.code == .corrupt, "\(String(describing: error))")
        let read = await #expect(throws: TaskStoreError.self) { try await store.task("b") }
        #expect(read?.code == .corrupt)
        // The first report was taken, with all that belongs to it, and the store goes on.
        #expect(try await store.complete(agent, first) == .duplicate)
        #expect(try await store.outcomes(namespace: "ns", swarm: "s", limit: 9).map(\.task) == ["a"])
        let third = try await store.next(agent, request: 3)
        #expect(third.record.id == "c")
        guard case .accepted? = try await store.complete(agent, third) else {
            Issue.record("the report was not accepted")
            return
        }
        let ends = try await store.changes(after: 0, limit: 100).changes.filter { $0.kind == .finished }
        #expect(ends.map(\.task) == ["a", "c"])
        await store.close()
    }
}
