import ArgumentParser
import CurlTransport
import FoundationEssentials
import HTTPTransport
import KubernetesClient
import OperatorService
import ProgramSupport
import TaskProtocol

/// Where a cluster's APIs are and in which namespace to work: the same for all commands that ask them.
struct ClientOptions: ParsableArguments {
    /// What the environment can say as well.
    static let environmentOptions = ["data-dir", "kubeconfig", "gateway", "gateway-ca", "token-file", "namespace"]

    @OptionGroup var data: DataDirectoryOption

    @Option(help: "The cluster's kubeconfig. Default: that of the running das up; with --gateway the usual one.")
    var kubeconfig: String?

    @Option(help: "The gateway's address, such as https://127.0.0.1:8443. Default: that of the running das up.")
    var gateway: String?

    @Option(
        name: .customLong("gateway-ca"),
        help: "The authorities that may sign the gateway's certificate (PEM). Default: those of the kubeconfig.")
    var gatewayAuthorities: String?

    @Option(help: "A bearer token for the gateway. Default: that of the kubeconfig.")
    var tokenFile: String?

    @Option(name: .shortAndLong, help: "Default: the kubeconfig's, or else `default`.")
    var namespace: String?

    /// Runs `body` with clients of both APIs.
    func connect<Result>(_ body: (ClientSession) async throws -> Result) async throws -> Result {
        let (path, address) = try place()
        var configuration = try ClientConfiguration.load(path: path, environment: ProcessEnvironment.current)
        configuration.userAgent = ProductVersion.userAgent("das")
        let transport = CurlTransport(configuration.connection)
        defer { transport.shutdown() }
        var settings = configuration.connection
        if let gatewayAuthorities {
            guard FileManager.default.fileExists(atPath: gatewayAuthorities) else {
                throw CommandFailure(.usage, "--gateway-ca \(gatewayAuthorities): there is no such file")
            }
            settings.tls = TLSConfiguration(authorities: .file(gatewayAuthorities))
        }
        let gatewayTransport = CurlTransport(settings)
        defer { gatewayTransport.shutdown() }
        return try await body(
            ClientSession(
                kubernetes: KubernetesClient(configuration, transport: transport),
                gateway: GatewayClient(
                    transport: gatewayTransport, baseURL: address, token: try token(configuration)),
                namespace: namespace ?? configuration.defaultNamespace))
    }

    /// A kubeconfig (`nil`: the usual one) and the gateway's address.
    private func place() throws -> (kubeconfig: String?, gateway: String) {
        if let gateway { return (kubeconfig, gateway) }
        do {
            let running = try RunningCluster.find(in: data.resolved)
            return (kubeconfig ?? running.kubeconfig, running.gateway)
        } catch let failure as CommandFailure where failure.kind == .unreachable {
            throw CommandFailure(
                .unreachable, "\(failure.message); or name the gateway of another cluster with --gateway")
        }
    }

    private func token(_ configuration: ClientConfiguration) throws -> TokenSource {
        if let tokenFile { return .file(tokenFile) }
        guard case .bearer(let token) = configuration.authentication else {
            throw CommandFailure(
                .usage, "the kubeconfig has no bearer token, and the gateway takes no other; give one with --token-file"
            )
        }
        return .fixed(token)
    }
}
