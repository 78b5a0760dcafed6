import Foundation
import KubernetesClient
import KubernetesModel
import StructuredData
import SwarmAPI
import TestSupport
import Testing

/// Swarms that go while nobody watches.
@Suite("Departed swarms", .timeLimit(.minutes(3)))
struct DepartedSwarmTests {
    private static let namespace = "default"

    private func start(_ cluster: BareCluster) async throws -> ChildProgram {
        try await ChildProgram.start(
            BuiltProgram.path("das-operator"),
            [
                "--kubeconfig", cluster.kubeconfig, "--store", "sqlite:\(cluster.directory)/tasks.sqlite",
                "--gateway-listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0",
            ])
    }

    private func end(_ program: ChildProgram) async throws {
        program.send(SIGTERM)
        #expect(try await program.exitCode() == 0, "\(program.text)")
    }

    @Test
    func `The tasks of a swarm that went while no operator ran go to another, and what it shared goes with the last`()
        async throws
    {
        try await BareCluster.run { cluster in
            let client = cluster.client
            func task(in swarm: String) async throws {
                _ = try await client.objects(
                    SwarmTask.self, namespace: Self.namespace, fieldSelector: "metadata.name=waits"
                ) { $0.first { $0.status?.phase == .queued && $0.status?.swarm == swarm } }
            }
            func authorities(exist: Bool) async throws {
                _ = try await client.objects(
                    ConfigMap.self, namespace: Self.namespace,
                    fieldSelector: "metadata.name=\(SwarmNames.gatewayAuthorities)"
                ) { $0.isEmpty == exist ? nil : true }
            }
            let first = try await start(cluster)
            _ = try await client.create(AgentSwarm.resource, Declared.swarm("first"), namespace: Self.namespace)
            _ = try await client.create(SwarmTask.resource, Declared.task("waits"), namespace: Self.namespace)
            try await task(in: "first")
            try await end(first)

            try await client.delete(AgentSwarm.self, "first", namespace: Self.namespace)
            _ = try await client.create(AgentSwarm.resource, Declared.swarm("second"), namespace: Self.namespace)
            let second = try await start(cluster)
            try await task(in: "second")
            try await authorities(exist: true)
            try await end(second)

            try await client.delete(AgentSwarm.self, "second", namespace: Self.namespace)
            let third = try await start(cluster)
            try await authorities(exist: false)
            try await end(third)
        }
    }
}
