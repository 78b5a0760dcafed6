import KubernetesClient
import KubernetesModel
import StructuredData
import Testing

extension Conformance {
    @Suite struct Patches {
        let cluster: ConformanceCluster
        var client: KubernetesClient { cluster.client }

        init() throws { cluster = try .current }

        @Test func `A JSON patch is carried out whole or not at all`() async throws {
            _ = try await client.create(configMap("json", ["a": "1", "b": "2"]))
            let patched = try await client.patch(
                ConfigMap.self, "json",
                patch: .json([
                    ["op": "test", "path": "/data/a", "value": "1"],
                    ["op": "replace", "path": "/data/a", "value": "3"], ["op": "remove", "path": "/data/b"],
                ]))
            #expect(patched.data == ["a": "3"])
            let status = try await refusal {
                _ = try await client.patch(
                    ConfigMap.self, "json",
                    patch: .json([
                        ["op": "add", "path": "/data/c", "value": "4"],
                        ["op": "test", "path": "/data/a", "value": "1"],
                    ]))
            }
            #expect(status.code == 422)
            #expect(try await client.get(ConfigMap.self, "json") == patched)
        }

        @Test func `A merge patch sets and removes, in the version that it names`() async throws {
            let first = try await client.create(configMap("merge", ["a": "1", "b": "2"]))
            let patch: JSON = [
                "metadata": ["resourceVersion": .string(first.metadata.resourceVersion ?? "")],
                "data": ["a": nil, "c": "3"],
            ]
            let patched = try await client.patch(ConfigMap.self, "merge", patch: .merge(patch))
            #expect(patched.data == ["b": "2", "c": "3"])
            let status = try await refusal {
                _ = try await client.patch(ConfigMap.self, "merge", patch: .merge(patch))
            }
            #expect(status.reason == .conflict)
        }

        @Test func `A strategic patch merges lists by their keys, on built-in kinds`() async throws {
            _ = try await client.create(Deployment.resource, cluster.deployment("strategic"))
            let patch: JSON = [
                "spec": ["template": ["spec": ["containers": [["name": "two", "image": "registry.invalid/new"]]]]]
            ]
            let patched = try await client.patch(Deployment.resource, "strategic", patch: .strategic(patch))
            let containers = patched[path: "spec", "template", "spec", "containers"]?.arrayValue ?? []
            let images = Dictionary(
                uniqueKeysWithValues: containers.map { ($0["name"]?.stringValue, $0["image"]?.stringValue) })
            #expect(images == ["one": "registry.invalid/one", "two": "registry.invalid/new"])

            _ = try await client.create(cluster.widgets, cluster.widget("strategic"))
            let status = try await refusal {
                _ = try await client.patch(cluster.widgets, "strategic", patch: .strategic(["spec": ["size": 2]]))
            }
            #expect(status.code == 415)
        }

        @Test func `Applied fields belong to their manager, and others take them by force alone`() async throws {
            func applied(_ data: JSON, _ manager: String, force: Bool = false) async throws -> JSON {
                let object: JSON = ["metadata": ["name": "applied"], "data": data]
                return try await client.keepingManagedFields().apply(
                    ConfigMap.resource, object, fieldManager: manager, force: force)
            }
            let created = try await applied(["a": "1", "b": "1"], "one")
            let managers = created[path: "metadata", "managedFields"]?.arrayValue ?? []
            #expect(managers.map { $0["manager"]?.stringValue } == ["one"])
            #expect(managers.first?["operation"]?.stringValue == "Apply")

            let status = try await refusal { _ = try await applied(["a": "2"], "two") }
            #expect(status.code == 409)
            #expect(status.details?.causes?.map(\.reason) == ["FieldManagerConflict"])
            #expect(status.details?.causes?.map(\.field) == [".data.a"])

            let forced = try await applied(["a": "2"], "two", force: true)
            #expect(forced["data"] == ["a": "2", "b": "1"])
            // Whoever no longer names a field of its own removes it.
            let dropped = try await applied([:], "one")
            #expect(dropped["data"] == ["a": "2"])
        }

        @Test func `An apply of an own kind keeps what others manage`() async throws {
            let widget = cluster.widget("shared", ["size": 3])
            let created = try await client.apply(cluster.widgets, widget, fieldManager: "one")
            _ = try await client.apply(
                cluster.widgets, cluster.widget("shared", ["note": "two's"]), fieldManager: "two")
            let again = try await client.apply(
                cluster.widgets, cluster.widget("shared", ["size": 4]), fieldManager: "one")
            #expect(again["spec"] == ["size": 4, "note": "two's"])
            #expect(again[path: "metadata", "uid"] == created[path: "metadata", "uid"])
        }
    }
}
