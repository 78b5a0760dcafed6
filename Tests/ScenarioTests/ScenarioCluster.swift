import CurlTransport
import Foundation
import HTTPTransport
import KubernetesClient
import KubernetesModel
import SwarmAPI
import TestSupport
import Testing

/// Where the scenarios run: a `das up` of their own, or the cluster of the kubeconfig that `KUBECONFIG_UNDER_TEST` names.
///
/// On a cluster of yours the definitions are applied. Where `AGENT_IMAGE_UNDER_TEST` names what the agents run, the operator with its
/// gateway runs as a process here, as an administrator, and agents reach it at `GATEWAY_HOST_UNDER_TEST`; no other operator may work
/// there. Without it, the operator that works there is put to the test, such as that of another `das up`:
///
///     das up --data-dir /tmp/das
///     KUBECONFIG_UNDER_TEST=/tmp/das/kubeconfig make test FILTER=ScenarioTests
///
///     das up --data-dir /tmp/das --without-operator --image example.com/agent:1=.build/debug/agent-runner
///     KUBECONFIG_UNDER_TEST=/tmp/das/kubeconfig AGENT_IMAGE_UNDER_TEST=example.com/agent:1 GATEWAY_HOST_UNDER_TEST=localhost \
///         make test FILTER=ScenarioTests
final class ScenarioCluster: Sendable {
    @TaskLocal private static var running: ScenarioCluster?

    static var current: ScenarioCluster {
        get throws { try #require(running, "the scenarios' cluster runs in the scope of their trait alone") }
    }

    let client: KubernetesClient
    private let transport: CurlTransport

    private init(kubeconfig: String, environment: [String: String]) throws {
        let configuration = try ClientConfiguration.load(path: kubeconfig, environment: environment)
        transport = CurlTransport(configuration.connection)
        client = KubernetesClient(configuration, transport: transport)
    }

    static func run(_ body: () async throws -> Void) async throws {
        let environment = ProcessInfo.processInfo.environment
        let directory = ClusterProcess.newDirectory()
        defer { ClusterProcess.discard(directory) }
        if let kubeconfig = environment["KUBECONFIG_UNDER_TEST"], !kubeconfig.isEmpty {
            return try await runOn(kubeconfig, environment, directory, body)
        }
        let process = try await ClusterProcess.start(directory)
        try await ScenarioCluster(kubeconfig: process.kubeconfig, environment: [:]).use(body)
        #expect(try await process.stop() == 0)
    }

    private static func runOn(
        _ kubeconfig: String, _ environment: [String: String], _ directory: String, _ body: () async throws -> Void
    ) async throws {
        guard let image = environment["AGENT_IMAGE_UNDER_TEST"], !image.isEmpty else {
            return try await ScenarioCluster(kubeconfig: kubeconfig, environment: environment).use(body)
        }
        let host = try #require(
            environment["GATEWAY_HOST_UNDER_TEST"], "it names this machine as that cluster's pods do")
        let cluster = try ScenarioCluster(kubeconfig: kubeconfig, environment: environment)
        for definition in CustomResourceDefinitions.all {
            _ = try await cluster.client.apply(
                CustomResourceDefinition.resource, definition, fieldManager: SwarmNames.swarmController, force: true)
        }
        let process = try await ChildProgram.start(
            BuiltProgram.path("das-operator"),
            [
                "--kubeconfig", kubeconfig, "--store", "sqlite:\(directory)/tasks.sqlite", "--gateway-listen",
                "0.0.0.0:0",
                "--metrics-listen", "127.0.0.1:0", "--agent-image", image,
            ], environment: ["DAS_GATEWAY_SERVICE": host])
        try await process.waitFor("caches are filled")
        try await cluster.use(body)
        process.send(SIGTERM)
        #expect(try await process.exitCode() == 0, "\(process.text)")
    }

    private func use(_ body: () async throws -> Void) async throws {
        defer { transport.shutdown() }
        try await Self.$running.withValue(self) { try await body() }
    }
}

/// Runs a suite's tests on one cluster.
struct ScenarioScope: SuiteTrait, TestScoping {
    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        try await ScenarioCluster.run(function)
    }
}

extension Trait where Self == ScenarioScope {
    static var scenarioCluster: ScenarioScope { ScenarioScope() }
}
