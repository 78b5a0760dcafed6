import AgentRuntime
import HTTPTransport
import StructuredData
import Synchronization
import TestSupport
import Testing

@testable import agent_runner

/// Answers calls in order, and keeps them.
private final class Endpoint: HTTPTransport {
    enum Answer: Sendable {
        case response(Int, HTTPHeaders, [String])
        case failure(HTTPTransportError)
    }

    let requests = Mutex<[HTTPRequest]>([])
    private let answers: [Answer]

    init(_ answers: Answer...) { self.answers = answers }

    func send(_ request: HTTPRequest) async throws -> HTTPResponse {
        throw HTTPTransportError(.badRequest, "streams only")
    }

    func stream(_ request: HTTPRequest) async throws -> HTTPStreamingResponse {
        let number = requests.withLock { requests in
            requests.append(request)
            return requests.count - 1
        }
        switch answers[number] {
        case .failure(let error): throw error
        case .response(let status, let headers, let chunks):
            return HTTPStreamingResponse(
                status: status, headers: headers,
                body: AsyncThrowingStream { stream in
                    for chunk in chunks { stream.yield(Array(chunk.utf8)) }
                    stream.finish()
                })
        }
    }
}

@Suite("An HTTP endpoint as a workload", .timeLimit(.minutes(1)))
struct EndpointExchangeTests {
    private func run(_ endpoint: Endpoint, _ context: WorkloadContext = .standalone()) async throws -> JSON {
        let workload = HTTPWorkload(type: "resize", url: "http://127.0.0.1:1/tasks", transport: endpoint)
        return try await onOwnThread { try workload.run(["w": 1], context: context) }
    }

    private func failure(_ endpoint: Endpoint) async -> WorkloadError? {
        await #expect(throws: WorkloadError.self) { try await run(endpoint) }
    }

    @Test func `gets the input as body, and the attempt in headers`() async throws {
        let endpoint = Endpoint(.response(200, [:], [#"{"done""#, ": true}"]))
        #expect(try await run(endpoint, .standalone(task: "t7", attempt: 3)) == ["done": true])
        let request = try #require(endpoint.requests.withLock { $0.first })
        #expect(request.method == .post && request.url == "http://127.0.0.1:1/tasks")
        #expect(request.body.map { String(decoding: $0, as: UTF8.self) } == #"{"w":1}"#)
        #expect(request.headers["Das-Task"] == "t7" && request.headers["Das-Attempt"] == "3")
        #expect(request.headers["Das-Task-Type"] == "resize")
        #expect(request.headers["Content-Type"] == "application/json")
        #expect(request.connection == .dedicated && request.timeoutSeconds == nil)
    }

    @Test(arguments: [
        (400, WorkloadError.Kind.permanent), (404, .permanent), (422, .permanent), (302, .permanent), (408, .retryable),
        (425, .retryable), (429, .retryable), (500, .retryable), (503, .retryable),
    ])
    func `a status says whether another attempt may succeed`(status: Int, kind: WorkloadError.Kind) async throws {
        let error = try #require(await failure(Endpoint(.response(status, [:], ["no luck"]))))
        #expect(error.kind == kind && error.code.rawValue == "HTTP_\(status)")
        #expect(error.message.contains("\(status)") && error.message.contains("no luck"))
    }

    @Test func `a failure's body may say more`() async throws {
        let named = #"{"code": "NO_TEXT", "message": "there is no text"}"#
        #expect(await failure(Endpoint(.response(422, [:], [named]))) == .permanent("NO_TEXT", "there is no text"))
        let problem = #"{"type": "about:blank", "detail": "there is no text"}"#
        #expect(await failure(Endpoint(.response(422, [:], [problem]))) == .permanent("HTTP_422", "there is no text"))
        #expect(await failure(Endpoint(.response(200, [:], ["<html>"])))?.code == "BAD_OUTPUT")
        #expect(try await run(Endpoint(.response(204, [:], []))) == .null)
    }

    @Test func `that is busy is called again within the attempt, for a bounded number of times`() async throws {
        let busy = Endpoint.Answer.response(429, ["Retry-After": "0"], [])
        let endpoint = Endpoint(busy, .response(503, ["Retry-After": "0"], []), .response(200, [:], ["1"]))
        #expect(try await run(endpoint) == 1)
        #expect(await failure(Endpoint(busy, busy, busy, busy, busy, busy))?.code == "HTTP_429")
        #expect(await failure(Endpoint(.response(503, ["Retry-After": "3600"], [])))?.code == "HTTP_503")
    }

    @Test func `that does not listen yet is waited for`() async throws {
        let refused = HTTPTransportError(.cannotConnect, "nobody listens", wasNotSent: true)
        #expect(try await run(Endpoint(.failure(refused), .response(200, [:], ["1"]))) == 1)
        let broken = HTTPTransportError(.connectionLost, "it broke")
        let error = try #require(await failure(Endpoint(.failure(broken))))
        #expect(error.kind == .retryable && error.message.contains("it broke"))
    }

    @Test func `may answer line by line`() async throws {
        let told = Observed<[String]>([])
        let context = WorkloadContext.standalone { done, _, _ in told.change { $0.append("\(done)") } }
        let lines = [
            #"{"progress": {"done": 1}}"#, "", #"{"checkpoint": {"at": 1}}"#, #"{"output": "hm\n"}"#, #"{"result": 7}"#,
        ]
        let text = lines.joined(separator: "\n")
        let headers: HTTPHeaders = ["Content-Type": "application/x-ndjson; charset=utf-8"]
        #expect(try await run(Endpoint(.response(200, headers, text.map { String($0) })), context) == 7)
        #expect(told.value == ["1"])
        let later = #"{"error": {"code": "BUSY", "message": "later", "retryable": true}}"#
        #expect(await failure(Endpoint(.response(200, headers, [later]))) == .retryable("BUSY", "later"))
        #expect(await failure(Endpoint(.response(200, headers, [#"{"progress": {"done": 1}}"#])))?.code == "BAD_OUTPUT")
        #expect(await failure(Endpoint(.response(200, headers, ["oops\n"])))?.kind == .permanent)
    }
}
