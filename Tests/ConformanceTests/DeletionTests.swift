import KubernetesClient
import KubernetesModel
import StructuredData
import Testing

extension Conformance {
    @Suite struct Deletion {
        let cluster: ConformanceCluster
        var client: KubernetesClient { cluster.client }

        init() throws { cluster = try .current }

        @Test func `An object is deleted under its uid and version alone, where they are named`() async throws {
            let object = try await client.create(configMap("guarded"))
            let changed = try await client.patch(ConfigMap.self, "guarded", patch: .merge(["data": ["k": "v"]]))
            for options in [
                DeleteOptions(uid: "11111111-1111-1111-1111-111111111111"),
                DeleteOptions(resourceVersion: object.metadata.resourceVersion),
            ] {
                let status = try await refusal { try await client.delete(ConfigMap.self, "guarded", options: options) }
                #expect(status.code == 409)
                #expect(status.reason == .conflict)
            }
            try await client.delete(
                ConfigMap.self, "guarded",
                options: DeleteOptions(uid: object.metadata.uid, resourceVersion: changed.metadata.resourceVersion))
            let status = try await refusal { _ = try await client.get(ConfigMap.self, "guarded") }
            #expect(status.code == 404)
        }

        @Test func `The answer to a deletion tells the uid`() async throws {
            let object = try await client.create(cluster.widgets, cluster.widget("told"))
            let answer = try await client.delete(cluster.widgets, "told")
            #expect(answer["status"]?.stringValue == "Success")
            #expect(answer[path: "details", "uid"] == object[path: "metadata", "uid"])
        }

        @Test func `A finalizer holds an object until it is taken away, and none is added meanwhile`() async throws {
            _ = try await client.create(configMap("held", finalizers: ["conformance.example.com/hold"]))
            let answer = try await client.delete(ConfigMap.resource, "held")
            #expect(answer[path: "metadata", "deletionTimestamp"]?.stringValue != nil)
            let held = try await client.get(ConfigMap.self, "held")
            #expect(held.metadata.deletionTimestamp != nil)
            let status = try await refusal {
                let more: JSON = ["conformance.example.com/hold", "conformance.example.com/more"]
                _ = try await client.patch(
                    ConfigMap.self, "held", patch: .merge(["metadata": ["finalizers": more]]))
            }
            #expect(status.code == 422)
            #expect(status.details?.causes?.contains { $0.field == "metadata.finalizers" } == true)
            _ = try await client.patch(ConfigMap.self, "held", patch: .merge(["metadata": ["finalizers": nil]]))
            let gone = try await refusal { _ = try await client.get(ConfigMap.self, "held") }
            #expect(gone.code == 404)
        }

        @Test(arguments: [
            (DeleteOptions.Propagation.orphan, "orphan"), (.foreground, "foregroundDeletion"),
        ])
        func `A propagation policy is a finalizer for whoever collects garbage`(
            policy: DeleteOptions.Propagation, finalizer: String
        ) async throws {
            let name = "propagated-\(finalizer.lowercased())"
            _ = try await client.create(configMap(name))
            let answer = try await client.delete(
                ConfigMap.resource, name, options: DeleteOptions(propagation: policy))
            #expect(answer[path: "metadata", "finalizers"]?.arrayValue?.contains(.string(finalizer)) == true)
            #expect(answer[path: "metadata", "deletionTimestamp"]?.stringValue != nil)
        }

        @Test func `Deletion in the background is over at once`() async throws {
            _ = try await client.create(configMap("background"))
            let answer = try await client.delete(
                ConfigMap.resource, "background", options: DeleteOptions(propagation: .background))
            #expect(answer["status"]?.stringValue == "Success")
            let status = try await refusal { _ = try await client.get(ConfigMap.self, "background") }
            #expect(status.code == 404)
        }

        @Test func `A collection is deleted as far as the selector goes`() async throws {
            for (name, part) in [("x", "go"), ("y", "go"), ("z", "stay")] {
                _ = try await client.create(configMap("collected-\(name)", labels: ["collected": part]))
            }
            try await client.deleteCollection(ConfigMap.self, selecting: ListOptions(labelSelector: "collected=go"))
            let left = try await client.list(
                ConfigMap.self, namespace: cluster.namespace, options: ListOptions(labelSelector: "collected"))
            #expect(left.items.compactMap(\.metadata.name) == ["collected-z"])
        }

        @Test func `A pod that is not there cannot be evicted`() async throws {
            let status = try await refusal { try await client.evict(pod: "missing") }
            #expect(status.code == 404)
        }
    }
}
