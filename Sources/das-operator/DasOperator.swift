import ArgumentParser
import KubernetesClient
import Logging
import OperatorService
import ProgramSupport
import ServiceLifecycle
import Telemetry

@main
struct DasOperator: AsyncParsableCommand, EnvironmentConfigurable {
    static let environmentOptions =
        [
            "kubeconfig", "namespace", "store", "data-dir", "lease", "lease-namespace", "lease-seconds",
            "gateway-listen", "gateway-url", "gateway-ca", "agent-image", "metrics-listen", "log-level", "log-format",
        ] + QueueOptions.environmentOptions
    static let environmentFlags = ["leader-elect"]

    static let configuration = CommandConfiguration(
        commandName: "das-operator",
        abstract: "Runs the operator of Dynamic Agent Swarms, with its gateway.",
        discussion: """
            Examples:
              das-operator --kubeconfig ~/.kube/config --store sqlite:/tmp/tasks.sqlite
              das-operator --namespace team-a,team-b --agent-image registry.example/agents:1.4

              das-operator --lease das-operator --lease-namespace das-system
              das-operator --leader-elect --store postgres://das@db/das
              das-operator --store redis://queue --gateway-url https://das-gateway.das.svc:8443 --gateway-ca ca.crt

            Inside a cluster it finds the API server by itself. The store sqlite:PATH has one owner: operator and gateway run in
            this process, with one replica. A store postgres://USER@HOST/DATABASE or redis://HOST may have gateways elsewhere, too;
            `das-gateway --help` tells what goes into its URL. A store that is away is waited for, and /readyz says so.

            With --lease a second process, on whatever node, waits until the first has given its
            Lease up or has not renewed it for --lease-seconds. With sqlite:PATH it waits as a whole, and one that loses its Lease
            stops at once and ends with code 1. With the others every process runs its gateway all the time, under one authority
            (Secret das-gateway-authority beside the Lease), and only the operator waits for the Lease and gives it up;
            --leader-elect is --lease das-operator. Every option can be given in the environment: --store as DAS_STORE.

            Exit codes: 0 done, 1 the work failed or the Lease was lost, 2 wrong usage, 3 the cluster cannot be reached or
            the store refuses.
            """,
        version: ProductVersion.text)

    @Option(help: "How to reach the cluster; default: KUBECONFIG, ~/.kube/config, or the pod's own account.")
    var kubeconfig: String?

    @Option(help: "Namespaces to serve, separated by commas; default: all.")
    var namespace: String?

    @Option(help: "Where tasks are kept: sqlite:PATH, postgres://USER@HOST/DATABASE or redis://HOST.")
    var store = "sqlite:/var/lib/das/tasks.sqlite"

    @Option(
        name: .customLong("data-dir"),
        help: "Where the gateway's authority is kept; default: the SQLite store's folder, or /var/lib/das.")
    var dataDirectory: String?

    @OptionGroup var lease: LeaseOptions

    @Option(name: .customLong("gateway-listen"), help: "Where the gateway listens.")
    var gatewayListen: String?

    @Option(name: .customLong("gateway-url"), help: "Where a gateway that runs elsewhere is reached.")
    var gatewayURL: String?

    @Option(
        name: .customLong("gateway-ca"),
        help: "The authorities that may sign the certificate of the gateway at --gateway-url, PEM.")
    var gatewayAuthorities: String?

    @Option(name: .customLong("agent-image"), help: "The agents' image where a swarm names none.")
    var agentImage = ProductVersion.agentImage

    @Flag(
        name: .customLong("leader-elect"),
        help: "Run with several replicas, of which one leads: as --lease das-operator, on a store that they share.")
    var leaderElect = false

    @Option(name: .customLong("metrics-listen"), help: "Where /metrics, /healthz and /readyz are served.")
    var metricsListen = "0.0.0.0:8080"

    @OptionGroup var queue: QueueOptions

    @OptionGroup var logging: LoggingOptions

    static func main() async {
        await ProgramEntry.run(DasOperator.self, explain: OperatorFailures.explain)
    }

    func run() async throws {
        let store = try StoreLocation(store)
        if !store.isShared, leaderElect || gatewayURL != nil {
            let advice =
                leaderElect
                ? "leave out --leader-elect, and name a Lease with --lease to have a second process wait"
                : "leave out --gateway-url"
            throw CommandFailure(
                .usage, "das-operator on sqlite: has one process, with its own gateway: \(advice), or share a store")
        }
        let gateway = try gatewayPlace()
        let metrics = try ListenAddress(metricsListen, flag: "--metrics-listen")
        let registry = Telemetry.bootstrap(level: try logging.level(or: .info), format: logging.logFormat)
        var cluster = try ClientConfiguration.load(path: kubeconfig, environment: ProcessEnvironment.current)
        cluster.userAgent = ProductVersion.userAgent("das-operator")
        let configuration = StandaloneOperator.Configuration(
            cluster: cluster, store: store, policy: queue.policy, dataDirectory: dataDirectory,
            lease: try lease.lease(in: cluster, standard: leaderElect ? "das-operator" : nil), gateway: gateway,
            metrics: metrics, agentImage: agentImage,
            namespaces: namespace.map { $0.split(separator: ",").map(String.init) } ?? [])
        try await StandaloneOperator(configuration, registry: registry).run()
    }

    /// What --gateway-listen, --gateway-url and --gateway-ca say.
    private func gatewayPlace() throws -> StandaloneOperator.GatewayPlace {
        guard let gatewayURL else {
            guard gatewayAuthorities == nil else {
                throw CommandFailure(.usage, "--gateway-ca goes with --gateway-url; this process signs its own gateway")
            }
            return .own(try ListenAddress(gatewayListen ?? "0.0.0.0:8443", flag: "--gateway-listen"))
        }
        guard gatewayListen == nil else {
            throw CommandFailure(.usage, "--gateway-url and --gateway-listen exclude each other: leave one out")
        }
        let isEncrypted = gatewayURL.hasPrefix("https://")
        guard isEncrypted || gatewayURL.hasPrefix("http://127.0.0.1:") || gatewayURL.hasPrefix("http://localhost:")
        else {
            throw CommandFailure(
                .usage,
                "--gateway-url is \(gatewayURL); it must be https://HOST:PORT, since agents send it their tokens "
                    + "(http:// only to this machine)")
        }
        guard let gatewayAuthorities else {
            guard !isEncrypted else {
                throw CommandFailure(
                    .usage, "--gateway-url needs --gateway-ca FILE: by what agents know the gateway's certificate")
            }
            return .elsewhere(.init(url: gatewayURL, authorities: ""))
        }
        do {
            let authorities = String(decoding: try InputFile.read(gatewayAuthorities), as: UTF8.self)
            return .elsewhere(.init(url: gatewayURL, authorities: authorities))
        } catch {
            throw CommandFailure(.usage, "--gateway-ca \(gatewayAuthorities) cannot be read: \(error)")
        }
    }
}
