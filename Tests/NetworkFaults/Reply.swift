import NIOCore
import NIOHTTP1
import NIOHTTP2

/// The answer to one request, in the test's hands: each call puts its bytes on the wire at once, in a chunk (HTTP/1.1) or a DATA
/// frame (HTTP/2) of its own. A call fails once the connection or stream is gone.
package struct Reply: Sendable {
    private let channel: any Channel
    private let isHTTP2: Bool

    init(_ channel: any Channel, isHTTP2: Bool) {
        self.channel = channel
        self.isHTTP2 = isHTTP2
    }

    /// Begins the answer; over HTTP/1.1 chunked where no length is given.
    package func head(_ status: Int = 200, _ headers: [(String, String)] = []) async throws {
        let head = HTTPResponseHead(
            version: isHTTP2 ? .http2 : .http1_1, status: HTTPResponseStatus(statusCode: status),
            headers: HTTPHeaders(headers))
        try await channel.writeAndFlush(HTTPServerResponsePart.head(head))
    }

    package func send(_ bytes: [UInt8]) async throws {
        try await channel.writeAndFlush(HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(bytes: bytes))))
    }

    package func send(_ text: String) async throws { try await send(Array(text.utf8)) }

    package func end() async throws { try await channel.writeAndFlush(HTTPServerResponsePart.end(nil)) }

    /// Gives a whole answer.
    package func respond(_ status: Int = 200, _ headers: [(String, String)] = [], body: [UInt8] = []) async throws {
        try await head(status, headers + [("Content-Length", "\(body.count)")])
        if !body.isEmpty { try await send(body) }
        try await end()
    }

    package func respond(_ status: Int = 200, _ headers: [(String, String)] = [], body: String) async throws {
        try await respond(status, headers, body: Array(body.utf8))
    }

    /// Puts bytes on an HTTP/1.1 connection that no encoder has seen.
    package func raw(_ text: String) async throws {
        precondition(!isHTTP2, "HTTP/2 has frames")
        try await sideDoor(.byteBuffer(ByteBuffer(string: text)))
    }

    /// Ends the answer abruptly: RST_STREAM, or the end of the connection where HTTP/1.1 is spoken.
    /// - Parameter code: as RFC 9113, section 7, numbers them; 2 is an internal error, 7 a refused stream.
    package func reset(code: Int = 2) async {
        // Where the stream has ended already there is nothing to reset.
        if isHTTP2 { try? await sideDoor(.frame(.rstStream(HTTP2ErrorCode(networkCode: code)))) }
        try? await channel.close()
    }

    /// Tells the client to send no new request on this connection (HTTP/2).
    /// - Parameter isProcessed: whether this request, and those before it, are still being answered.
    package func goAway(isProcessed: Bool, code: Int = 0) async throws {
        guard let connection = channel.parent, isHTTP2 else { preconditionFailure("HTTP/1.1 has no GOAWAY") }
        let stream = try await channel.getOption(HTTP2StreamChannelOptions.streamID).get()
        let last = isProcessed ? stream : HTTP2StreamID(max(Int(stream) - 2, 0))
        try await connection.writeAndFlush(
            HTTP2Frame(
                streamID: .rootStream,
                payload: .goAway(lastStreamID: last, errorCode: HTTP2ErrorCode(networkCode: code), opaqueData: nil)))
    }

    private enum Past: Sendable {
        case byteBuffer(ByteBuffer)
        case frame(HTTP2Frame.FramePayload)
    }

    private func sideDoor(_ what: Past) async throws {
        try await channel.eventLoop.flatSubmit { [channel] in
            let promise = channel.eventLoop.makePromise(of: Void.self)
            do {
                let context = try channel.pipeline.syncOperations.context(name: SideDoor.name)
                switch what {
                case .byteBuffer(let bytes): context.writeAndFlush(NIOAny(bytes), promise: promise)
                case .frame(let payload): context.writeAndFlush(NIOAny(payload), promise: promise)
                }
            } catch {
                promise.fail(error)
            }
            return promise.futureResult
        }.get()
    }
}
