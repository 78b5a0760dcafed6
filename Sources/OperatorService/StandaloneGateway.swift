import CurlTransport
import Foundation
import HTTPTransport
import KubernetesAuthentication
import KubernetesClient
import Logging
package import ProgramSupport
import ServiceLifecycle
import TaskGateway
package import TaskQueue
import Telemetry
import UnixSignals

/// `das-gateway`: the gateway alone, over a store of its own.
package struct StandaloneGateway {
    private let store: StoreLocation
    private let policy: QueuePolicy
    private let listen: ListenAddress
    private let tls: GatewayConfiguration.TLS?
    private let cluster: ClientConfiguration
    private let registry: PrometheusRegistry

    /// - Throws: `CommandFailure` that names the flag.
    package init(
        store: StoreLocation, policy: QueuePolicy = QueuePolicy(), listen: ListenAddress, certificateFile: String?,
        keyFile: String?, kubeconfig: String?,
        logging: LoggingOptions
    ) throws {
        self.store = store
        self.policy = policy
        self.listen = listen
        registry = Telemetry.bootstrap(level: try logging.level(or: .info), format: logging.logFormat)
        switch (certificateFile, keyFile) {
        case (let certificate?, let key?):
            tls = .init(
                certificateChain: try Self.read(certificate, flag: "--tls-cert"),
                privateKey: try Self.read(key, flag: "--tls-key"))
        case (nil, nil):
            guard listen.isLoopback else {
                throw CommandFailure(
                    .usage,
                    "--listen \(listen.host):\(listen.port) can be reached from other machines, and tokens must not be read on "
                        + "the way: give --tls-cert and --tls-key, or listen on 127.0.0.1")
            }
            tls = nil
        default: throw CommandFailure(.usage, "--tls-cert and --tls-key go together")
        }
        var cluster = try ClientConfiguration.load(path: kubeconfig, environment: ProcessEnvironment.current)
        cluster.userAgent = ProductVersion.userAgent("das-gateway")
        self.cluster = cluster
    }

    package func run() async throws {
        let transport = CurlTransport(cluster.connection)
        defer { transport.shutdown() }
        let authenticator = KubernetesAuthenticator(client: KubernetesClient(cluster, transport: transport)) { bearer in
            KubernetesClient(cluster.authenticated(bearer: bearer), transport: transport)
        }
        let logger = Logger(label: "das.gateway")
        if let warning = store.warning { logger.warning("\(warning)") }
        let gateway = WaitingGateway(
            GatewayConfiguration(
                host: listen.host, port: listen.port, tls: tls,
                maxConnections: GatewayConfiguration.connections(openFiles: OpenFiles.raiseLimit()),
                metricsText: { [registry] in registry.text() },
                onListening: { host, port in logger.notice("the gateway listens on \(host):\(port)") }),
            authenticator: CachingAuthenticator(authenticator)
        ) { [store, policy] in try await store.open(policy) }
        try await ServiceGroup(
            services: [gateway], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger
        ).run()
    }

    private static func read(_ file: String, flag: String) throws -> [UInt8] {
        guard let data = FileManager.default.contents(atPath: file) else {
            throw CommandFailure(.usage, "\(flag) \(file) cannot be read; is there such a file, and may you read it?")
        }
        return Array(data)
    }
}
