import HTTPTypes
import Hummingbird
package import Logging
import ServiceLifecycle
import Synchronization
package import TaskQueue

/// A gateway whose task store may be away when it starts.
///
/// Flow: listen → open the store, again and again while it is away → serve. Until it serves, calls are told to come back, and
/// `/readyz` says that it is not ready. A store that refuses, by reason of a wrong password or an unknown release for example, ends
/// the gateway with that error: nothing here can change it.
package struct WaitingGateway: Service {
    private let configuration: GatewayConfiguration
    private let authenticator: any Authenticator
    private let logger: Logger
    private let open: @Sendable () async throws -> any TaskStore
    private let onOpen: @Sendable (any TaskStore) -> Void
    private let entrance: Entrance

    /// - Parameters:
    ///   - open: throws `TaskStoreError.unavailable` where another attempt may do better.
    ///   - onOpen: called once, when the store is open and calls are served.
    package init(
        _ configuration: GatewayConfiguration, authenticator: any Authenticator,
        logger: Logger = Logger(label: "gateway"), open: @escaping @Sendable () async throws -> any TaskStore,
        onOpen: @escaping @Sendable (any TaskStore) -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.authenticator = authenticator
        self.logger = logger
        self.open = open
        self.onOpen = onOpen
        entrance = Entrance(configuration)
    }

    /// Whether calls are served now.
    package func isReady() async -> Bool { await entrance.isReady() }

    /// - Throws: where the address cannot be listened on, certificate and key do not fit, or the store refuses.
    package func run() async throws {
        let application = try GatewayListener(configuration: configuration, logger: logger).application(entrance)
        // A listener that were cancelled would leave its connections as they are.
        let listener = ServiceGroup(configuration: .init(services: [application], logger: logger))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                do {
                    try await serve()
                } catch is CancellationError {
                    // Ended before the store was there.
                } catch {
                    await listener.triggerGracefulShutdown()
                    throw error
                }
            }
            defer { group.cancelAll() }
            try await listener.run()
            // The loops serve the listener's calls: they end after it.
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    private func serve() async throws {
        let patience = StorePatience(logger: logger)
        let store = try await patience.until(open)
        let gateway = Gateway(configuration, store: store, authenticator: authenticator, logger: logger)
        // Before the first call: a task is not to be refused because its swarm was not looked up yet.
        try await patience.until { try await gateway.core.loadCatalogue() }
        entrance.lead(to: gateway)
        logger.notice("the task store is open")
        onOpen(store)
        await gateway.work()
    }
}

/// Answers for a gateway that is not there yet, and then hands every call to it.
private final class Entrance: HTTPResponder {
    typealias Context = GatewayContext

    private struct Target {
        var core: GatewayCore
        var responder: any HTTPResponder<GatewayContext>
    }

    private let configuration: GatewayConfiguration
    private let target = Mutex<Target?>(nil)

    init(_ configuration: GatewayConfiguration) { self.configuration = configuration }

    func lead(to gateway: Gateway) {
        let target = Target(core: gateway.core, responder: gateway.responder())
        self.target.withLock { $0 = target }
    }

    func isReady() async -> Bool {
        guard let core = target.withLock({ $0?.core }) else { return false }
        return await core.obstacle() == nil
    }

    func respond(to request: Request, context: GatewayContext) async throws -> Response {
        if let responder = target.withLock({ $0?.responder }) {
            return try await responder.respond(to: request, context: context)
        }
        switch (request.method, request.uri.path) {
        case (.get, "/healthz"): return HealthRoutes.healthy
        case (.get, "/metrics"):
            if let text = configuration.metricsText { return HealthRoutes.metrics(await text()) }
        default: break
        }
        return .problem(Problems.unavailable("the task store cannot be reached yet; the gateway's log says why"))
    }
}
