import KubernetesClient
import KubernetesModel
import StructuredData
import SwarmAPI
import TestSupport
import Testing

/// What a swarm owns in its namespace, and whose the rest is.
@Suite("What swarms own", .serialized, .timeLimit(.minutes(5)))
struct SwarmOwnershipTests {
    private static let namespace = TestCluster.namespace
    private static let budget = PodDisruptionBudget.resource
    private static let policy = NetworkPolicy.resource

    @Test
    func `Agents run where restricted pods alone may, and what they need comes back when it is deleted or changed`()
        async throws
    {
        try await TestCluster.run { cluster in
            let client = cluster.kubernetes
            _ = try await client.patch(
                Namespace.self, Self.namespace,
                patch: .merge(["metadata": ["labels": ["pod-security.kubernetes.io/enforce": "restricted"]]]))
            try await cluster.apply(Declared.swarm("echo"), Declared.task("one", input: ["result": 1]))
            #expect(try await cluster.finished("one").status?.phase == .succeeded)

            func deleted<R: KubernetesResource>(_ type: R.Type, _ name: String) async throws {
                let old = try await client.get(type, name, namespace: Self.namespace)
                try await client.delete(
                    type, name, namespace: Self.namespace,
                    options: DeleteOptions(uid: old.metadata.uid, propagation: .background))
                let new = try await cluster.object(type, name) { $0.metadata.uid != old.metadata.uid }
                #expect(new.metadata.labels == old.metadata.labels, "\(R.resource.kind)")
            }
            try await deleted(ServiceAccount.self, "echo")
            try await deleted(PodDisruptionBudget.self, "echo-agents")
            try await deleted(NetworkPolicy.self, "echo-agents")
            try await deleted(ConfigMap.self, SwarmNames.gatewayAuthorities)
            try await deleted(Deployment.self, "echo-agents")

            // Our fields are put back; what others add stays.
            _ = try await client.patch(
                Self.budget, "echo-agents", namespace: Self.namespace,
                patch: .merge([
                    "metadata": ["labels": ["team": "quant"]],
                    "spec": ["maxUnavailable": "100%", "unhealthyPodEvictionPolicy": "IfHealthyBudget"],
                ]))
            let restored = try await cluster.object(PodDisruptionBudget.self, "echo-agents") {
                $0.spec.unhealthyPodEvictionPolicy == "AlwaysAllow"
            }
            #expect(restored.spec.maxUnavailable == "25%")
            #expect(restored.metadata.labels?["team"] == "quant")
            // Without its labels the informer does not see it any more.
            _ = try await client.patch(
                Deployment.self, "echo-agents", namespace: Self.namespace,
                patch: .merge(["metadata": ["labels": ["app.kubernetes.io/name": .null]]]))
            _ = try await cluster.object(Deployment.self, "echo-agents") {
                $0.metadata.labels?["app.kubernetes.io/name"] == "das-agent"
            }
            // The swarm goes on.
            try await cluster.apply(Declared.task("two", input: ["result": 2]))
            #expect(try await cluster.finished("two").status?.phase == .succeeded)

            try await client.delete(AgentSwarm.self, "echo", namespace: Self.namespace)
            _ = try await cluster.objects(NetworkPolicy.self) { $0.isEmpty ? true : nil }
            _ = try await cluster.objects(PodDisruptionBudget.self) { $0.isEmpty ? true : nil }
            _ = try await cluster.objects(Deployment.self) { $0.isEmpty ? true : nil }
            _ = try await cluster.objects(
                ConfigMap.self, fieldSelector: "metadata.name=\(SwarmNames.gatewayAuthorities)"
            ) { $0.isEmpty ? true : nil }
        }
    }

