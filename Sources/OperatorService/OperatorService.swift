package import ControllerRuntime
import Crypto
import CurlTransport
import HTTPTransport
import KubernetesAuthentication
package import KubernetesClient
package import Logging
import ProgramSupport
import ServiceLifecycle
import SwarmOperator
import TaskGateway
package import TaskQueue
package import Telemetry

/// The operator over one task store, with a gateway in the same process unless one is elsewhere.
///
/// Flow: gateway → store, waited for where it is away → operator, since the agents' Deployments name the gateway's address. On a
/// graceful end the operator stops first, then the gateway, then the store is closed.
package struct OperatorService: Service {
    /// A gateway of this process.
    package struct OwnGateway: Sendable {
        package var host: String
        /// 0: any free one.
        package var port: Int
        /// PEM.
        package var certificate: String
        package var key: String
        /// The host by which agents reach it; `nil`: the one it listens on.
        package var advertisedHost: String?

        package init(host: String, port: Int, certificate: String, key: String, advertisedHost: String? = nil) {
            self.host = host
            self.port = port
            self.certificate = certificate
            self.key = key
            self.advertisedHost = advertisedHost
        }
    }

    package enum GatewayPlace: Sendable {
        case own(OwnGateway)
        /// By which agents reach it.
        case elsewhere(url: String)
    }

    /// Whose work the operator's is.
    package enum Leadership: Sendable {
        /// Nobody else's.
        case undisputed
        /// This process's as long as it runs: it ends when the lease is lost.
        case held(LeaderElector)
        /// This process's whenever it holds the Lease; the gateway does not depend on that.
        case contested(OperatorLease)
    }

    package struct Configuration: Sendable {
        package var cluster: ClientConfiguration
        package var store: StoreLocation
        package var policy: QueuePolicy
        package var gateway: GatewayPlace
        /// The authorities that agents trust, PEM.
        package var gatewayAuthorities: String
        package var agentImage: String
        package var namespaces: [String]

        package init(
            cluster: ClientConfiguration,
            store: StoreLocation,
            policy: QueuePolicy = QueuePolicy(),
            gateway: GatewayPlace,
            gatewayAuthorities: String,
            agentImage: String = ProductVersion.agentImage,
            namespaces: [String] = []
        ) {
            self.cluster = cluster
            self.store = store
            self.policy = policy
            self.gateway = gateway
            self.gatewayAuthorities = gatewayAuthorities
            self.agentImage = agentImage
            self.namespaces = namespaces
        }
    }

    private let configuration: Configuration
    private let leadership: Leadership
    private let metrics: PrometheusRegistry
    private let onStart: @Sendable (_ isReady: @escaping @Sendable () async -> Bool) -> Void
    private let onListening: @Sendable (_ url: String) -> Void
    private let logger: Logger

    /// - Parameters:
    ///   - onListening: called once with the gateway's address, when the gateway serves.
    ///   - onStart: called once with what says whether the gateway, or without one the store, serves.
    package init(
        _ configuration: Configuration,
        leadership: Leadership = .undisputed,
        metrics: PrometheusRegistry,
        logger: Logger = Logger(label: "das.operator"),
        onListening: @escaping @Sendable (_ url: String) -> Void = { _ in },
        onStart: @escaping @Sendable (_ isReady: @escaping @Sendable () async -> Bool) -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.leadership = leadership
        self.metrics = metrics
        self.logger = logger
        self.onStart = onStart
        self.onListening = onListening
    }

    package func run() async throws {
        let transport = CurlTransport(configuration.cluster.connection)
        defer { transport.shutdown() }
        let client = KubernetesClient(configuration.cluster, transport: transport)
        switch configuration.gateway {
        case .own(let own): try await run(own, client, transport)
        case .elsewhere(let url): try await run(beside: url, client)
        }
    }

    private func run(_ own: OwnGateway, _ client: KubernetesClient, _ transport: CurlTransport) async throws {
        let (addresses, found) = AsyncStream.makeStream(of: String.self, bufferingPolicy: .bufferingNewest(1))
        let (stores, opened) = AsyncStream.makeStream(
            of: (any TaskStore).self, bufferingPolicy: .bufferingNewest(1))
        let gateway = WaitingGateway(
            gatewayConfiguration(own) { url in
                found.yield(url)
                found.finish()
            },
            authenticator: CachingAuthenticator(
                KubernetesAuthenticator(client: client) { [cluster = configuration.cluster] bearer in
                    KubernetesClient(cluster.authenticated(bearer: bearer), transport: transport)
                }),
            open: { [configuration] in try await configuration.store.open(configuration.policy) },
            onOpen: { store in
                opened.yield(store)
                opened.finish()
            })
        onStart { await gateway.isReady() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                // One that ends before it has listened, or has a store, has nothing to be operated.
                defer {
                    found.finish()
                    opened.finish()
                }
                try await gateway.run()
            }
            group.addTask {
                for await url in addresses {
                    for await store in stores {
                        try await operate(on: store, client, gateway: url)
                    }
                }
            }
            // Whichever fails ends the other. In a graceful shutdown each ends by itself: a gateway that were cancelled would leave its
            // connections as they are.
            defer { group.cancelAll() }
            while try await group.next() != nil {}
        }
    }

    private func run(beside url: String, _ client: KubernetesClient) async throws {
        let readiness = StoreReadiness()
        onStart { await readiness.isReady() }
        try await cancelWhenGracefulShutdown {
            let store = try await StorePatience(logger: logger).until {
                try await configuration.store.open(configuration.policy)
            }
            logger.notice("the task store is open")
            readiness.follow(store)
            try await operate(on: store, client, gateway: url)
        }
    }

    private func operate(on store: any TaskStore, _ client: KubernetesClient, gateway url: String) async throws {
        onListening(url)
        let configuration = operatorConfiguration(gateway: url)
        let work: @Sendable (LeaderElector?) async throws -> Void = { elector in
            try await cancelWhenGracefulShutdown {
                try await SwarmOperator(client: client, store: store, configuration: configuration, ledBy: elector)
                    .run()
            }
        }
        switch leadership {
        case .undisputed: try await work(nil)
        case .held(let elector): try await work(elector)
        case .contested(let lease):
            try await LeaderTurns(lease: lease, cluster: self.configuration.cluster, logger: logger, work: work).run()
        }
    }

    private func gatewayConfiguration(
        _ own: OwnGateway, _ onListening: @escaping @Sendable (String) -> Void
    ) -> GatewayConfiguration {
        GatewayConfiguration(
            host: own.host, port: own.port,
            tls: .init(certificateChain: Array(own.certificate.utf8), privateKey: Array(own.key.utf8)),
            maxConnections: GatewayConfiguration.connections(openFiles: OpenFiles.raiseLimit()),
            metricsText: { [metrics] in metrics.text() },
            onListening: { host, port in onListening("https://\(own.advertisedHost ?? host):\(port)") })
    }

    private func operatorConfiguration(gateway: String) -> OperatorConfiguration {
        OperatorConfiguration(
            namespaces: configuration.namespaces, agentImage: configuration.agentImage,
            gatewayURL: gateway, gatewayAuthorities: configuration.gatewayAuthorities,
            version: ProductVersion.text,
            sha256: { bytes in
                SHA256.hash(data: bytes).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            })
    }
}
