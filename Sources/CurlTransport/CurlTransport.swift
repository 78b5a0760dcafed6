public import HTTPTransport

/// An `HTTPTransport` on libcurl.
///
/// `.shared` requests multiplex over HTTP/2 where the server speaks it, and else reuse idle connections. Each `.dedicated`
/// request has a connection of its own, over HTTP/1.1, which is closed with it. The two kinds run on a thread each, which
/// starts with the first request of its kind: libcurl remembers of a server whether it multiplexes, and one HTTP/1.1
/// connection among the shared ones would make it forget.
///
/// A stream's reader that falls behind holds the server back where the stream has a connection of its own: nothing is lost, and
/// what waits in memory is bounded by `streamHighWaterBytes`. On a shared connection the stream ends (`streamOverflow`).
///
/// libcurl repeats one kind of request by itself: a GET or HEAD on a pooled connection that breaks without an answer, as happens
/// when the server closes an idle connection at that moment. Any other request then fails with `connectionLost`.
///
/// The transport ends with `shutdown()` or when nothing refers to it any more; an unfinished stream refers to it.
public final class CurlTransport: HTTPTransport {
    public let configuration: Configuration
    private let shared: CurlLoop
    private let dedicated: CurlLoop

    public init(_ configuration: Configuration = Configuration()) {
        self.configuration = configuration
        shared = CurlLoop(configuration, use: .shared)
        dedicated = CurlLoop(configuration, use: .dedicated)
    }

    /// For a server of which `connection` is known, such as `ClientConfiguration.connection` of a Kubernetes client.
    public convenience init(_ connection: ConnectionSettings) { self.init(Configuration(connection)) }

    deinit { shutdown() }

    /// Ends the threads. Requests and streams that are under way, and all later ones, fail with `HTTPTransportError.closed`.
    public func shutdown() {
        shared.close()
        dedicated.close()
    }

    /// The thread that drives `.shared` requests.
    public var executor: (any TransportThread)? { shared }

    public func send(_ request: HTTPRequest) async throws -> HTTPResponse {
        let address = try URLAddress(request.url)
        let loop = loop(request.connection)
        let ticket = TransferTicket()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                loop.start(
                    TransferOrder(ticket: ticket, request: request, address: address, delivery: .whole(continuation)))
            }
        } onCancel: {
            loop.cancel(ticket)
        }
    }

    public func stream(_ request: HTTPRequest) async throws -> HTTPStreamingResponse {
        let address = try URLAddress(request.url)
        let loop = loop(request.connection)
        let ticket = TransferTicket()
        let buffer = buffer(of: request, ticket)
        // The lease lives as long as the stream is held by anyone, and keeps the transport alive.
        let lease = StreamLease(buffer) { [self] in self.loop(request.connection).cancel(ticket) }
        let head = try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                loop.start(
                    TransferOrder(
                        ticket: ticket, request: request, address: address, delivery: .stream(continuation, buffer)))
            }
        } onCancel: {
            loop.cancel(ticket)
        }
        return HTTPStreamingResponse(
            status: head.status, headers: head.headers,
            body: AsyncThrowingStream { try await lease.next() },
            setSilenceTimeout: { loop.setSilenceTimeout($0, of: ticket) })
    }

    /// To hold back a stream is to read no more from its connection, so that TCP holds back the server. That needs a connection
    /// of its own: libcurl goes on reading one that other streams share, and keeps what comes for the one that is held back, up to a
    /// window of HTTP/2 that is larger than any bound that we would want.
    private func buffer(of request: HTTPRequest, _ ticket: TransferTicket) -> StreamBuffer {
        switch request.connection {
        case .shared: StreamBuffer(maxBytes: configuration.maxStreamBufferBytes)
        case .dedicated:
            StreamBuffer(
                maxBytes: configuration.streamHighWaterBytes,
                overflow: .heldBack(goOn: { [dedicated] in dedicated.goOn(ticket) }))
        }
    }

    /// Waits for the ends of the threads after `shutdown()`.
    func waitForThreads(seconds: Double) -> Bool {
        shared.waitForEnd(seconds: seconds) && dedicated.waitForEnd(seconds: seconds)
    }

    private func loop(_ use: HTTPRequest.ConnectionUse) -> CurlLoop {
        switch use {
        case .shared: shared
        case .dedicated: dedicated
        }
    }
}
