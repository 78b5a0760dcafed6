import KubernetesClient
import KubernetesModel
import StructuredData
import Testing

extension Conformance {
    /// CustomResourceDefinitions that come, change and go, each with a kind of its own.
    @Suite struct Definitions {
        let cluster: ConformanceCluster
        var client: KubernetesClient { cluster.client }

        init() throws { cluster = try .current }

        private func kind(_ name: String) -> ResourceType {
            ResourceType(
                group: cluster.widgets.group, version: "v1", kind: name, plural: "\(name.lowercased())s",
                namespaced: true)
        }

        private func definition(_ kind: ResourceType, shortNames: [String]? = nil) -> CustomResourceDefinition {
            CustomResourceDefinition(
                metadata: ObjectMeta(name: kind.qualifiedPlural),
                spec: CustomResourceDefinitionSpec(
                    group: kind.group,
                    names: CustomResourceDefinitionNames(
                        plural: kind.plural, kind: kind.kind, shortNames: shortNames),
                    scope: "Namespaced",
                    versions: [
                        CustomResourceDefinitionVersion(
                            name: "v1", served: true, storage: true,
                            schema: CustomResourceValidation(
                                openAPIV3Schema: [
                                    "type": "object", "x-kubernetes-preserve-unknown-fields": true,
                                ]))
                    ]))
        }

        /// Waits for a condition of a definition; returns it.
        private func condition(
            _ type: String, _ status: String, of kind: ResourceType
        ) async throws -> JSON {
            try await cluster.object(CustomResourceDefinition.resource, kind.qualifiedPlural) { object in
                object?[path: "status", "conditions"]?.arrayValue?.first {
                    $0["type"]?.stringValue == type && $0["status"]?.stringValue == status
                }
            }
        }

        private func create(_ kind: ResourceType, _ name: String, finalizers: [String] = []) async throws {
            try await cluster.waitUntilServed(kind)
            _ = try await client.create(
                kind,
                [
                    "apiVersion": .string(kind.apiVersion), "kind": .string(kind.kind),
                    "metadata": ["name": .string(name), "finalizers": JSON(finalizers)],
                ])
        }

        @Test func `A name that another kind has is waited for`() async throws {
            let (first, second) = (kind("First"), kind("Second"))
            _ = try await client.create(definition(first, shortNames: ["shared"]))
            _ = try await condition("Established", "True", of: first)
            _ = try await client.create(definition(second, shortNames: ["shared"]))
            let refused = try await condition("NamesAccepted", "False", of: second)
            #expect(refused["reason"] == "ShortNamesConflict")
            #expect(refused["message"] == "\"shared\" is already in use")
            try await client.delete(CustomResourceDefinition.self, first.qualifiedPlural)
            _ = try await condition("Established", "True", of: second)
            try await client.delete(CustomResourceDefinition.self, second.qualifiedPlural)
        }

        @Test func `A kind that goes is served until its last object is let go`() async throws {
            let kind = kind("Leaving")
            _ = try await client.create(definition(kind))
            _ = try await condition("Established", "True", of: kind)
            try await create(kind, "held", finalizers: ["conformance.example.com/hold"])
            try await client.delete(CustomResourceDefinition.self, kind.qualifiedPlural)
            _ = try await condition("Terminating", "True", of: kind)
            _ = try await cluster.object(kind, "held") { object in
                object?[path: "metadata", "deletionTimestamp"]
            }
            _ = try await client.patch(kind, "held", patch: .merge(["metadata": ["finalizers": nil]]))
            try await cluster.object(CustomResourceDefinition.resource, kind.qualifiedPlural) {
                $0 == nil ? true : nil
            }
        }

        @Test func `A watch ends when its kind is defined anew`() async throws {
            let kind = kind("Changing")
            _ = try await client.create(definition(kind))
            _ = try await condition("Established", "True", of: kind)
            try await create(kind, "one")
            let watch = try await client.watch(kind, namespace: cluster.namespace)
            _ = try await client.patch(
                CustomResourceDefinition.self, kind.qualifiedPlural,
                patch: .merge(["spec": ["names": ["shortNames": ["chg"]]]]))
            var names: [String?] = []
            for try await case .added(let object) in watch { names.append(object.name) }
            #expect(names == ["one"])
            try await client.delete(CustomResourceDefinition.self, kind.qualifiedPlural)
        }
    }
}
