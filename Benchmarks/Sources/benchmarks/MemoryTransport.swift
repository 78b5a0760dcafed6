import BenchmarkSupport
import HTTPTransport
import StructuredData

/// Answers from memory, so that what is measured is the client alone: no server, no TLS, no sockets.
struct MemoryTransport: HTTPTransport {
    let tasks: PreparedTasks

    func send(_ request: HTTPRequest) async throws -> HTTPResponse {
        HTTPResponse(status: 200, body: tasks.page(request.url))
    }

    func stream(_ request: HTTPRequest) async throws -> HTTPStreamingResponse {
        let pieces = PieceIterator(tasks.initialEvents)
        return HTTPStreamingResponse(
            status: 200, headers: [:], body: AsyncThrowingStream { try await pieces.next() })
    }
}

/// Hands out the pieces, and then waits until it is cancelled, as a watch with no events does.
private actor PieceIterator {
    private var rest: ArraySlice<[UInt8]>

    init(_ pieces: [[UInt8]]) { rest = pieces[...] }

    func next() async throws -> [UInt8]? {
        if let piece = rest.popFirst() { return piece }
        while true { try await Task.sleep(for: .seconds(3600)) }
    }
}
