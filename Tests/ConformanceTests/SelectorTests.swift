import HTTPTransport
import KubernetesClient
import KubernetesModel
import StructuredData
import Testing

extension Conformance {
    @Suite struct Selectors {
        let cluster: ConformanceCluster
        var client: KubernetesClient { cluster.client }

        init() throws { cluster = try .current }

        private func names(_ resource: ResourceType, _ fields: String, _ label: String) async throws -> [String] {
            try await client.list(
                resource, namespace: cluster.namespace,
                options: ListOptions(labelSelector: label, fieldSelector: fields)
            ).items.compactMap(\.name).sorted()
        }

        @Test func `What an object does not say is selected by what it means`() async throws {
            let resource = ReplicationController.resource
            let template = cluster.deployment("x")[path: "spec", "template"] ?? .null
            var controller: JSON = [
                "apiVersion": "v1", "kind": "ReplicationController",
                "metadata": ["name": "selected", "labels": ["set": "selected"]],
            ]
            controller["spec"] = ["replicas": 0, "selector": ["app": "x"], "template": template]
            _ = try await client.create(resource, controller)
            #expect(try await names(resource, "status.replicas=0", "set=selected") == ["selected"])
            #expect(try await names(resource, "status.replicas=1", "set=selected") == [])
            #expect(try await names(resource, "status.replicas!=1", "set=selected") == ["selected"])
        }

        @Test func `A field that the kind does not offer is refused`() async throws {
            let unknown = try await refusal { _ = try await names(ConfigMap.resource, "data.k=v", "") }
            #expect(unknown.code == 400)
            // Replication controllers offer it, what came after them does not.
            let notOffered = try await refusal { _ = try await names(ReplicaSet.resource, "status.replicas=0", "") }
            #expect(notOffered.code == 400)
        }

        @Test func `A variable may be named twice, and both stay`() async throws {
            var deployment = cluster.deployment("twice")
            let variables: JSON = [["name": "A", "value": "1"], ["name": "A", "value": "2"]]
            deployment.set(
                [["name": "one", "image": "registry.invalid/one", "env": variables]],
                below: "spec", "template", "spec", "containers")
            let created = try await client.create(Deployment.resource, deployment)
            let containers = created[path: "spec", "template", "spec", "containers"]
            #expect(containers?[0]?["env"] == variables)
            let patched = try await client.patch(
                Deployment.resource, "twice", patch: .merge(["metadata": ["labels": ["a": "b"]]]))
            #expect(patched[path: "spec", "template", "spec", "containers"]?[0]?["env"] == variables)
        }

        @Test func `What has no namespace is in none, whatever its writer says`() async throws {
            let object: JSON = [
                "apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass", "value": 1,
                "metadata": ["name": .string(cluster.namespace), "namespace": .string(cluster.namespace)],
            ]
            let resource = ResourceType(
                group: "scheduling.k8s.io", version: "v1", kind: "PriorityClass", plural: "priorityclasses",
                namespaced: false)
            let created = try await client.raw(
                .post, resource.path(), headers: ["Content-Type": "application/json"], body: object.serialized())
            #expect(created.isSuccess)
            #expect(try await client.get(resource, cluster.namespace)[path: "metadata", "namespace"] == nil)
            try await client.delete(resource, cluster.namespace)
        }
    }
}

extension JSON {
    fileprivate mutating func set(_ value: JSON, below path: String...) { set(value, at: path[...]) }

    private mutating func set(_ value: JSON, at path: ArraySlice<String>) {
        guard let first = path.first else {
            self = value
            return
        }
        var member = self[first] ?? [:]
        member.set(value, at: path.dropFirst())
        self[first] = member
    }
}
