package import ControllerRuntime
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

/// Operator and gateway over one task store, in one process.
///
/// Flow: gateway → store, waited for where it is away → operator, since the agents' Deployments name the gateway's address. On a
/// graceful end the operator stops first, then the gateway, then the store is closed.
package struct OperatorService: Service {
    package struct Configuration: Sendable {
        package var cluster: ClientConfiguration
        package var store: StoreLocation
        package var policy: QueuePolicy
        package var gatewayHost: String
        /// 0: any free one.
        package var gatewayPort: Int
        /// PEM.
        package var gatewayCertificate: String
        package var gatewayKey: String
        /// The authorities that agents trust, PEM.
        package var gatewayAuthorities: String
        /// The host by which agents reach the gateway; `nil`: the one it listens on.
        package var advertisedHost: String?
        package var agentImage: String
        package var namespaces: [String]

        package init(
            cluster: ClientConfiguration,
            store: StoreLocation,
            policy: QueuePolicy = QueuePolicy(),
            gatewayHost: String,
            gatewayPort: Int,
            gatewayCertificate: String,
            gatewayKey: String,
            gatewayAuthorities: String,
            advertisedHost: String? = nil,
            agentImage: String = ProductVersion.agentImage,
            namespaces: [String] = []
        ) {
            self.cluster = cluster
            self.store = store
            self.policy = policy
            self.gatewayHost = gatewayHost
            self.gatewayPort = gatewayPort
            self.gatewayCertificate = gatewayCertificate
            self.gatewayKey = gatewayKey
            self.gatewayAuthorities = gatewayAuthorities
            self.advertisedHost = advertisedHost
            self.agentImage = agentImage
            self.namespaces = namespaces
        }
    }

    private let configuration: Configuration
    private let elector: LeaderElector?
    private let metrics: PrometheusRegistry
    private let onStart: @Sendable (_ isReady: @escaping @Sendable () async -> Bool) -> Void
    private let onListening: @Sendable (_ url: String) -> Void
    private let logger: Logger

    /// - Parameters:
    ///   - elector: whose work this is; `nil`: nobody's.
    ///   - onListening: called once with the gateway's address, when the gateway serves.
    ///   - onStart: called once with what says whether the gateway serves.
    package init(
        _ configuration: Configuration,
        ledBy elector: LeaderElector? = nil,
        metrics: PrometheusRegistry,
        logger: Logger = Logger(label: "das.operator"),
        onListening: @escaping @Sendable (_ url: String) -> Void = { _ in },
        onStart: @escaping @Sendable (_ isReady: @escaping @Sendable () async -> Bool) -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.elector = elector
        self.metrics = metrics
        self.logger = logger
        self.onStart = onStart
        self.onListening = onListening
    }

    package func run() async throws {
        let transport = CurlTransport(configuration.cluster.connection)
        defer { transport.shutdown() }
        let client = KubernetesClient(configuration.cluster, transport: transport)
        let (addresses, found) = AsyncStream.makeStream(of: String.self, bufferingPolicy: .bufferingNewest(1))
        let (stores, opened) = AsyncStream.makeStream(
            of: (any TaskStore).self, bufferingPolicy: .bufferingNewest(1))
        let gateway = WaitingGateway(
            gatewayConfiguration { url in
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
            group.addTask { try await gateway.run() }
            group.addTask {
                for await url in addresses {
                    for await store in stores { try await operate(on: store, client, gateway: url) }
                }
            }
            // Whichever ends or fails first ends the other.
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func operate(on store: any TaskStore, _ client: KubernetesClient, gateway url: String) async throws {
        onListening(url)
        try await cancelWhenGracefulShutdown {
            try await SwarmOperator(
                client: client, store: store, configuration: operatorConfiguration(gateway: url), ledBy: elector
            ).run()
        }
    }

    private func gatewayConfiguration(_ onListening: @escaping @Sendable (String) -> Void) -> GatewayConfiguration {
        GatewayConfiguration(
            host: configuration.gatewayHost, port: configuration.gatewayPort,
            tls: .init(
                certificateChain: Array(configuration.gatewayCertificate.utf8),
                privateKey: Array(configuration.gatewayKey.utf8)),
            maxConnections: GatewayConfiguration.connections(openFiles: OpenFiles.raiseLimit()),
            metricsText: { [metrics] in metrics.text() },
            onListening: { [advertisedHost = configuration.advertisedHost] host, port in
                onListening("https://\(advertisedHost ?? host):\(port)")
            })
    }

    private func operatorConfiguration(gateway: String) -> OperatorConfiguration {
        OperatorConfiguration(
            namespaces: configuration.namespaces, agentImage: configuration.agentImage,
            gatewayURL: gateway, gatewayAuthorities: configuration.gatewayAuthorities,
            version: ProductVersion.text)
    }
}
