import CertificateStore
import CurlTransport
import Foundation
import KubernetesClient
import KubernetesModel
import LocalCluster
import ServiceLifecycle
import StructuredData
import SwarmAPI
import TestSupport
import Testing

/// An API server of this process's own that knows the product's kinds and has nobody at work on them but a test's own programs.
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
