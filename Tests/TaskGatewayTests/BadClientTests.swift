import Foundation
import HTTPTransport
import StructuredData
import TaskProtocol
import TaskQueue
import Testing

@testable import TaskGateway

/// Clients that are broken, careless or hostile: each is told what is wrong or cut off, and the others notice nothing.
@Suite("Bad clients", .serialized, .timeLimit(.minutes(3)))
struct BadClientTests {
    /// A gateway that is quick to lose patience.
    private static func impatient(connections: Int = 16_000) -> GatewayConfiguration {
        var configuration = GatewayConfiguration(maxConnections: connections)
        configuration.arrival.head = .milliseconds(300)
        configuration.arrival.body = .milliseconds(300)
        return configuration
    }

    private func expectAlive(_ subject: GatewayUnderTest) async throws {
        let agent = try await subject.agent("good-\(UInt32.random(in: 0...UInt32.max))")
        _ = try await subject.user.submit(subject.echo(), namespace: "ns")
        let lease = try await agent.leaseOne(1)
        #expect(try await agent.complete(lease).verdict == .accepted)
    }

    // MARK: What they send

    struct WrongBody: Sendable, CustomTestStringConvertible {
        var path: String
        var body: String
        var status: Int
        var pointer: String?
        var testDescription: String { "\(path) \(body)" }

        init(_ path: String, _ body: String, _ status: Int, _ pointer: String?) {
            self.path = path
            self.body = body
            self.status = status
            self.pointer = pointer
        }
    }

