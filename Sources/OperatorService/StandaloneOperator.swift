import CertificateStore
import ControllerRuntime
import CurlTransport
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
/// The gateway's certificate is signed by an authority that agents get by ConfigMap. A SQLite store has one owner: with a lease,
/// nothing of the data directory is touched before the lease is held, and the process is not ready. A store that is shared has a
/// gateway in every replica, and the lease says only whose operator works; the replicas' authority is a Secret then.
package struct StandaloneOperator: Sendable {
    /// A gateway that runs elsewhere.
    package struct OtherGateway: Sendable, Equatable {
        package var url: String
        /// The authorities that may sign its certificate, PEM.
        package var authorities: String

        package init(url: String, authorities: String) {
            self.url = url
            self.authorities = authorities
        }
    }

    package enum GatewayPlace: Sendable, Equatable {
        case own(ListenAddress)
        case elsewhere(OtherGateway)
    }

    package struct Configuration: Sendable {
        package var cluster: ClientConfiguration
        package var store: StoreLocation
        package var policy: QueuePolicy
        /// Where the gateway's authority is kept; `nil`: beside the file of the store.
        package var dataDirectory: String?
        package var lease: OperatorLease?
        package var gateway: GatewayPlace
        package var metrics: ListenAddress
        package var agentImage: String
        package var namespaces: [String]

        package init(
            cluster: ClientConfiguration,
            store: StoreLocation,
            policy: QueuePolicy = QueuePolicy(),
            dataDirectory: String? = nil,
            lease: OperatorLease? = nil,
            gateway: GatewayPlace,
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
        let services: [any Service] = [health, try await service(ready)]
        try await ServiceGroup(
            configuration: .init(
                services: services.map { .init(service: $0, failureTerminationBehavior: .gracefullyShutdownGroup) },
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        ).run()
    }

    private func service(_ ready: ReadyMark) async throws -> any Service {
        guard let lease = configuration.lease else { return try makeService(ready, try authority(), .undisputed) }
        guard configuration.store.isShared else {
            let elector = lease.elector(configuration.cluster)
            return LeaderService(lease: lease, elector: elector, logger: logger) {
                try await makeService(ready, try authority(), .held(elector)).run()
            }
        }
        return try makeService(ready, try await sharedAuthority(lease), .contested(lease))
    }

    private func makeService(
        _ ready: ReadyMark, _ authority: Authority, _ leadership: OperatorService.Leadership
    ) throws -> OperatorService {
        if let warning = configuration.store.warning { logger.warning("\(warning)") }
        return OperatorService(
            .init(
                cluster: configuration.cluster, store: configuration.store, policy: configuration.policy,
                gateway: authority.gateway, gatewayAuthorities: authority.certificates,
                agentImage: configuration.agentImage, namespaces: configuration.namespaces),
            leadership: leadership, metrics: registry, onStart: { isReady in ready.follow(isReady) })
    }
}

// MARK: - Certificates

extension StandaloneOperator {
    /// The gateway, and by what agents know it.
    private struct Authority {
        var gateway: OperatorService.GatewayPlace
        var certificates: String
    }

    private func authority() throws -> Authority {
        try authority { hosts in
            let directory = try DataDirectory(configuration.dataDirectory ?? configuration.store.directory)
            let authority = try CertificateAuthority.open(in: directory, now: Date())
            let serving = try authority.servingCertificate(name: "gateway", hosts: hosts, in: directory, now: Date())
            return (authority, serving)
        }
    }

    /// By the Secret that all replicas share, beside their Lease.
    private func sharedAuthority(_ lease: OperatorLease) async throws -> Authority {
        guard case .own = configuration.gateway else { return try authority() }
        let transport = CurlTransport(configuration.cluster.connection)
        defer { transport.shutdown() }
        let client = KubernetesClient(configuration.cluster, transport: transport)
        let shared = try await GatewayAuthority(client: client, namespace: lease.namespace).open(now: Date())
        return try authority { hosts in
            (shared, try shared.servingCertificate(name: "gateway", hosts: hosts, now: Date()))
        }
    }

    private func authority(
        _ sign: (_ hosts: [String]) throws -> (CertificateAuthority, ServingCertificate)
    ) throws -> Authority {
        switch configuration.gateway {
        case .elsewhere(let other):
            return Authority(gateway: .elsewhere(url: other.url), certificates: other.authorities)
        case .own(let address):
            let host = GatewayName.host(listening: address.host, environment: ProcessEnvironment.current)
            let (authority, serving) = try sign(GatewayName.certificateHosts(host))
            let own = OperatorService.OwnGateway(
                host: address.host, port: address.port, certificate: serving.certificatePEM, key: serving.keyPEM,
                advertisedHost: host)
            return Authority(gateway: .own(own), certificates: authority.certificatePEM)
        }
    }
}

/// Whether this process is ready: its service is, once there is one.
private final class ReadyMark: Sendable {
    private let service = Mutex<(@Sendable () async -> Bool)?>(nil)

    func follow(_ isReady: @escaping @Sendable () async -> Bool) { service.withLock { $0 = isReady } }

    func isReady() async -> Bool {
        guard let isReady = service.withLock({ $0 }) else { return false }
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
