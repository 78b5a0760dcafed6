import CertificateStore
import Foundation
package import KubernetesClient
import Logging
package import ProgramSupport
import ServiceLifecycle
import Synchronization
package import Telemetry
import UnixSignals

/// `das-operator`: operator and gateway beside a cluster that is already there, with health and metrics.
///
/// The gateway's certificate is signed by an authority that is kept beside the store, so that it outlives restarts; agents get
/// the authority by ConfigMap.
package struct StandaloneOperator: Sendable {
    private let service: OperatorService
    private let health: HealthListener
    private let logger = Logger(label: "das.operator")

    package init(
        cluster: ClientConfiguration,
        store: StoreLocation,
        gateway: ListenAddress,
        metrics: ListenAddress,
        agentImage: String,
        namespaces: [String],
        registry: PrometheusRegistry
    ) throws {
        let path =
            switch store {
            case .sqlite(let path): path
            }
        let directory = try DataDirectory(URL(fileURLWithPath: path).deletingLastPathComponent().path)
        let host = GatewayName.host(listening: gateway.host, environment: ProcessEnvironment.current)
        let authority = try CertificateAuthority.open(in: directory, now: Date())
        let certificate = try authority.servingCertificate(
            name: "gateway", hosts: GatewayName.certificateHosts(host), in: directory, now: Date())
        let ready = ReadyMark()
        service = OperatorService(
            .init(
                cluster: cluster, store: store, gatewayHost: gateway.host, gatewayPort: gateway.port,
                gatewayCertificate: certificate.certificatePEM, gatewayKey: certificate.keyPEM,
                gatewayAuthorities: authority.certificatePEM, advertisedHost: host, agentImage: agentImage,
                namespaces: namespaces),
            metrics: registry
        ) { _ in ready.set() }
        health = HealthListener(
            host: metrics.host, port: metrics.port, registry: registry, logger: Logger(label: "das.health"),
            isReady: { ready.isSet })
    }

    package func run() async throws {
        try await ServiceGroup(
            services: [health, service], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger
        ).run()
    }
}

/// Set once, when the gateway answers.
private final class ReadyMark: Sendable {
    private let mark = Mutex(false)
    func set() { mark.withLock { $0 = true } }
    var isSet: Bool { mark.withLock { $0 } }
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