    private static let wrongBodies = [
        WrongBody("/v1/namespaces/ns/tasks", #"{"type": 5}"#, 400, "/type"),
        WrongBody("/v1/namespaces/ns/tasks", #"{"type": "echo", "priority": "high"}"#, 400, "/priority"),
        WrongBody("/v1/namespaces/ns/tasks", #"{"type": "echo", "retry": {"limit": 1.5}}"#, 400, "/retry/limit"),
        WrongBody(
            "/v1/namespaces/ns/tasks", #"{"type": "echo", "retry": {"retryOn": ["A B"]}}"#, 422, "/retry/retryOn"),
        WrongBody("/v1/namespaces/ns/tasks", #"{"type": "echo", "retry": {"giveUpOn": [""]}}"#, 422, "/retry/giveUpOn"),
        WrongBody("/v1/namespaces/ns/tasks", #"{"tasks": [{"type": "echo"}, {"type": []}]}"#, 400, "/tasks/1/type"),
        WrongBody("/v1/namespaces/ns/tasks", #"{"tasks": [{"swarm": "argus"}]}"#, 400, "/tasks/0/type"),
        WrongBody(
            "/v1/namespaces/ns/tasks", #"{"type": "market-analysis", "input": {"close": [1, "x"]}}"#, 422,
            "/input/close/1"),
        WrongBody("/v1/namespaces/ns/tasks", #"{"type": "unheard-of"}"#, 422, "/type"),
        WrongBody("/v1/namespaces/ns/tasks", "[1, 2", 400, nil),
        WrongBody("/v1/namespaces/ns/tasks", "", 400, nil),
        WrongBody("/v1/namespaces/ns/tasks", String(repeating: "[", count: 100_000), 400, nil),
    ]

    @Test("A body of the wrong shape is refused, with the place where it is wrong", arguments: wrongBodies)
    func namesThePlace(wrong: WrongBody) async throws {
        try await GatewayUnderTest.run { subject in
            let response = try await subject.send(.post, wrong.path, body: wrong.body)
            let problem = try JSON.parse(response.body).decode(Problem.self)
            #expect(response.status == wrong.status && problem.status == wrong.status, "\(problem)")
            #expect(problem.pointer == wrong.pointer, "\(problem)")
            #expect(!problem.retryable)
        }
    }

    @Test("An agent's body of the wrong shape is refused, with the place where it is wrong")
    func namesThePlaceToAgents() async throws {
        try await GatewayUnderTest.run { subject in
            let agent = try await subject.agent("one")
            let wrong = [
                ("/v1/leases", #"{"agent": "AGENT", "request": "7", "freeSlots": 1, "waitMs": 0}"#, "/request"),
                (
                    "/v1/leases", #"{"agent": "AGENT", "request": 99999999999999999999, "freeSlots": 1, "waitMs": 0}"#,
                    "/request"
                ),
                (
                    "/v1/leases/heartbeat",
                    #"{"agent": "AGENT", "leases": [{"task": "t", "epoch": null, "token": ""}]}"#, "/leases/0/epoch"
                ),
                ("/v1/leases/complete", #"{"agent": "AGENT", "reports": {}}"#, "/reports"),
                (
                    "/v1/leases/fail", #"{"agent": "AGENT", "reports": [{"task": "t", "epoch": 1, "token": "x"}]}"#,
                    "/reports/0/kind"
                ),
            ]
            for (path, body, pointer) in wrong {
                let text = body.replacingOccurrences(of: "AGENT", with: agent.id)
                let response = try await subject.send(.post, path, token: "agent-one", body: text)
                let problem = try JSON.parse(response.body).decode(Problem.self)
                #expect(problem.status == 400 && problem.pointer == pointer, "\(body): \(problem)")
            }
            try await expectAlive(subject)
        }
    }

    @Test("Whoever asks for a million leases gets as many as it has slots")
    func boundsLeases() async throws {
        try await GatewayUnderTest.run { subject in
            let agent = try await subject.agent("greedy", slots: 2)
            for _ in 0..<5 { _ = try await subject.user.submit(subject.echo(), namespace: "ns") }
            let some = try await agent.lease(1, slots: 1_000_000)
            #expect(some?.leases.count == 2)
            let more = try await agent.lease(2, slots: .max)
            #expect(more?.leases.count == 2)
            let problem = try await problem { try await agent.lease(3, slots: -1) }
            #expect(problem.status == 422 && problem.pointer == "/freeSlots")
        }
    }

    @Test("A token that nobody knows, and one of another swarm's agents, open nothing")
    func knowsItsAgents() async throws {
        try await GatewayUnderTest.run { subject in
            try await subject.store.putCatalogue(GatewayUnderTest.entry("other"))
            let agent = try await subject.agent("one")
            let unknown = try await problem {
                try await subject.client("nonsense").lease(
                    LeaseRequest(agent: agent.id, request: 1, freeSlots: 1, waitMs: 0))
            }
            #expect(unknown.status == 401)
            let other = try await problem {
                try await subject.client("agent-two@swarm-other").lease(
                    LeaseRequest(agent: agent.id, request: 1, freeSlots: 1, waitMs: 0))
            }
            #expect(other.status == 403)
            let intruder = try await problem {
                try await subject.client("agent-two@swarm-other").register(
                    RegisterRequest(
                        namespace: "ns", swarm: "argus", name: "two", instance: "i", slots: 1, version: "1",
                        capabilities: []))
            }
            #expect(intruder.status == 403)
            try await expectAlive(subject)
        }
    }

    @Test("A body that is too large is refused before it is sent, and one that grows too large when it does")
    func boundsBodies() async throws {
        try await GatewayUnderTest.run { subject in
            let announced = try RawConnection(port: subject.port)
            announced.send(Self.head("POST /v1/namespaces/ns/tasks", ["Content-Length: \(17 << 20)"]))
            #expect(await announced.until("TOO_LARGE").hasPrefix("HTTP/1.1 413 "))
            let chunked = try RawConnection(port: subject.port)
            chunked.send(Self.head("POST /v1/namespaces/ns/tasks", ["Transfer-Encoding: chunked"]))
            let chunk =
                Array("100000\r\n".utf8) + [UInt8](repeating: UInt8(ascii: " "), count: 1 << 20) + Array("\r\n".utf8)
            Thread.detachNewThread { for _ in 0..<17 { chunked.send(chunk) } }
            #expect(await chunked.until("TOO_LARGE").hasPrefix("HTTP/1.1 413 "))
            try await expectAlive(subject)
        }
    }

    @Test("Large bodies are let in as long as there is room for them; agents' heartbeats always are")
    func boundsMemory() async throws {
        var configuration = GatewayConfiguration()
        configuration.maxBodyBytes = 20 << 20
        try await GatewayUnderTest.run(configuration: configuration) { subject in
            let agent = try await subject.agent("one")
            // Room is taken when a second one is refused. Should that one be the quicker one, the first is refused instead.
            var first: RawConnection?
            var refusal = ""
            while !refusal.hasPrefix("HTTP/1.1 503 ") {
                first = try RawConnection(port: subject.port)
                first?.send(
                    Self.head("POST /v1/namespaces/ns/tasks", ["Content-Length: \(15 << 20)", "Expect: 100-continue"]))
                let second = try RawConnection(port: subject.port)
                second.send(
                    Self.head("POST /v1/namespaces/ns/tasks", ["Content-Length: \(15 << 20)", "Connection: close"]))
                second.finish()
                refusal = await second.untilClosed()
            }
            #expect(refusal.contains("Retry-After: "))
            let answer = try await agent.client.heartbeat(
                HeartbeatRequest(agent: agent.id, leases: []), timeoutSeconds: 10)
            #expect(!answer.drain)
            try await expectAlive(subject)
            first = nil
        }
    }

    @Test("Ten thousand headers are too many")
    func boundsHeaders() async throws {
        try await GatewayUnderTest.run { subject in
            let connection = try RawConnection(port: subject.port)
            connection.send(Self.head("GET /healthz", (0..<10_000).map { "X-\($0): y" }))
            let answer = await connection.untilClosed()
            #expect(!answer.hasPrefix("HTTP/1.1 200"))
            let long = try RawConnection(port: subject.port)
            long.send(Self.head("GET /healthz", ["X-Long: " + String(repeating: "y", count: 1 << 20)]))
            #expect(await !long.untilClosed().hasPrefix("HTTP/1.1 200"))
            try await expectAlive(subject)
        }
    }

    // MARK: How they send it

    @Test("Who does not send a whole request in time is cut off")
    func cutsOffTheSlow() async throws {
        try await GatewayUnderTest.run(configuration: Self.impatient()) { subject in
            let silent = try RawConnection(port: subject.port)
            let slowHead = try RawConnection(port: subject.port)
            slowHead.send("GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ")
            let slowBody = try RawConnection(port: subject.port)
            slowBody.send(Self.head("POST /v1/namespaces/ns/tasks", ["Content-Length: 1000"]) + "{")
            #expect(await silent.untilClosed() == "")
            #expect(await slowHead.untilClosed() == "")
            #expect(await !slowBody.untilClosed().contains("201"))
            try await expectAlive(subject)
        }
    }

    @Test("Thousands of connections on which nothing is sent make way for those who have something to say")
    func outlivesHalfOpenConnections() async throws {
        try await GatewayUnderTest.run(configuration: Self.impatient(connections: 100)) { subject in
            let connections = try (0..<2000).map { _ in try RawConnection(port: subject.port) }
            // It stands behind them all.
            try await expectAlive(subject)
            #expect(connections.count == 2000)
        }
    }

    private static func head(_ request: String, _ headers: [String]) -> String {
        ([request + " HTTP/1.1", "Host: x", "Authorization: Bearer user"] + headers).joined(separator: "\r\n")
            + "\r\n\r\n"
    }
}
