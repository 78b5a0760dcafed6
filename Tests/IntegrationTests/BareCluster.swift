import CertificateStore
import CurlTransport
import Foundation
import KubernetesClient
import KubernetesModel
import LocalCluster
import Logging
import OperatorService
import ServiceLifecycle
import StructuredData
import SwarmAPI
import TestSupport
import Testing

/// An API server of this process's own that knows the product's kinds and has nobody at work on them but a test's own programs; with
/// the built-in controllers and a node, or without.
struct BareCluster: Sendable {
    let directory: String
    let kubeconfig: String
    let client: KubernetesClient

    static func run(_ body: @Sendable (BareCluster) async throws -> Void) async throws {
        let directory = ClusterProcess.newDirectory()
        defer { ClusterProcess.discard(directory) }
        let cluster = try LocalCluster(.init(dataDirectory: DataDirectory("\(directory)/cluster")))
        let server = Task { try await cluster.apiServer.run() }
        defer { server.cancel() }
        try await use(cluster, directory, body)
    }

    /// The same with the controllers and a node that runs pods as processes.
    static func runWithNode(_ body: @Sendable (BareCluster) async throws -> Void) async throws {
        let directory = ClusterProcess.newDirectory()
        defer { ClusterProcess.discard(directory) }
        let cluster = try LocalCluster(
            .init(
                dataDirectory: DataDirectory("\(directory)/cluster"),
                images: [ProductVersion.agentImage: BuiltProgram.path("agent-runner")]))
        var logger = Logger(label: "cluster")
        logger.logLevel = .error
        let group = ServiceGroup(configuration: .init(services: cluster.services, logger: logger))
        let parts = Task { try await group.run() }
        do {
            try await use(cluster, directory, body)
        } catch {
            await group.triggerGracefulShutdown()
            _ = await parts.result
            throw error
        }
        await group.triggerGracefulShutdown()
        try await parts.value
    }

    private static func use(
        _ cluster: LocalCluster, _ directory: String, _ body: (BareCluster) async throws -> Void
    ) async throws {
        let kubeconfig = try await cluster.writeKubeconfig(to: "\(directory)/kubeconfig")
        let configuration = try ClientConfiguration.load(path: kubeconfig, environment: [:])
        let transport = CurlTransport(configuration.connection)
        defer { transport.shutdown() }
        let bare = BareCluster(
            directory: directory, kubeconfig: kubeconfig,
            client: KubernetesClient(configuration, transport: transport))
        try await bare.installDefinitions()
        try await body(bare)
    }

    private func installDefinitions() async throws {
        for definition in CustomResourceDefinitions.all {
            let name = try #require(definition["metadata"]?["name"]?.stringValue)
            _ = try await client.create(CustomResourceDefinition.resource, definition)
            let watch = try await client.watch(
                CustomResourceDefinition.resource, options: WatchOptions(fieldSelector: "metadata.name=\(name)"))
            for try await event in watch {
                let conditions = event.object?["status"]?["conditions"]?.arrayValue ?? []
                if conditions.contains(where: { $0["type"] == "Established" && $0["status"] == "True" }) { break }
            }
        }
    }
}