    @Test func `A name that is taken stops the swarm before it makes anything, until the name is free`() async throws {
        try await TestCluster.run { cluster in
            let client = cluster.kubernetes
            let pods: JSON = [
                "metadata": ["labels": ["a": "b"]], "spec": ["containers": [["name": "c", "image": "i"]]],
            ]
            let foreign: [(ResourceType, JSON)] = [
                (ServiceAccount.resource, [:]),
                (Self.policy, ["spec": ["podSelector": [:]]]),
                (Self.budget, ["spec": ["maxUnavailable": 1, "selector": ["matchLabels": ["a": "b"]]]]),
                (
                    Deployment.resource,
                    ["spec": ["replicas": 0, "selector": ["matchLabels": ["a": "b"]], "template": pods]]
                ),
            ]
            for (resource, content) in foreign {
                let swarm = "taken-\(resource.kind.lowercased().prefix(8))"
                let name = resource.kind == "ServiceAccount" ? swarm : "\(swarm)-agents"
                var object = content
                object["apiVersion"] = .string(resource.apiVersion)
                object["kind"] = .string(resource.kind)
                object["metadata"] = ["name": .string(name)]
                let before = try await client.create(resource, object, namespace: Self.namespace)
                try await cluster.apply(Declared.swarm(swarm))
                let stalled = try await cluster.object(AgentSwarm.self, swarm) {
                    $0.status?.conditions?["Stalled"]?.reason == "NameConflict"
                }
                #expect(stalled.status?.conditions?["Stalled"]?.isTrue == true)
                #expect(stalled.status?.conditions?["Stalled"]?.message?.contains("\(resource.kind) \(name)") == true)
                #expect(stalled.status?.conditions?["Ready"]?.isTrue == false)
                // Nothing is half done, and what was there is as it was.
                for (other, _) in foreign where other.kind != resource.kind {
                    let otherName = other.kind == "ServiceAccount" ? swarm : "\(swarm)-agents"
                    await #expect(throws: KubernetesStatus.self) {
                        _ = try await client.get(other, otherName, namespace: Self.namespace)
                    }
                }
                let after = try await client.get(resource, name, namespace: Self.namespace)
                // Its own controllers may have written its status.
                for field in ["labels", "ownerReferences"] {
                    #expect(after["metadata"]?[field] == before["metadata"]?[field], "\(resource.kind)")
                }
                #expect(after["spec"] == before["spec"], "\(resource.kind)")
                _ = try await cluster.objects(Event.self, fieldSelector: "reason=NameConflict") { events in
                    events.first { $0.regarding?.name == swarm }
                }

                _ = try await client.delete(resource, name, namespace: Self.namespace)
                // A change of the swarm, or time, makes it look again.
                _ = try await client.patch(
                    AgentSwarm.self, swarm, namespace: Self.namespace,
                    patch: .merge(["spec": ["scaling": ["idleSeconds": 61]]]))
                let free = try await cluster.object(AgentSwarm.self, swarm) {
                    $0.status?.conditions?["Ready"]?.isTrue == true
                }
                #expect(free.status?.conditions?["Stalled"]?.isTrue == false)
            }
        }
    }

    @Test func `A ConfigMap of someone else's that has the gateway's name is left alone`() async throws {
        try await TestCluster.run { cluster in
            let client = cluster.kubernetes
            let theirs: JSON = [
                "apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": .string(SwarmNames.gatewayAuthorities)],
                "data": ["ca.crt": "theirs"],
            ]
            _ = try await client.create(ConfigMap.resource, theirs, namespace: Self.namespace)
            try await cluster.apply(Declared.swarm("echo"))
            _ = try await cluster.object(AgentSwarm.self, "echo") {
                $0.status?.conditions?["Stalled"]?.reason == "NameConflict"
            }
            let name = SwarmNames.gatewayAuthorities
            let left = try await client.get(ConfigMap.self, name, namespace: Self.namespace)
            #expect(left.data == ["ca.crt": "theirs"])
            // Its watch tells when it has gone.
            try await client.delete(ConfigMap.self, name, namespace: Self.namespace)
            _ = try await cluster.object(AgentSwarm.self, "echo") { $0.status?.conditions?["Ready"]?.isTrue == true }
            _ = try await cluster.object(ConfigMap.self, name) { $0.data?["ca.crt"]?.contains("BEGIN") == true }
        }
    }

    @Test func `What a swarm does not want any more is deleted, and nothing else`() async throws {
        try await TestCluster.run { cluster in
            let client = cluster.kubernetes
            try await cluster.apply(Declared.swarm("echo"))
            _ = try await cluster.object(AgentSwarm.self, "echo") { $0.status?.conditions?["Ready"]?.isTrue == true }
            let own = ServiceAccount(metadata: ObjectMeta(name: "mine", namespace: Self.namespace))
            _ = try await client.create(own)
            _ = try await client.patch(
                AgentSwarm.self, "echo", namespace: Self.namespace,
                patch: .merge([
                    "spec": ["agent": ["network": ["mode": "Unmanaged"], "serviceAccountName": "mine"]]
                ]))
            _ = try await cluster.objects(NetworkPolicy.self) { $0.isEmpty ? true : nil }
            _ = try await cluster.objects(ServiceAccount.self) { accounts in
                accounts.contains { $0.metadata.name == "echo" } ? nil : true
            }
            let accounts = try await client.list(ServiceAccount.self, namespace: Self.namespace).items
            #expect(accounts.contains { $0.metadata.name == "mine" })
            _ = try await cluster.object(Deployment.self, "echo-agents") {
                $0.spec.template.spec?.serviceAccountName == "mine"
            }
            // And made again when it is.
            _ = try await client.patch(
                AgentSwarm.self, "echo", namespace: Self.namespace,
                patch: .merge(["spec": ["agent": ["network": ["mode": "Restricted"], "serviceAccountName": .null]]]))
            _ = try await cluster.object(NetworkPolicy.self, "echo-agents") { _ in true }
            _ = try await cluster.object(ServiceAccount.self, "echo") { _ in true }
        }
    }
}
