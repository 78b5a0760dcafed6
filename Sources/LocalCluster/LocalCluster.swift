package import CertificateStore
import CurlTransport
package import Foundation
package import HTTPTransport
package import KubernetesClient
import LocalAPIServer
import LocalControllers
import Logging
import ProcessNode
package import ServiceLifecycle

/// An API server, its controllers and one node, composed on one data directory.
///
/// Flow: `init` takes the directory and makes or reads certificates and tokens; each part is then a service of its own, so that
/// whoever composes decides the order of their ends: node first, while its pods can still reach everyone; API server last.
/// Guarantees: one process owns a directory; started again on the same directory, the cluster goes on where it was.
package struct LocalCluster: Sendable {
    package let configuration: LocalClusterConfiguration
    package let authority: CertificateAuthority
    package let credentials: ClusterCredentials
    private let certificate: ServingCertificate
    private let lock: DataDirectoryLock
    private let address = Latch<(host: String, port: Int)>()
    private let portRegister: PortRegister

    package init(_ configuration: LocalClusterConfiguration, now: Date = Date()) throws {
        let directory = configuration.dataDirectory
        lock = try directory.lock()
        self.configuration = configuration
        authority = try CertificateAuthority.open(in: directory, now: now)
        credentials = try ClusterCredentials.open(in: directory)
        certificate = try authority.servingCertificate(
            name: "server", hosts: Self.hosts(configuration.host), in: directory, now: now)
        portRegister = PortRegister(directory: directory)
    }

    /// The names and addresses that serving certificates of this cluster are good for.
    package var servingCertificate: ServingCertificate { certificate }

    private static func hosts(_ listen: String) -> [String] {
        let usual = ["127.0.0.1", "localhost", "kubernetes.default.svc"]
        return usual.contains(listen) ? usual : [listen] + usual
    }
}

extension LocalCluster {
    /// Where the API answers; waits until it does.
    package func endpoint() async throws -> String {
        let address = try await address.value()
        return "https://\(address.host):\(address.port)"
    }

    /// A client configuration for one of the cluster's own users.
    package func clientConfiguration(token: String, userAgent: String) async throws -> ClientConfiguration {
        ClientConfiguration(
            server: try await endpoint(), tls: tls, authentication: .bearer(token), userAgent: userAgent)
    }

    /// How clients of this cluster's servers verify them.
    package var tls: TLSConfiguration { TLSConfiguration(authorities: .inline(Array(authority.certificatePEM.utf8))) }

    /// Writes the administrator's kubeconfig; returns its path. Waits until the API answers.
    package func writeKubeconfig(to path: String? = nil) async throws -> String {
        let text = Kubeconfig.text(
            server: try await endpoint(), authoritiesPEM: authority.certificatePEM, token: credentials.administrator)
        guard let path else {
            try configuration.dataDirectory.write(text, to: "kubeconfig", secret: true)
            return configuration.dataDirectory.file("kubeconfig")
        }
        let file = URL(fileURLWithPath: path).standardizedFileURL
        try DataDirectory(file.deletingLastPathComponent().path)
            .write(text, to: file.lastPathComponent, secret: true)
        return file.path
    }
}

extension LocalCluster {
    /// All parts in the order of their starts; they end in the opposite order.
    package var services: [any Service] { [apiServer, controllers] + nodes }

    /// The node that runs pods as processes, and those that pretend to.
    package var nodes: [any Service] { configuration.simulatedNodeCount > 0 ? [node, simulatedNodes] : [node] }

    /// The API server.
    package var apiServer: any Service {
        ServiceFunction { [self] in
            // Known before it is listened at, so that the server can tell pods of it.
            let reserved = try portRegister.reserve(asked: configuration.port, name: "api", host: configuration.host)
            defer { withExtendedLifetime(reserved) {} }
            let nodeTransport = CurlTransport(.init(tls: tls))
            defer { nodeTransport.shutdown() }
            let server = LocalAPIServer(
                .init(
                    host: configuration.host, port: reserved.port, certificatePEM: certificate.certificatePEM,
                    privateKeyPEM: certificate.keyPEM, authorityPEM: authority.certificatePEM,
                    storagePath: configuration.dataDirectory.file("api.sqlite"),
                    tokens: credentials.staticTokens(nodeName: configuration.nodeName) + configuration.tokens,
                    nodeProxy: TransportNodeProxy(transport: nodeTransport, bearerToken: credentials.kubelet),
                    serviceNetwork: ServiceNetwork(network.services.description),
                    auditLogPath: configuration.auditLogPath, allowsFaults: configuration.allowsFaults)
            ) { host, port in
                portRegister.keep(port, name: "api")
                address.set((host, port))
            }
            try await server.run()
        }
    }

    /// The controllers of the built-in kinds.
    package var controllers: any Service {
        ServiceFunction { [self] in
            try await withClient(token: credentials.controllers, userAgent: "das-controllers") { client in
                try await cancelWhenGracefulShutdown {
                    try await LocalControllers(
                        client: client,
                        configuration: .init(
                            rootAuthorities: authority.certificatePEM,
                            podEvictionLimit: configuration.podEvictionLimit)
                    ).run()
                }
            }
        }
    }

    /// The addresses of Services and pods.
    private var network: LoopbackNetwork { LoopbackNetwork(seed: configuration.dataDirectory.path) }

    private var simulatedNodes: any Service {
        ServiceFunction { [self] in
            try await withClient(token: credentials.node, userAgent: "das-simulated-nodes") { client in
                let network = network
                let nodes = SimulatedNodes(
                    .init(
                        names: (1...configuration.simulatedNodeCount).map { "simulated-\($0)" },
                        readyDelay: configuration.simulatedReadyDelay,
                        runTime: configuration.simulatedRunTime,
                        // The first block is the real node's.
                        podAddresses: { network.pods(ofNode: $0 + 1) }, certificatePEM: certificate.certificatePEM,
                        privateKeyPEM: certificate.keyPEM, bearerToken: credentials.kubelet),
                    client: client)
                try await cancelWhenGracefulShutdown { try await nodes.run() }
            }
        }
    }

    /// The node that runs pods as processes.
    private var node: any Service {
        ServiceFunction { [self] in
            try await withClient(token: credentials.node, userAgent: "das-node") { client in
                let node = ProcessNode(
                    .init(
                        name: configuration.nodeName, rootDirectory: configuration.dataDirectory.file("node"),
                        images: configuration.images, certificatePEM: certificate.certificatePEM,
                        privateKeyPEM: certificate.keyPEM, bearerToken: credentials.kubelet,
                        podAddresses: network.pods(ofNode: 0),
                        isBesideSimulated: configuration.simulatedNodeCount > 0),
                    client: client)
                try await node.run()
            }
        }
    }

    private func withClient(
        token: String, userAgent: String, _ body: (KubernetesClient) async throws -> Void
    ) async throws {
        let configuration = try await clientConfiguration(token: token, userAgent: userAgent)
        let transport = CurlTransport(configuration.connection)
        defer { transport.shutdown() }
        // That the parts of a cluster use what is deprecated is no news for whoever runs it.
        try await body(KubernetesClient(configuration, transport: transport, warningLevel: .debug))
    }
}

/// A service made of a closure.
struct ServiceFunction: Service {
    let body: @Sendable () async throws -> Void

    func run() async throws { try await body() }
}
