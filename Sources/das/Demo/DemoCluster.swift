import CertificateStore
import CurlTransport
import FoundationEssentials
import KubernetesClient
import OperatorService
import ProgramSupport
import StructuredData
import Subprocess
import SystemPackage
import TaskProtocol

/// A `das up` of the demo's own, as a child process.
struct DemoCluster: Sendable {
    private static let longestStart = Duration.seconds(60)
    private static let longestEnd = Duration.seconds(40)

    /// What the demo talks to.
    struct Connection: Sendable {
        var kubernetes: KubernetesClient
        var gateway: GatewayClient
    }

    let directory: DataDirectory

    private var logFile: String { directory.file("up.log") }

    /// Starts the cluster, runs `body`, and ends the cluster whatever `body` did.
    func run(_ body: @Sendable @escaping (Connection) async throws -> Void) async throws {
        let log = try FileDescriptor.open(
            FilePath(logFile), .writeOnly, options: [.create, .truncate], permissions: .ownerReadWrite)
        var options = PlatformOptions()
        options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: Self.longestEnd)]
        let outcome = try await Subprocess.run(
            .path(FilePath(try Self.ownExecutable())),
            arguments: ["up", "--data-dir", directory.path, "--fresh", "--listen", "127.0.0.1:0"],
            platformOptions: options, input: .none,
            output: .fileDescriptor(log, closeAfterSpawningProcess: false),
            error: .fileDescriptor(log, closeAfterSpawningProcess: true)
        ) { execution in
            let running = try await waitUntilUp(execution.processIdentifier.value)
            try await withConnection(running, body)
            await execution.teardown(using: [.gracefulShutDown(allowedDurationToNextStep: Self.longestEnd)])
        }
        guard case .exited(0) = outcome.terminationStatus else {
            throw CommandFailure(.failed, "das up did not end cleanly (\(outcome.terminationStatus)); see \(logFile)")
        }
    }

    private func waitUntilUp(_ child: Int32) async throws -> RunningCluster {
        let deadline = ContinuousClock.now + Self.longestStart
        while ContinuousClock.now < deadline {
            if let running = try? RunningCluster.find(in: directory.path), running.pid == child { return running }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw CommandFailure(.failed, "das up did not come up within \(Self.longestStart); see \(logFile)")
    }

    private func withConnection(
        _ running: RunningCluster, _ body: (Connection) async throws -> Void
    ) async throws {
        var configuration = try ClientConfiguration.load(path: running.kubeconfig, environment: [:])
        configuration.userAgent = ProductVersion.userAgent("das-demo")
        let transport = CurlTransport(configuration.connection)
        defer { transport.shutdown() }
        guard case .bearer(let token) = configuration.authentication else {
            throw CommandFailure(.failed, "\(running.kubeconfig) has no token")
        }
        try await body(
            Connection(
                kubernetes: KubernetesClient(configuration, transport: transport),
                gateway: GatewayClient(transport: transport, baseURL: running.gateway, token: .fixed(token))))
    }

    private static func ownExecutable() throws -> String {
        try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    }
}
