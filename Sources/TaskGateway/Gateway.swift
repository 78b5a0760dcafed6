import HTTPTypes
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
package import Logging
import NIOCore
import NIOSSL
import ServiceLifecycle
package import TaskQueue

/// The HTTP API over a task store.
///
/// Serves until cancelled, or until a graceful shutdown: that ends every waiting poll (204) and finishes the calls in
/// progress. Keeps nothing of its own: killed, it is started again on the same store.
package struct Gateway: Service {
    let core: GatewayCore

    /// - Parameter authenticator: says who calls and what they may do; wrapped in a `CachingAuthenticator` by the caller where
    ///   its answers are dear.
    package init(
        _ configuration: GatewayConfiguration,
        store: any TaskStore,
        authenticator: any Authenticator,
        logger: Logger = Logger(label: "gateway")
    ) {
        core = GatewayCore(store: store, authenticator: authenticator, configuration: configuration, logger: logger)
    }

    /// - Throws: where the address cannot be listened on, certificate and key do not fit, or the store cannot be read.
    package func run() async throws {
        let application = try application()
        // Before the first call: a task is not to be refused because its swarm was not looked up yet.
        try await core.loadCatalogue()
        let reaperTicket = core.reaperTicket
        let gaugeTicket = Ticket(number: 0)
        try await withGracefulShutdownHandler {
            try await withThrowingTaskGroup(of: Void.self) { group in
                let follower = FeedFollower(core: core) {
                    reaperTicket.signal(.signalled)
                    gaugeTicket.signal(.signalled)
                }
                group.addTask { await follower.run() }
                group.addTask { [core] in await Reaper(core: core, ticket: reaperTicket).run() }
                group.addTask { [core] in await QueueGauges(core: core, ticket: gaugeTicket).run() }
                group.addTask { [core] in await BlobSweep(core: core).run() }
                // The loops serve the listener's calls: they end after it.
                do {
                    try await application.run()
                } catch {
                    group.cancelAll()
                    throw error
                }
                group.cancelAll()
            }
        } onGracefulShutdown: { [core] in
            core.shutDown()
        }
    }

    private func application() throws -> some ApplicationProtocol {
        let configuration = core.configuration
        var logger = core.logger
        // Hummingbird tells each request; at info that is too much for a log.
        if logger.logLevel < .info { logger.logLevel = .info }
        return Application(
            router: router(),
            server: try server(),
            configuration: ApplicationConfiguration(
                address: .hostname(configuration.host, port: configuration.port), serverName: "das-gateway",
                availableConnectionsDelegate: .maximum(configuration.maxConnections, logger: logger)),
            onServerRunning: { channel in
                let address = channel.localAddress
                configuration.onListening(address?.ipAddress ?? configuration.host, address?.port ?? configuration.port)
            },
            logger: logger)
    }

    /// Every call that is served, as `GET /path/{parameter}`.
    var routeNames: Set<String> {
        Set(
            router().routes.map { route in
                let path = route.path.description
                return "\(route.method.rawValue) \(path.hasPrefix("/") ? path : "/" + path)"
            })
    }

    private func router() -> Router<GatewayContext> {
        let router = Router(context: GatewayContext.self)
        router.add(middleware: ProblemMiddleware(core: core))
        HealthRoutes(core: core).add(to: router)
        DocumentationRoutes().add(to: router)
        let api = router.group("v1").add(
            middleware: AuthenticationMiddleware(authenticator: core.authenticator)
        ).add(middleware: BodyBudgetMiddleware(budget: BodyBudget(limit: core.configuration.maxBodyBytes)))
        TaskRoutes(core: core).add(to: api)
        AgentRoutes(core: core).add(to: api)
        ReportRoutes(core: core).add(to: api)
        ResultRoutes(core: core).add(to: api)
        LimitRoutes(core: core).add(to: api)
        FailureRoutes(core: core).add(to: api)
        return router
    }

    private func server() throws -> HTTPServerBuilder {
        let arrival = core.configuration.arrival
        let plain = HTTPServerBuilder.http1(
            configuration: .init(
                additionalChannelHandlers: [ConnectionWatch(), ArrivalWatch(arrival)], idleTimeout: .seconds(120)))
        guard let tls = core.configuration.tls else { return plain }
        let chain = try NIOSSLCertificate.fromPEMBytes(tls.certificateChain)
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(bytes: tls.privateKey, format: .pem)))
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        return try .tls(plain, tlsConfiguration: configuration)
    }
}
