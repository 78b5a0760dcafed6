package import CertificateStore
import NIOCore
import NIOHTTP1
import NIOHTTP2
import NIOPosix
import NIOSSL
import Synchronization

/// An HTTP server on a loopback port whose every answer is a test's: over TLS with HTTP/2 or HTTP/1.1, as the client negotiates,
/// or, without a certificate, over plain HTTP/1.1.
package final class ScriptedServer: Sendable {
    package struct Request: Sendable {
        package var method: String
        /// Path and query as they came.
        package var target: String
        package var headers: [(name: String, value: String)]
        package var body: [UInt8]
        package var isHTTP2: Bool

        package func header(_ name: String) -> String? {
            headers.first { $0.name.lowercased() == name.lowercased() }?.value
        }
    }

    /// Answers a request. It may hand the reply to others and return before the answer is complete; where it throws, the
    /// stream is reset.
    package typealias Script = @Sendable (Request, Reply) async throws -> Void

    private struct State {
        var listener: (any Channel)?
        var channels: [ObjectIdentifier: any Channel] = [:]
        var tls: NIOSSLContext?
    }

    private let script: Script
    private let state = Mutex(State())

    package static func start(
        certificate: ServingCertificate? = nil, script: @escaping Script
    ) async throws -> ScriptedServer {
        let server = ScriptedServer(script)
        if let certificate { try server.serve(certificate) }
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 512)
            .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in server.initialize(channel) }
            .bind(host: "127.0.0.1", port: 0).get()
        server.state.withLock { $0.listener = listener }
        return server
    }

    private init(_ script: @escaping Script) { self.script = script }

    package var port: Int { state.withLock { $0.listener?.localAddress?.port ?? 0 } }

    /// New connections are served under another certificate.
    package func serve(_ certificate: ServingCertificate) throws {
        let chain = try NIOSSLCertificate.fromPEMBytes(Array(certificate.certificatePEM.utf8))
        let key = try NIOSSLPrivateKey(bytes: Array(certificate.keyPEM.utf8), format: .pem)
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        configuration.applicationProtocols = ["h2", "http/1.1"]
        let context = try NIOSSLContext(configuration: configuration)
        state.withLock { $0.tls = context }
    }

    /// Drops all connections.
    package func dropConnections() {
        for channel in state.withLock({ Array($0.channels.values) }) { channel.close(promise: nil) }
    }

    /// Listens no more, and drops all connections.
    package func stop() async throws {
        let listener = state.withLock { $0.listener }
        try await listener?.close()
        dropConnections()
    }

    private func initialize(_ channel: any Channel) -> EventLoopFuture<Void> {
        let id = ObjectIdentifier(channel)
        let tls = state.withLock { state in
            state.channels[id] = channel
            return state.tls
        }
        channel.closeFuture.whenComplete { [weak self] _ in
            self?.state.withLock { _ = $0.channels.removeValue(forKey: id) }
        }
        guard let tls else { return initialize1(channel) }
        return channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls))
        }.flatMap { [self] in
            channel.configureHTTP2SecureUpgrade(
                h2ChannelConfigurator: { self.initialize2($0) }, http1ChannelConfigurator: { self.initialize1($0) })
        }
    }

    private func initialize1(_ channel: any Channel) -> EventLoopFuture<Void> {
        channel.eventLoop.makeCompletedFuture { [script] in
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(SideDoor(), name: SideDoor.name)
            try pipeline.configureHTTPServerPipeline()
            try pipeline.addHandler(RequestHandler(isHTTP2: false, script))
        }
    }

    private func initialize2(_ channel: any Channel) -> EventLoopFuture<Void> {
        channel.configureHTTP2Pipeline(mode: .server) { [script] stream in
            stream.eventLoop.makeCompletedFuture {
                let pipeline = stream.pipeline.syncOperations
                try pipeline.addHandler(SideDoor(), name: SideDoor.name)
                try pipeline.addHandler(HTTP2FramePayloadToHTTP1ServerCodec())
                try pipeline.addHandler(RequestHandler(isHTTP2: true, script))
            }
        }.map { _ in }
    }
}

/// A place in the pipeline from which a reply writes what the HTTP encoder would not.
final class SideDoor: ChannelOutboundHandler {
    typealias OutboundIn = Never
    static let name = "side door"

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        context.write(data, promise: promise)
    }
}

/// Collects a request and has the script answer it.
final class RequestHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart

    private let isHTTP2: Bool
    private let script: ScriptedServer.Script
    private var request: ScriptedServer.Request?

    init(isHTTP2: Bool, _ script: @escaping ScriptedServer.Script) {
        self.isHTTP2 = isHTTP2
        self.script = script
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            request = ScriptedServer.Request(
                method: head.method.rawValue, target: head.uri, headers: head.headers.map { ($0.name, $0.value) },
                body: [], isHTTP2: isHTTP2)
        case .body(let bytes):
            request?.body += bytes.readableBytesView
        case .end:
            guard let request else { return }
            self.request = nil
            let reply = Reply(context.channel, isHTTP2: isHTTP2)
            // Ends with the script, which the end of the channel ends.
            let run = Task { [script] in
                do { try await script(request, reply) } catch { await reply.reset() }
            }
            context.channel.closeFuture.whenComplete { _ in run.cancel() }
        }
    }

    /// A broken connection is what the tests are about; the channel's end tells.
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
