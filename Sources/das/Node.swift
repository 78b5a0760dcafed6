import ArgumentParser
import CertificateStore
import CurlTransport
import KubernetesClient
import Logging
import OperatorService
import ProcessNode
import ProgramSupport
import ServiceLifecycle
import Telemetry
import UnixSignals

struct Node: AsyncParsableCommand, EnvironmentConfigurable {
    static let environmentOptions = ["kubeconfig", "name", "data-dir", "log-level", "log-format"]
    static let environmentFlags = ["simulated"]

    static let configuration = CommandConfiguration(
        abstract: "Join a node that runs pods as processes of this machine to any cluster.",
        discussion: """
            Examples:
              das node --kubeconfig ~/.kube/config --name laptop
              das node --kubeconfig cluster.yaml --name big --image tools/agent:2=/opt/agent/bin/agent
              das node --kubeconfig cluster.yaml --name fake-1 --simulated

            Containers share this machine's file system and network; an image name stands for an executable here.
            """)

    @Option(help: "How to reach the cluster.")
    var kubeconfig: String

    @Option(help: "The node's name, unique in the cluster.")
    var name: String

    @Option(
        help: ArgumentHelp(
            "The executable that stands for an image; may be given many times.", valueName: "image=executable"))
    var image: [String] = []

    @Flag(help: "Only pretend to run pods, to try out scale.")
    var simulated = false

    @Option(
        name: .customLong("data-dir"),
        help: "Where the node keeps volumes and logs. Default: ~/.local/share/das/nodes/NAME.")
    var dataDirectory: String?

    @OptionGroup var logging: LoggingOptions

    func run() async throws {
        var images = [ProductVersion.agentImage: try AgentExecutable.path()]
        for entry in image {
            guard let equals = entry.firstIndex(of: "="), equals != entry.startIndex else {
                throw CommandFailure(.usage, "--image is \"\(entry)\"; it must be IMAGE=EXECUTABLE")
            }
            images[String(entry[..<equals])] = String(entry[entry.index(after: equals)...])
        }
        _ = Telemetry.bootstrap(level: try logging.level(or: .info), format: logging.logFormat)
        var cluster = try ClientConfiguration.load(path: kubeconfig, environment: ProcessEnvironment.current)
        cluster.userAgent = ProductVersion.userAgent("das-node")
        let transport = CurlTransport(cluster.connection)
        defer { transport.shutdown() }
        let root = dataDirectory ?? "\(DataDirectoryOption.standard)/nodes/\(name)"
        // Logs are for whoever holds a token that this node is given by its cluster; a foreign cluster has none.
        let node = ProcessNode(
            .init(
                name: name, rootDirectory: try DataDirectory(root).path, images: images, bearerToken: "",
                isSimulated: simulated),
            client: KubernetesClient(cluster, transport: transport))
        try await ServiceGroup(
            services: [NodePart(node: node)], gracefulShutdownSignals: [.sigint, .sigterm],
            logger: Logger(label: "das.node")
        ).run()
    }
}

private struct NodePart: Service {
    let node: ProcessNode

    func run() async throws { try await node.run() }
}
