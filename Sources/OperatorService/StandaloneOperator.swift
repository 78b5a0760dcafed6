import CertificateStore
import ControllerRuntime
import Foundation
package import KubernetesClient
import Logging
package import ProgramSupport
import ServiceLifecycle
import Synchronization
package import TaskQueue
package import Telemetry
import UnixSignals

/// `das-operator`: operator and gateway beside a cluster that is already there, with health and metrics.
///
/// The gateway's certificate is signed by an authority that is kept in the data directory, so that it outlives restarts; agents
/// get the authority by ConfigMap. With a lease, nothing of the data directory is touched before the lease is held, and the process is
/// not ready.
package struct StandaloneOperator: Sendable {
    package struct Configuration: Sendable {
        package var cluster: ClientConfiguration
        package var store: StoreLocation
        package var policy: QueuePolicy
        /// Where the gateway's authority is kept; `nil`: beside the file of the store.
        package var dataDirectory: String?
        package var lease: OperatorLease?
        package var gateway: ListenAddress
        package var metrics: ListenAddress
        package var agentImage: String
        package var namespaces: [String]

        package init(
            cluster: ClientConfiguration,
            store: StoreLocation,
            policy: QueuePolicy = QueuePolicy(),
            dataDirectory: String? = nil,
            lease: OperatorLease? = nil,
            gateway: ListenAddress,
            metrics: ListenAddress,
            agentImage: String,
            namespaces: [String]
        ) {
            self.cluster = cluster
            self.store = store
            self.policy = policy
            self.dataDirectory = dataDirectory
            self.lease = lease
            self.gateway = gateway
            self.metrics = metrics
            self.agentImage = agentImage
            self.namespaces = namespaces
        }
    }

    private let configuration: Configuration
    private let registry: PrometheusRegistry
    private let logger = Logger(label: "das.operator")

    package init(_ configuration: Configuration, registry: PrometheusRegistry) {
        self.configuration = configuration
        self.registry = registry
    }

    package func run() async throws {
        let ready = ReadyMark()
        let health = HealthListener(
            host: configuration.metrics.host, port: configuration.metrics.port, registry: registry,
            logger: Logger(label: "das.health"), isReady: { await ready.isReady() })
        let service: any Service
        if let lease = configuration.lease {
            let elector = lease.elector(configuration.cluster)
            service = LeaderService(lease: lease, elector: elector, logger: logger) {
                try await makeService(ready, ledBy: elector).run()
            }
        } else {
            service = try makeService(ready, ledBy: nil)
        }
        let services: [any Service] = [health, service]
        try await ServiceGroup(
            configuration: .init(
                services: services.map { .init(service: $0, failureTerminationBehavior: .gracefullyShutdownGroup) },
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        ).run()
    }

    private func makeService(_ ready: ReadyMark, ledBy elector: LeaderElector?) throws -> OperatorService {
        if let warning = configuration.store.warning { logger.warning("\(warning)") }
        let directory = try DataDirectory(configuration.dataDirectory ?? configuration.store.directory)
        let gateway = configuration.gateway
        let host = GatewayName.host(listening: gateway.host, environment: ProcessEnvironment.current)
        let authority = try CertificateAuthority.open(in: directory, now: Date())
        let certificate = try authority.servingCertificate(
            name: "gateway", hosts: GatewayName.certificateHosts(host), in: directory, now: Date())
        return OperatorService(
            .init(
                cluster: configuration.cluster, store: configuration.store, policy: configuration.policy,
                gatewayHost: gateway.host,
                gatewayPort: gateway.port, gatewayCertificate: certificate.certificatePEM,
                gatewayKey: certificate.keyPEM, gatewayAuthorities: authority.certificatePEM, advertisedHost: host,
                agentImage: configuration.agentImage, namespaces: configuration.namespaces),
            ledBy: elector, metrics: registry, onStart: { isReady in ready.follow(isReady) })
    }
}

/// Whether this process is ready: its gateway is, once there is one.
private final class ReadyMark: Sendable {
    private let gateway = Mutex<(@Sendable () async -> Bool)?>(nil)

    func follow(_ isReady: @escaping @Sendable () async -> Bool) { gateway.withLock { $0 = isReady } }

    func isReady() async -> Bool {
        guard let isReady = gateway.withLock({ $0 }) else { return false }
        return await isReady()
    }
}

/// The name under which agents reach the gateway.
enum GatewayName {
    /// In a cluster the Service that the installation makes, else where it listens.
    static func host(listening: String, environment: [String: String]) -> String {
        if let service = environment["DAS_GATEWAY_SERVICE"], !service.isEmpty { return service }
        return listening == "0.0.0.0" || listening == "::" ? "127.0.0.1" : listening
    }

    static func certificateHosts(_ host: String) -> [String] {
        host == "127.0.0.1" ? [host, "localhost"] : [host, "127.0.0.1", "localhost"]
    }
}
