import FoundationEssentials
import HTTPTransport
import StructuredData
import Synchronization
import Testing

@testable import TaskProtocol

@Suite("The gateway's client")
struct GatewayClientTests {
    private static let view = #"{"id": "t1", "namespace": "team", "type": "echo", "phase": "Queued", "attempts": 0}"#

    @Test func `a submission is a POST of JSON with the bearer token`() async throws {
        let transport = ScriptedTransport(status: 201, Self.view)
        let client = GatewayClient(transport: transport, baseURL: "https://gateway:8443/", token: .fixed("secret"))
        let task = try await client.submit(TaskSubmission(type: "echo", input: ["result": 1]), namespace: "team")
        #expect(task.phase == .queued)
        let request = try #require(transport.requests.first)
        #expect(request.method == .post)
        #expect(request.url == "https://gateway:8443/v1/namespaces/team/tasks")
        #expect(request.headers["Authorization"] == "Bearer secret")
        #expect(request.headers["Content-Type"] == "application/json")
        #expect(try JSON.parse(request.body ?? []) == ["type": "echo", "input": ["result": 1]])
    }

    @Test func `names and filters are escaped in the URL`() async throws {
        let transport = ScriptedTransport(
            .success(HTTPResponse(status: 200, body: Array(Self.view.utf8))),
            .success(HTTPResponse(status: 200, body: Array(#"{"tasks": []}"#.utf8))))
        let client = GatewayClient(transport: transport, baseURL: "http://gateway")
        _ = try await client.task("a/b?c", namespace: "team", waitMs: 2000)
        _ = try await client.tasks(namespace: "team", filter: TaskFilter(phase: .failed, cursor: "x&y=ü"))
        #expect(transport.requests[0].url == "http://gateway/v1/namespaces/team/tasks/a%2Fb%3Fc?waitMs=2000")
        #expect(
            transport.requests[1].url == "http://gateway/v1/namespaces/team/tasks?phase=Failed&cursor=x%26y%3D%C3%BC")
        #expect(transport.requests[0].headers["Authorization"] == nil)
    }

    @Test func `a waiting call outlasts its wait`() async throws {
        let transport = ScriptedTransport(status: 204, "")
        let client = GatewayClient(transport: transport, baseURL: "http://gateway")
        let answer = try await client.lease(LeaseRequest(agent: "a", request: 1, freeSlots: 1, waitMs: 30_000))
        #expect(answer == nil)
        #expect(try #require(transport.requests[0].timeoutSeconds) > 30)
    }

    @Test func `a problem becomes an error that says whether to try again`() async throws {
        let transport = ScriptedTransport(
            status: 503,
            """
            {"type": "about:blank", "title": "Unavailable", "status": 503, "detail": "the store is starting",
             "code": "UNAVAILABLE", "retryable": true, "retryAfterMs": 1500}
            """)
        let client = GatewayClient(transport: transport, baseURL: "http://gateway")
        let error = await #expect(throws: GatewayError.self) { try await client.task("t", namespace: "n") }
        #expect(error?.problem?.code == .unavailable)
        #expect(error?.isRetryable == true)
        #expect(error?.retryAfterMs == 1500)
        #expect(error?.message.contains("the store is starting") == true)
    }

    @Test(arguments: [(502, true, ProblemCode.unavailable), (404, false, .notFound), (429, true, .tooManyRequests)])
    func `an answer that is no problem document is judged by its status`(
        status: Int, isRetryable: Bool, code: ProblemCode
    ) async throws {
        let transport = ScriptedTransport(status: status, "<html>proxy</html>", headers: ["Retry-After": "2"])
        let client = GatewayClient(transport: transport, baseURL: "http://gateway")
        let error = await #expect(throws: GatewayError.self) { try await client.task("t", namespace: "n") }
        #expect(error?.problem?.code == code)
        #expect(error?.isRetryable == isRetryable)
        #expect(error?.retryAfterMs == 2000)
    }

    @Test func `no response at all is retryable`() async throws {
        let client = GatewayClient(
            transport: ScriptedTransport(.failure(HTTPTransportError(.cannotConnect, "nobody listens"))),
            baseURL: "http://gateway")
        let error = await #expect(throws: GatewayError.self) { try await client.task("t", namespace: "n") }
        #expect(error?.code == .unreachable)
        #expect(error?.isRetryable == true)
    }

    @Test func `an answer of another shape is refused with the member's path`() async throws {
        let client = GatewayClient(
            transport: ScriptedTransport(status: 200, #"{"id": 7}"#), baseURL: "http://gateway")
        let error = await #expect(throws: GatewayError.self) { try await client.task("t", namespace: "n") }
        #expect(error?.code == .unexpectedAnswer)
        #expect(error?.message.contains("id") == true)
    }

    @Test func `the token file is read again as time passes, and after a refusal`() async throws {
        let file = URL(filePath: "/tmp/das-token-\(UInt64.random(in: .min ... .max))")
        defer { try? FileManager.default.removeItem(at: file) }
        func answer(_ status: Int) -> Result<HTTPResponse, HTTPTransportError> {
            .success(HTTPResponse(status: status, body: Array(Self.view.utf8)))
        }
        let transport = ScriptedTransport(answer(200), answer(200), answer(200), answer(401), answer(200))
        let start = ContinuousClock.now
        let passed = Mutex(Duration.zero)
        let client = GatewayClient(
            transport: transport, baseURL: "http://gateway", token: .file(file.path),
            now: { start + passed.withLock(\.self) })

        let missing = await #expect(throws: GatewayError.self) { try await client.task("t", namespace: "n") }
        #expect(missing?.code == .noToken)
        #expect(missing?.message.contains(file.path) == true)
        func call(at seconds: Int, _ token: String) async throws {
            passed.withLock { $0 = .seconds(seconds) }
            try Data("\(token)\n".utf8).write(to: file)
            _ = try await client.task("t", namespace: "n")
        }
        try await call(at: 0, "first")
        try await call(at: 9, "second")
        try await call(at: 10, "third")
        let refused = await #expect(throws: GatewayError.self) { try await call(at: 11, "fourth") }
        #expect(refused?.problem?.status == 401)
        try await call(at: 12, "fifth")
        #expect(
            transport.requests.map { $0.headers["Authorization"] }
                == ["first", "first", "third", "third", "fifth"].map { "Bearer \($0)" })
    }
}
