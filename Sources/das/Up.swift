import ArgumentParser
import CertificateStore
import FoundationEssentials
import Glibc
import HTTPTransport
import KubernetesClient
import LocalAPIServer
import LocalCluster
import Logging
import OperatorService
import ProcessNode
import ProgramSupport
import ServiceLifecycle
import StructuredData
import Telemetry

struct Up: AsyncParsableCommand, EnvironmentConfigurable {
    static let environmentOptions = [
        "data-dir", "listen", "kubeconfig", "tokens", "audit-log", "simulated-nodes", "simulated-ready-delay",
        "simulated-run-time", "pod-eviction-seconds", "log-level", "log-format",
    ]
    static let environmentFlags = ["fresh", "allow-faults", "without-operator"]

    static let configuration = CommandConfiguration(
        abstract: "Run a cluster of your own here: API server, operator, gateway and a node, in the foreground.",
        discussion: """
            Examples:
              das up                                          # on ~/.local/share/das; Ctrl-C ends it
              das up --data-dir /tmp/das --fresh              # from nothing
              das up --listen 127.0.0.1:6443 --kubeconfig ~/.kube/das
              das up --simulated-nodes 40 --simulated-ready-delay 2   # for 10,000 pods without a process
              das up --image registry.example.com/web:2=/opt/web/bin/web          # what a pod of that image runs

            Started again on the same data it goes on where it was. It prints the path of a kubeconfig for kubectl and helm.
            The API server calls no admission webhooks and aggregates no other API servers: such objects are kept, and do nothing.
            """)

    @OptionGroup var data: DataDirectoryOption

    @Option(help: "Where the API server listens; port 0 takes the port of the last time, or a free one.")
    var listen = "127.0.0.1:0"

    @Option(help: "Write the kubeconfig here, too.")
    var kubeconfig: String?

    @OptionGroup var images: ImageOptions

    @Option(help: "A file with further users of the API: token,user,uid,\"group1,group2\" a line.")
    var tokens: String?

    @Option(help: "Append a line of JSON (audit.k8s.io/v1) here for every request to the API.")
    var auditLog: String?

    @Option(help: "Add so many nodes that only pretend to run pods, 250 each.")
    var simulatedNodes = 0

    @Option(help: "How many seconds a pod on a simulated node takes to become ready.")
    var simulatedReadyDelay = 0.0

    @Option(
        help: ArgumentHelp(
            "How many seconds a pod there runs that is not to be restarted, such as a job's. Default: until it is deleted; the "
                + "pod's annotation das.brashlabs.io/simulated-run-seconds says otherwise."))
    var simulatedRunTime: Double?

    @Option(
        help: ArgumentHelp(
            "How many seconds pods stay at most on a node that is not heard of. Default: as long as they tolerate it, which is "
                + "300 where they do not say."))
    var podEvictionSeconds: Int?

    @Flag(help: "Forget what the data directory holds.")
    var fresh = false

    @Flag(
        help: ArgumentHelp(
            "For tests: let an administrator make requests go wrong through /debug/faults of the API server.",
            visibility: .hidden))
    var allowFaults = false

    @Flag(
        help: ArgumentHelp(
            "For the development of operators: API server, controllers and node alone.", visibility: .hidden))
    var withoutOperator = false

    @OptionGroup var logging: LoggingOptions

    func run() async throws {
        let address = try ListenAddress(listen, flag: "--listen")
        guard (0..<SimulatedNodes.limit).contains(simulatedNodes) else {
            throw CommandFailure(
                .usage, "--simulated-nodes is \(simulatedNodes); it must be from 0 to \(SimulatedNodes.limit - 1)")
        }
        let registry = Telemetry.bootstrap(level: try logging.level(or: .notice), format: logging.logFormat)
        let directory = try DataDirectory(data.resolved)
        if fresh { try FreshStart.clear(directory) }
        let cluster = try LocalCluster(
            LocalClusterConfiguration(
                dataDirectory: directory, host: address.host, port: address.port, tokens: try readTokens(),
                images: try images.executables(), auditLogPath: auditLog,
                allowsFaults: allowFaults,
                simulatedNodeCount: simulatedNodes, simulatedReadyDelay: .seconds(max(simulatedReadyDelay, 0)),
                simulatedRunTime: simulatedRunTime.map { .seconds(max($0, 0)) },
                podEvictionLimit: podEvictionSeconds.map { .seconds(max($0, 0)) }))
        let composition = UpComposition(
            cluster: cluster, registry: registry, extraKubeconfig: kubeconfig, hasOperator: !withoutOperator,
            logger: Logger(label: "das.up"))
        try await composition.run()
    }

    private func readTokens() throws -> [StaticToken] {
        guard let tokens else { return [] }
        guard let bytes = FileManager.default.contents(atPath: tokens) else {
            throw CommandFailure(
                .usage, "--tokens \(tokens) cannot be read; is there such a file, and may you read it?")
        }
        do {
            return try StaticToken.parse(String(decoding: bytes, as: UTF8.self), file: tokens)
        } catch {
            throw CommandFailure(.usage, error.message)
        }
    }
}

/// The agents' program beside this one.
enum AgentExecutable {
    static func path() throws(CommandFailure) -> String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        let own = count > 0 ? String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self) : ""
        let folder = own.lastIndex(of: "/").map { String(own[..<$0]) } ?? "."
        let path = "\(folder)/agent-runner"
        guard access(path, X_OK) == 0 else {
            throw CommandFailure(.failed, "\(path) is missing; das needs agent-runner beside it: build both")
        }
        return path
    }
}

/// `--fresh`.
enum FreshStart {
    /// Empties the folder, if it is one of ours and no process uses it.
    static func clear(_ directory: DataDirectory) throws {
        let lock = try directory.lock()
        defer { withExtendedLifetime(lock) {} }
        let own: Set = [
            "pki", "node", "kubeconfig", "das.json", "api.port", "gateway.port", "api.sqlite", "api.sqlite-wal",
            "api.sqlite-shm", "api.sqlite.lock", "tasks.sqlite", "tasks.sqlite-wal", "tasks.sqlite-shm",
            "tasks.sqlite.lock",
        ]
        for name in try FileManager.default.contentsOfDirectory(atPath: directory.path) where own.contains(name) {
            try FileManager.default.removeItem(atPath: directory.file(name))
        }
    }
}
