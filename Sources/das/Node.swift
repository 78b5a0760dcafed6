import ArgumentParser
import CertificateStore
import CurlTransport
import FoundationEssentials
import KubernetesClient
import Logging
import OperatorService
import ProcessNode
import ProgramSupport
import ServiceLifecycle
import Telemetry
import UnixSignals

struct Node: AsyncParsableCommand, EnvironmentConfigurable {
    static let environmentOptions = [
        "kubeconfig", "name", "simulated-ready-delay", "simulated-run-time", "address", "port", "log-client-ca",
        "data-dir", "log-level",
        "log-format",
    ]
    static let environmentFlags = ["simulated"]

    static let configuration = CommandConfiguration(
        abstract: "Join a node that runs pods as processes of this machine to any cluster.",
        discussion: """
            Examples:
              das node --kubeconfig ~/.kube/config --name laptop
              das node --kubeconfig cluster.yaml --name big --image tools/agent:2=/opt/agent/bin/agent
              das node --kubeconfig cluster.yaml --name fake-1 --simulated
              das node --kubeconfig cluster.yaml --name big --address 10.0.0.7 --log-client-ca kubelet-clients.crt

            Containers share this machine's file system and network; an image name stands for an executable here. Each pod has
            an address of its own in 127.0.0.0/8, which its processes find in POD_IP and HOST and must bind themselves; with an
            --address that other machines reach, all pods have that one, so that a real cluster's Services find them. There is
            no DNS: pods find Services in their environment, and the node passes connections to Services on where their
            addresses are in 127.0.0.0/8 as well. Whoever the kubeconfig names must be allowed to watch services and
            endpointslices besides what a node may (system:node and system:node-proxier).
            """)

    @Option(help: "How to reach the cluster.")
    var kubeconfig: String

    @Option(help: "The node's name, unique in the cluster.")
    var name: String

    @OptionGroup var images: ImageOptions

    @Flag(help: "Only pretend to run pods, to try out scale.")
    var simulated = false

    @Option(help: "How many seconds a pod takes to become ready, with --simulated.")
    var simulatedReadyDelay = 0.0

    @Option(
        help: ArgumentHelp(
            "How many seconds a pod runs that is not to be restarted, with --simulated. Default: until it is deleted; the pod's "
                + "annotation das.brashlabs.io/simulated-run-seconds says otherwise."))
    var simulatedRunTime: Double?

    @Option(help: "The address at which the API server reaches this node, for logs.")
    var address = "127.0.0.1"

    @Option(help: "The port for it; 0: any free one.")
    var port = 0

    @Option(
        help: ArgumentHelp(
            "A file with the authorities of client certificates whose holders may read logs: a real API server shows its "
                + "--kubelet-client-certificate.", valueName: "file"))
    var logClientCa: String?

    @Option(
        name: .customLong("data-dir"),
        help: "Where the node keeps volumes and logs. Default: ~/.local/share/das/nodes/NAME.")
    var dataDirectory: String?

    @OptionGroup var logging: LoggingOptions

    func run() async throws {
        let executables = try images.executables()
        let clientAuthorities = try logClientCa.map { path in
            guard let bytes = FileManager.default.contents(atPath: path) else {
                throw CommandFailure(.usage, "--log-client-ca \(path) cannot be read; is there such a file?")
            }
            return String(decoding: bytes, as: UTF8.self)
        }
        _ = Telemetry.bootstrap(level: try logging.level(or: .info), format: logging.logFormat)
        var cluster = try ClientConfiguration.load(path: kubeconfig, environment: ProcessEnvironment.current)
        cluster.userAgent = ProductVersion.userAgent("das-node")
        let transport = CurlTransport(cluster.connection)
        defer { transport.shutdown() }
        let root = try DataDirectory(dataDirectory ?? "\(DataDirectoryOption.standard)/nodes/\(name)")
        let certificate = try CertificateAuthority.open(in: root, now: Date())
            .servingCertificate(name: "node", hosts: [address, name], in: root, now: Date())
        let client = KubernetesClient(cluster, transport: transport)
        let network = LoopbackNetwork(seed: root.path)
        let part: NodePart
        if simulated {
            part = NodePart(
                simulated: SimulatedNodes(
                    .init(
                        names: [name], readyDelay: .seconds(max(simulatedReadyDelay, 0)),
                        runTime: simulatedRunTime.map { .seconds(max($0, 0)) },
                        podAddresses: { network.pods(ofNode: $0) }, address: address, port: port,
                        certificatePEM: certificate.certificatePEM, privateKeyPEM: certificate.keyPEM,
                        bearerToken: ""),
                    client: client))
        } else {
            part = NodePart(
                node: ProcessNode(
                    .init(
                        name: name, rootDirectory: root.path, images: executables, address: address, port: port,
                        certificatePEM: certificate.certificatePEM, privateKeyPEM: certificate.keyPEM,
                        bearerToken: "", clientAuthoritiesPEM: clientAuthorities),
                    client: client))
        }
        try await ServiceGroup(
            services: [part], gracefulShutdownSignals: [.sigint, .sigterm], logger: Logger(label: "das.node")
        ).run()
    }
}

private struct NodePart: Service {
    var node: ProcessNode?
    var simulated: SimulatedNodes?

    func run() async throws {
        try await node?.run()
        if let simulated { try await cancelWhenGracefulShutdown { try await simulated.run() } }
    }
}
