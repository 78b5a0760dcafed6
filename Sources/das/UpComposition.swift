import CertificateStore
import CurlTransport
import HTTPTransport
import KubernetesClient
import KubernetesModel
import LocalCluster
import Logging
import OperatorService
import ProgramSupport
import ServiceLifecycle
import StructuredData
import SwarmAPI
import Telemetry
import UnixSignals

/// The services of `das up`, in the order of their starts; they end in the opposite order: the node while its agents can still
/// hand back their tasks, the API server last.
struct UpComposition: Sendable {
    /// Longer than an agent's default grace would be no answer to Ctrl-C; what still runs then is handed over by its lease.
    private static let longestShutdown = Duration.seconds(30)
    /// How long after all parts answer they may still be busy with what only a start does, such as the first lists of their caches.
    private static let settling = Duration.seconds(1)

    let cluster: LocalCluster
    let registry: PrometheusRegistry
    let extraKubeconfig: String?
    /// Without, the cluster waits for an operator of somebody's.
    let hasOperator: Bool
    let logger: Logger
    private let gateway = Latch<String>()

    init(
        cluster: LocalCluster, registry: PrometheusRegistry, extraKubeconfig: String?, hasOperator: Bool, logger: Logger
    ) {
        self.cluster = cluster
        self.registry = registry
        self.extraKubeconfig = extraKubeconfig
        self.hasOperator = hasOperator
        self.logger = logger
    }

    func run() async throws {
        let services: [any ServiceLifecycle.Service] =
            [cluster.apiServer, cluster.controllers] + (hasOperator ? [OperatorPart(up: self)] : []) + cluster.nodes
            + [AnnouncePart(up: self)]
        // Where one fails, the others end in their order too: a server that is cancelled leaves connections unfinished.
        var configuration = ServiceGroupConfiguration(
            services: services.map { .init(service: $0, failureTerminationBehavior: .gracefullyShutdownGroup) },
            gracefulShutdownSignals: [.sigint, .sigterm], logger: logger)
        configuration.maximumGracefulShutdownDuration = Self.longestShutdown
        try await ServiceGroup(configuration: configuration).run()
    }

    /// Puts the definitions there, then runs operator and gateway.
    fileprivate func runOperator() async throws {
        let client = try await cluster.clientConfiguration(
            token: cluster.credentials.operatorToken, userAgent: ProductVersion.userAgent("das-operator"))
        try await installDefinitions(client)
        let directory = cluster.configuration.dataDirectory
        let ports = PortRegister(directory: directory)
        let host = cluster.configuration.host
        let service = OperatorService(
            .init(
                cluster: client, store: .sqlite(path: directory.file("tasks.sqlite")),
                gateway: .own(
                    .init(
                        host: host, port: try ports.port(asked: 0, name: "gateway", host: host),
                        certificate: cluster.servingCertificate.certificatePEM,
                        key: cluster.servingCertificate.keyPEM)),
                gatewayAuthorities: cluster.authority.certificatePEM),
            metrics: registry
        ) { url in
            if let port = url.split(separator: ":").last.flatMap({ Int($0) }) { ports.keep(port, name: "gateway") }
            gateway.set(url)
        }
        try await service.run()
    }

    private func installDefinitions(_ configuration: ClientConfiguration) async throws {
        let transport = CurlTransport(configuration.connection)
        defer { transport.shutdown() }
        let client = KubernetesClient(configuration, transport: transport)
        for definition in CustomResourceDefinitions.all {
            _ = try await client.apply(
                CustomResourceDefinition.resource, definition, fieldManager: SwarmNames.swarmController, force: true)
        }
    }

    /// Says where everything is, once all of it answers.
    fileprivate func announce() async throws {
        let directory = cluster.configuration.dataDirectory
        let kubeconfig = try await cluster.writeKubeconfig()
        if let extraKubeconfig { _ = try await cluster.writeKubeconfig(to: extraKubeconfig) }
        guard hasOperator else {
            print("das is up, without an operator; Ctrl-C ends it.\n\nTry:  export KUBECONFIG=\(kubeconfig)")
            return TerminalOutput.flush()
        }
        let gateway = try await gateway.value()
        let running = RunningCluster(
            kubeconfig: kubeconfig, gateway: gateway, dashboard: gateway + "/", ca: directory.file("pki/ca.crt"),
            pid: ProcessEnvironment.processID)
        try directory.write(try JSON(encoding: running).text(.pretty) + "\n", to: RunningCluster.file)
        print(
            """
            das is up; Ctrl-C ends it.

            \(running.summary)
            Try:  export KUBECONFIG=\(kubeconfig)
                  kubectl get agentswarms,swarmtasks -A
            """)
        TerminalOutput.flush()
    }

    /// Lets go of the memory that only the start has used.
    fileprivate func settle() async throws {
        try await Task.sleep(for: Self.settling)
        ProgramPages.unmap()
    }
}

private struct OperatorPart: ServiceLifecycle.Service {
    let up: UpComposition

    func run() async throws { try await up.runOperator() }
}

private struct AnnouncePart: ServiceLifecycle.Service {
    let up: UpComposition

    func run() async throws {
        try await cancelWhenGracefulShutdown {
            do {
                try await up.announce()
                try await up.settle()
                try await gracefulShutdown()
            } catch is CancellationError {
                // Ended before all was up.
            }
        }
        up.cluster.configuration.dataDirectory.remove(RunningCluster.file)
    }
}
