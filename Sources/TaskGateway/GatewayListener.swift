import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import Logging
import NIOCore
import NIOSSL

/// Listens at a gateway's address and hands each call to a responder.
struct GatewayListener {
    let configuration: GatewayConfiguration
    let logger: Logger

    func application(_ responder: some HTTPResponder<GatewayContext>) throws -> some ApplicationProtocol {
        var logger = logger
        // Hummingbird tells each request; at info that is too much for a log.
        if logger.logLevel < .info { logger.logLevel = .info }
        return Application(
            responder: responder,
            server: try server(),
            configuration: ApplicationConfiguration(
                address: .hostname(configuration.host, port: configuration.port), serverName: "das-gateway",
                availableConnectionsDelegate: .maximum(configuration.maxConnections, logger: logger)),
            onServerRunning: { [configuration] channel in
                let address = channel.localAddress
                configuration.onListening(address?.ipAddress ?? configuration.host, address?.port ?? configuration.port)
            },
            logger: logger)
    }

    private func server() throws -> HTTPServerBuilder {
        let arrival = configuration.arrival
        let plain = HTTPServerBuilder { responder in
            LoopBoundChannel(
                base: HTTP1Channel(
                    responder: responder,
                    configuration: .init(
                        additionalChannelHandlers: [ConnectionWatch(), ArrivalWatch(arrival)],
                        idleTimeout: .seconds(120))))
        }
        guard let tls = configuration.tls else { return plain }
        let chain = try NIOSSLCertificate.fromPEMBytes(tls.certificateChain)
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(bytes: tls.privateKey, format: .pem)))
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        return try .tls(plain, tlsConfiguration: configuration)
    }
}
