import HTTPTransport
import Synchronization

/// Answers requests from a list, and keeps what was sent.
final class ScriptedTransport: HTTPTransport {
    private let answers: Mutex<[Result<HTTPResponse, HTTPTransportError>]>
    private let sent = Mutex<[HTTPRequest]>([])

    init(_ answers: Result<HTTPResponse, HTTPTransportError>...) { self.answers = Mutex(answers) }

    convenience init(status: Int, _ body: String, headers: HTTPHeaders = [:]) {
        self.init(.success(HTTPResponse(status: status, headers: headers, body: Array(body.utf8))))
    }

    var requests: [HTTPRequest] { sent.withLock { $0 } }

    func send(_ request: HTTPRequest) async throws -> HTTPResponse {
        sent.withLock { $0.append(request) }
        let answer = answers.withLock { $0.isEmpty ? nil : $0.removeFirst() }
        guard let answer else { throw HTTPTransportError(.closed, "the script has ended") }
        return try answer.get()
    }

    func stream(_ request: HTTPRequest) async throws -> HTTPStreamingResponse {
        throw HTTPTransportError(.badRequest, "no streams here")
    }
}
