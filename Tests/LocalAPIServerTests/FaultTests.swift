import HTTPTransport
import StructuredData
import Synchronization
import Testing

@testable import LocalAPIServer

@Suite("Faults that tests ask for", .timeLimit(.minutes(1)))
struct FaultTests {
    private static let configMaps = "/api/v1/namespaces/default/configmaps"
    private static let faults = "/debug/faults"

    private static func withFaults(_ body: (APIServerFixture) async throws -> Void) async throws {
        try await APIServerFixture.withServer(
            configure: { configuration, _ in configuration.allowsFaults = true }, body)
    }

    private static func set(_ server: APIServerFixture, _ rules: JSON...) async throws {
        let answer = try await server.send(.put, faults, ["rules": .array(rules)])
        #expect(answer.status == 200, "\(answer.text)")
    }

    @Test func `the third update is refused as asked, and no other request`() async throws {
        try await Self.withFaults { server in
            for name in ["a", "b"] {
                _ = try await server.send(.post, Self.configMaps, ["metadata": ["name": .string(name)]])
            }
            try await Self.set(
                server,
                [
                    "verbs": ["patch"], "group": "", "resource": "configmaps", "name": "a", "skip": 2, "times": 1,
                    "answer": ["code": 429, "retryAfterSeconds": 7],
                ])
            var codes: [Int] = []
            for value in 1...4 {
                let answer = try await server.send(
                    .patch, Self.configMaps + "/a", ["data": ["v": .string("\(value)")]],
                    type: "application/merge-patch+json")
                codes.append(answer.status)
                if answer.status == 429 {
                    #expect(answer.headers["Retry-After"] == "7")
                    #expect(answer.reason == "TooManyRequests")
                }
                let other = try await server.send(
                    .patch, Self.configMaps + "/b", ["data": ["v": .string("\(value)")]],
                    type: "application/merge-patch+json")
                #expect(other.status == 200)
            }
            #expect(codes == [200, 200, 429, 200])
            #expect(try await server.send(.get, Self.faults).json["matched"] == [4])
            for (code, reason) in [
                (409, "Conflict"), (500, "InternalError"), (503, "ServiceUnavailable"), (410, "Expired"),
            ] {
                try await Self.set(
                    server, ["verbs": ["get"], "resource": "configmaps", "answer": ["code": JSON(code)]])
                let answer = try await server.send(.get, Self.configMaps + "/a")
                #expect(answer.status == code)
                #expect(answer.reason == reason)
            }
            try await Self.set(server)
            #expect(try await server.send(.get, Self.configMaps + "/a").status == 200)
        }
    }

    @Test func `a watch is cut off behind its second event, without an end`() async throws {
        try await Self.withFaults { server in
            try await Self.set(server, ["verbs": ["watch"], "resource": "secrets", "times": 1, "dropAfterEvents": 2])
            let path = "/api/v1/namespaces/default/secrets"
            var cut = try await server.watch(path + "?watch=1")
            for name in ["a", "b", "c"] {
                _ = try await server.send(.post, path, ["metadata": ["name": .string(name)]])
            }
            #expect(try await cut.next()?.name == "a")
            #expect(try await cut.next()?.name == "b")
            await #expect(throws: (any Error).self) { try await cut.next() }
            var whole = try await server.watch(path + "?watch=1")
            for name in ["a", "b", "c"] { #expect(try await whole.next()?.name == name) }
        }
    }

    @Test func `a delayed watch is late, and a delayed request waits`() async throws {
        try await Self.withFaults { server in
            try await Self.set(server, ["resource": "secrets", "verbs": ["watch", "get"], "delayMilliseconds": 300])
            let path = "/api/v1/namespaces/default/secrets"
            var watch = try await server.watch(path + "?watch=1")
            let began = ContinuousClock.now
            _ = try await server.send(.post, path, ["metadata": ["name": "a"]])
            #expect(try await watch.next()?.name == "a")
            #expect(ContinuousClock.now - began >= .milliseconds(300))
            let asked = ContinuousClock.now
            _ = try await server.send(.get, path + "/a")
            #expect(ContinuousClock.now - asked >= .milliseconds(300))
        }
    }

    @Test func `history can be made to expire, and all watches to end`() async throws {
        try await Self.withFaults { server in
            let before = try await server.send(.post, Self.configMaps, ["metadata": ["name": "a"]])
            _ = try await server.send(.post, Self.configMaps, ["metadata": ["name": "b"]])
            let path = Self.configMaps + "?watch=1&resourceVersion="
            var running = try await server.watch(path + before.version)
            #expect(try await running.next()?.name == "b")
            #expect(try await server.send(.post, Self.faults + "/expire-history").status == 200)
            var late = try await server.watch(path + before.version)
            let error = try #require(try await late.next())
            #expect(error.type == "ERROR")
            #expect(error.object["reason"] == "Expired")
            // Who is up to date is not disturbed, until all are.
            _ = try await server.send(.post, Self.configMaps, ["metadata": ["name": "c"]])
            #expect(try await running.next()?.name == "c")
            _ = try await server.send(.post, Self.faults + "/drop-watches")
            #expect(try await running.next() == nil)
        }
    }

    @Test func `faults are for those who may do anything, on servers that were started with them`() async throws {
        try await Self.withFaults { server in
            #expect(try await server.send(.get, Self.faults, token: APIServerFixture.limited).status == 403)
            for rule: JSON in [
                ["answer": ["code": 200]], ["verbs": ["get"]], ["dropAfterEvents": -1], ["colour": "red"],
            ] {
                let answer = try await server.send(.put, Self.faults, ["rules": [rule]])
                #expect(answer.status == 400, "\(rule)")
            }
        }
        try await APIServerFixture.withServer { server in
            let answer = try await server.send(.get, Self.faults)
            #expect(answer.status == 404)
        }
    }

    @Test func `the crash comes when the write that was asked for is on the disk, and before it is answered`()
        async throws
    {
        let faults = FaultSwitch()
        let crashed = Mutex(0)
        let inner = try SQLiteObjectStorage(path: nil)
        let storage = CrashingStorage(storage: inner, faults: faults) { crashed.withLock { $0 += 1 } }
        faults.crash(afterWrites: 2)
        for version in Int64(101)...103 {
            let object = StoredObject(
                location: ObjectLocation(resource: "/things", namespace: "n", name: "o\(version)"),
                object: ["metadata": ["name": "o"]], fields: [:], resourceVersion: version)
            try await storage.commit([StoredChange(kind: .added, time: 0, object: object, previous: nil)])
            #expect(crashed.withLock { $0 } == max(0, Int(version) - 101))
        }
        let restored = try await inner.restore()
        #expect(restored.objects.count == 3)
    }
}
