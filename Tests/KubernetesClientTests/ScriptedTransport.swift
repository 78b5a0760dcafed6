import HTTPTransport
import StructuredData
import Synchronization

/// Answers requests from a script, in order, and remembers them.
final class ScriptedTransport: HTTPTransport {
    enum Answer: Sendable {
        case response(HTTPResponse)
        case failure(HTTPTransportError)
        /// A stream of these chunks, ended by `error` where there is one; without `ends` it stays open.
        case stream(status: Int = 200, chunks: [[UInt8]], error: HTTPTransportError? = nil, ends: Bool = true)
    }

    private struct State {
        var answers: [Answer]
        var requests: [HTTPRequest] = []
        var silenceTimeouts: [Double?] = []
        var droppedStreams = 0
    }

    private let state: Mutex<State>

    init(_ answers: [Answer]) { state = Mutex(State(answers: answers)) }

    var requests: [HTTPRequest] { state.withLock { $0.requests } }
    var silenceTimeouts: [Double?] { state.withLock { $0.silenceTimeouts } }
    /// How many streams were left by their readers before they ended.
    var droppedStreams: Int { state.withLock { $0.droppedStreams } }

    func send(_ request: HTTPRequest) async throws -> HTTPResponse {
        switch try next(request) {
        case .response(let response): return response
        case .failure(let error): throw error
        case .stream: throw HTTPTransportError(.badRequest, "the script has a stream here")
        }
    }

    func stream(_ request: HTTPRequest) async throws -> HTTPStreamingResponse {
        switch try next(request) {
        case .response(let response):
            return stream(response.status, [response.body], nil, true, response.headers)
        case .failure(let error): throw error
        case .stream(let status, let chunks, let error, let ends): return stream(status, chunks, error, ends, [:])
        }
    }

    private func next(_ request: HTTPRequest) throws -> Answer {
        try state.withLock { state in
            state.requests.append(request)
            guard !state.answers.isEmpty else {
                throw HTTPTransportError(.badRequest, "the script has no answer to \(request.method) \(request.url)")
            }
            return state.answers.removeFirst()
        }
    }

    private func stream(
        _ status: Int, _ chunks: [[UInt8]], _ error: HTTPTransportError?, _ ends: Bool, _ headers: HTTPHeaders
    ) -> HTTPStreamingResponse {
        let (body, continuation) = AsyncThrowingStream<[UInt8], any Error>.makeStream()
        continuation.onTermination = { [self] termination in
            if case .cancelled = termination { state.withLock { $0.droppedStreams += 1 } }
        }
        for chunk in chunks { continuation.yield(chunk) }
        if ends || error != nil { continuation.finish(throwing: error) }
        return HTTPStreamingResponse(status: status, headers: headers, body: body) { seconds in
            self.state.withLock { $0.silenceTimeouts.append(seconds) }
        }
    }
}

extension ScriptedTransport.Answer {
    static func json(_ json: JSON, status: Int = 200, headers: HTTPHeaders = [:]) -> Self {
        .response(HTTPResponse(status: status, headers: headers, body: json.serialized()))
    }

    static func text(_ text: String, status: Int, headers: HTTPHeaders = [:]) -> Self {
        .response(HTTPResponse(status: status, headers: headers, body: Array(text.utf8)))
    }

    static func stream(_ text: String) -> Self { .stream(chunks: [Array(text.utf8)]) }
}

extension HTTPRequest {
    /// The part of the URL behind the server's name.
    var target: String {
        guard let slash = url.dropFirst("https://".count).firstIndex(of: "/") else { return "" }
        return String(url[slash...])
    }

    var path: String { String(target.prefix { $0 != "?" }) }

    /// The query's parameters as they were encoded.
    var query: [String: String] {
        guard let mark = target.firstIndex(of: "?") else { return [:] }
        var query: [String: String] = [:]
        for item in target[target.index(after: mark)...].split(separator: "&") {
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            query[String(parts[0])] = String(parts[1])
        }
        return query
    }

    var json: JSON? { body.flatMap { try? JSON.parse($0) } }
}
