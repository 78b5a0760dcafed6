import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP2
import NIOHTTPTypesHTTP2
import NIOSSL
import ServerConnections

/// What serves a connection over TLS: HTTP/2 where the client speaks it, else HTTP/1.1.
///
/// In place of Hummingbird's own, whose HTTP/2 keeps NIO's limits: a connection whose client resets 200 streams in 30 seconds is
/// closed there. libcurl 7.88 resets each of many concurrent streams as it is done with it, so that a client which makes some
/// hundreds of calls at once lost its connection again and again.
struct SecureConnection: ServerChildChannel {
    typealias HTTP2Connection = NIOHTTP2Handler.AsyncStreamMultiplexer<HTTP1Channel.Value>

    struct Value: ServerChildChannelValue {
        let version: EventLoopFuture<NIONegotiatedHTTPVersion<HTTP1Channel.Value, HTTP2Connection>>
        let channel: any Channel
    }

    /// A client may reset as many streams a second as it can open; what one stream costs is bounded elsewhere.
    private static let resetsPerSecond = 10_000

    private let tls: NIOSSLContext
    private let http1: HTTP1Channel

    init(tls configuration: TLSConfiguration, responder: @escaping HTTPChannelHandler.Responder) throws {
        var configuration = configuration
        configuration.applicationProtocols = NIOHTTP2SupportedALPNProtocols
        tls = try NIOSSLContext(configuration: configuration)
        http1 = HTTP1Channel(responder: responder)
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandlers(NIOSSLServerHandler(context: tls), WriteGathering())
        }.flatMap {
            channel.configureHTTP2AsyncSecureUpgrade { channel in
                http1.setup(channel: channel, logger: logger)
            } http2ConnectionInitializer: { channel in
                channel.eventLoop.makeCompletedFuture { try configureHTTP2(channel) }
            }
        }.map { Value(version: $0, channel: channel) }
    }

    /// Serves requests on the event loop that reads and writes their bytes: a short one is read, answered and written without a change
    /// of threads, each of which costs much of what the rest does. What takes longer leaves the loop (`withoutLoop`).
    func handle(value: Value, logger: Logger) async {
        await withTaskExecutorPreference(ConnectionExecutor(value.channel)) { await serve(value, logger) }
    }

    private func serve(_ value: Value, _ logger: Logger) async {
        do {
            switch try await value.version.get() {
            case .http1_1(let connection): await http1.handle(value: connection, logger: logger)
            case .http2(let connection):
                try await withThrowingDiscardingTaskGroup { group in
                    for try await stream in connection.inbound {
                        group.addTask { await http1.handleHTTP(asyncChannel: stream, logger: logger) }
                    }
                }
            }
        } catch {
            logger.debug("a connection ended: \(error)")
        }
    }

    private func configureHTTP2(_ channel: any Channel) throws -> HTTP2Connection {
        var configuration = NIOHTTP2Handler.Configuration()
        configuration.stream.streamResetFrameRateLimit.maximumCount = Self.resetsPerSecond
        configuration.stream.streamResetFrameRateLimit.windowLength = .seconds(1)
        let ending = ConnectionEnding()
        let connection = try channel.pipeline.syncOperations.configureAsyncHTTP2Pipeline(
            mode: .server, streamDelegate: ending, configuration: configuration
        ) { stream in
            stream.eventLoop.makeCompletedFuture {
                try stream.pipeline.syncOperations.addHandler(HTTP2FramePayloadToHTTPServerCodec())
                return try HTTP1Channel.Value(wrappingChannelSynchronously: stream)
            }
        }
        try channel.pipeline.syncOperations.addHandler(ending)
        return connection
    }
}

/// Ends an HTTP/2 connection when its client has gone, or when the server stops: then the client hears of it, and what is under
/// way may end.
///
/// `@unchecked Sendable`: used on the event loop of its connection alone.
private final class ConnectionEnding: ChannelInboundHandler, NIOHTTP2StreamDelegate, @unchecked Sendable {
    typealias InboundIn = HTTP2Frame
    typealias OutboundOut = HTTP2Frame

    private var openStreams = 0
    private var isEnding = false

    func streamCreated(_ id: HTTP2StreamID, channel: any Channel) { openStreams += 1 }

    func streamClosed(_ id: HTTP2StreamID, channel: any Channel) {
        openStreams -= 1
        guard isEnding, openStreams == 0, let connection = channel.parent else { return }
        // What the stream wrote last goes out first.
        connection.eventLoop.execute { connection.close(promise: nil) }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent, !isEnding {
            isEnding = true
            let farewell = HTTP2Frame(
                streamID: .rootStream,
                payload: .goAway(lastStreamID: .maxID, errorCode: .noError, opaqueData: nil))
            context.writeAndFlush(wrapOutboundOut(farewell), promise: nil)
            if openStreams == 0 { context.close(promise: nil) }
        }
        // A client that died without a word of TLS: sockets may be half closed here, since HTTP/1.1 allows it.
        if event as? ChannelEvent == .inputClosed { context.close(promise: nil) }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
