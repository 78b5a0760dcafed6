import Foundation
import KubernetesClient
import KubernetesModel
import StructuredData
import SwarmAPI
import TestSupport
import Testing

/// The operator under the rights that `Manifests/` gives it, and no others.
@Suite("What the operator may do", .timeLimit(.minutes(3)))
struct OperatorRightsTests {
    private static let namespace = "default"

    /// A kubeconfig whose user speaks as the operator's service account.
    private func restricted(_ cluster: BareCluster) throws -> String {
        var config = try #require(
            try YAML.parse(String(contentsOfFile: cluster.kubeconfig, encoding: .utf8)).first)
        var users = try #require(config["users"]?.arrayValue)
        for index in users.indices { users[index]["user"]?["as"] = "system:serviceaccount:das-system:das-operator" }
        config["users"] = .array(users)
        let path = "\(cluster.directory)/kubeconfig-operator"
        try YAML.serialize(config).write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    @Test func `It makes, mends and removes all that swarms own with the rights that it is installed with`()
        async throws
    {
        try await BareCluster.run { cluster in
            let client = cluster.client
            let text = try String(contentsOfFile: "\(Checkout.root)/Manifests/operator-access.yaml", encoding: .utf8)
            for object in try YAML.parse(text) {
                let kind = object["kind"]?.stringValue ?? ""
                guard kind == "ClusterRole" || kind == "ClusterRoleBinding" else { continue }
                let resource = ResourceType(
                    group: "rbac.authorization.k8s.io", version: "v1", kind: kind, plural: "\(kind.lowercased())s",
                    namespaced: false)
                _ = try await client.create(resource, object)
            }
            let program = try await ChildProgram.start(
                BuiltProgram.path("das-operator"),
                [
                    "--kubeconfig", try restricted(cluster), "--store", "sqlite:\(cluster.directory)/tasks.sqlite",
                    "--gateway-listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0",
                ])
            func object<R: KubernetesResource>(
                _ type: R.Type, _ name: String, until isFulfilled: @escaping @Sendable (R) -> Bool = { _ in true }
            ) async throws {
                _ = try await client.objects(
                    type, namespace: Self.namespace, fieldSelector: "metadata.name=\(name)"
                ) { $0.first(where: isFulfilled) }
            }
            func isGone<R: KubernetesResource>(_ type: R.Type, _ name: String) async throws {
                _ = try await client.objects(
                    type, namespace: Self.namespace, fieldSelector: "metadata.name=\(name)"
                ) { $0.isEmpty ? true : nil }
            }
            _ = try await client.create(AgentSwarm.resource, Declared.swarm("echo"), namespace: Self.namespace)
            try await object(AgentSwarm.self, "echo") { $0.status?.observedGeneration == $0.metadata.generation }
            try await object(Deployment.self, "echo-agents")
            try await object(ServiceAccount.self, "echo")
            try await object(ConfigMap.self, SwarmNames.gatewayAuthorities)

            try await client.delete(PodDisruptionBudget.self, "echo-agents", namespace: Self.namespace)
            try await object(PodDisruptionBudget.self, "echo-agents")
            _ = try await client.patch(
                AgentSwarm.self, "echo", namespace: Self.namespace,
                patch: .merge(["spec": ["agent": ["network": ["mode": "Unmanaged"]]]]))
            try await isGone(NetworkPolicy.self, "echo-agents")
            try await client.delete(AgentSwarm.self, "echo", namespace: Self.namespace)
            try await isGone(ConfigMap.self, SwarmNames.gatewayAuthorities)

            program.send(SIGTERM)
            #expect(try await program.exitCode() == 0)
            #expect(!program.text.contains("forbidden"), "\(program.text)")
        }
    }
}
