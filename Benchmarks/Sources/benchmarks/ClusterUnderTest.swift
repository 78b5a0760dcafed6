import BenchmarkSupport
import CurlTransport
import Foundation
import HTTPTransport
import KubernetesClient
import StructuredData
import TaskProtocol

/// A `das up` of the benchmark's own.
final class ClusterUnderTest: Sendable {
    private static let longestStart = Duration.seconds(60)
    private static let poll = Duration.milliseconds(20)

    let kubernetes: KubernetesClient
    let gateway: GatewayClient
    private let process: Process
    private let transport: CurlTransport
    private let connection: ConnectionSettings
    let gatewayURL: String
    /// The administrator's.
    let token: String

    /// Starts it and waits until it answers.
    /// - Parameters:
    ///   - program: the path of `das`; `agent-runner` must be beside it.
    ///   - arguments: further ones of `das up`.
    static func start(
        program: String, dataDirectory: String, arguments: [String] = []
    ) async throws -> ClusterUnderTest {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = ["up", "--data-dir", dataDirectory, "--listen", "127.0.0.1:0"] + arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        do {
            try process.run()
        } catch {
            throw BenchmarkFailure(
                "\(program) cannot be run; build it with `make build`, or name it with --das: \(error)")
        }
        do {
            let deadline = ContinuousClock.now + longestStart
            while ContinuousClock.now < deadline, process.isRunning {
                if let bytes = FileManager.default.contents(atPath: "\(dataDirectory)/das.json"),
                    let status = try? JSON.parse(Array(bytes)),
                    let kubeconfig = status["kubeconfig"]?.stringValue, let gateway = status["gateway"]?.stringValue
                {
                    return try ClusterUnderTest(process: process, kubeconfig: kubeconfig, gateway: gateway)
                }
                try await Task.sleep(for: poll)
            }
            throw BenchmarkFailure("\(program) up did not come up within \(longestStart)")
        } catch {
            process.terminate()
            process.waitUntilExit()
            throw error
        }
    }

    private init(process: Process, kubeconfig: String, gateway: String) throws {
        let configuration = try ClientConfiguration.load(path: kubeconfig, environment: [:])
        guard case .bearer(let token) = configuration.authentication else {
            throw BenchmarkFailure("\(kubeconfig) has no token")
        }
        self.process = process
        self.token = token
        connection = configuration.connection
        gatewayURL = gateway
        transport = CurlTransport(configuration.connection)
        kubernetes = KubernetesClient(configuration, transport: transport)
        self.gateway = GatewayClient(transport: transport, baseURL: gateway, token: .fixed(token))
    }

    /// Whose certificates its servers show, in PEM.
    func authority() throws -> [UInt8] { try connection.tls.authority() }

    var processIdentifier: Int32 { process.processIdentifier }

    /// A client of the gateway with connections of its own; whoever asks for it shuts its transport down.
    /// - Parameter token: the caller's; absent: the administrator's.
    func connect(token: String? = nil) -> (gateway: GatewayClient, transport: CurlTransport) {
        let transport = CurlTransport(connection)
        let client = GatewayClient(transport: transport, baseURL: gatewayURL, token: .fixed(token ?? self.token))
        return (client, transport)
    }

    /// The gateway's metrics, as Prometheus reads them.
    func metrics() async throws -> [UInt8] {
        let response = try await transport.send(HTTPRequest(.get, "\(gatewayURL)/metrics", timeoutSeconds: 10))
        guard response.isSuccess else { throw BenchmarkFailure("GET \(gatewayURL)/metrics: \(response.status)") }
        return response.body
    }

    /// Ends it, and waits until it has ended.
    func stop() {
        transport.shutdown()
        process.terminate()
        process.waitUntilExit()
    }
}
