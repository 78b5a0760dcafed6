import HTTPTypes
import Hummingbird
package import Logging
import ServerConnections
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
        let application = try GatewayListener(configuration: core.configuration, logger: core.logger)
            .application(responder())
        // Before the first call: a task is not to be refused because its swarm was not looked up yet.
        try await core.loadCatalogue()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await work() }
            // The loops serve the listener's calls: they end after it.
            defer { group.cancelAll() }
            try await ListenError.naming(core.configuration.host, core.configuration.port) {
                try await application.run()
            }
        }
    }

    /// All that is done beside answering calls, until cancelled; a graceful shutdown ends the waiting calls.
    func work() async {
        let reaperTicket = core.reaperTicket
        let gaugeTicket = Ticket(number: 0)
        await withGracefulShutdownHandler {
            await withTaskGroup(of: Void.self) { group in
                let follower = FeedFollower(core: core) {
                    reaperTicket.signal(.signalled)
                    gaugeTicket.signal(.signalled)
                }
                group.addTask { await follower.run() }
                group.addTask { [core] in await core.wakeUps.run() }
                group.addTask { [core] in await Reaper(core: core, ticket: reaperTicket).run() }
                group.addTask { [core] in await QueueGauges(core: core, ticket: gaugeTicket).run() }
                group.addTask { [core] in await BlobSweep(core: core).run() }
            }
        } onGracefulShutdown: { [core] in
            core.shutDown()
        }
    }

    /// Every call that is served, as `GET /path/{parameter}`.
    var routeNames: Set<String> {
        Set(
            router().routes.map { route in
                let path = route.path.description
                return "\(route.method.rawValue) \(path.hasPrefix("/") ? path : "/" + path)"
            })
    }

    func responder() -> some HTTPResponder<GatewayContext> { router().buildResponder() }

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
}
