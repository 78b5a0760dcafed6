import HTTPTransport
import KubernetesClient
import KubernetesModel
import StructuredData
import Testing

extension Conformance {
    @Suite struct Validation {
        let cluster: ConformanceCluster
        var client: KubernetesClient { cluster.client }

        init() throws { cluster = try .current }

        @Test func `Unknown fields are refused by name, warned of, or dropped, as asked for`() async throws {
            let configMap: JSON = [
                "apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "unknown"], "dota": ["k": "v"],
            ]
            let widget = cluster.widget("unknown", ["size": 1, "extra": 1])
            for (resource, object, field) in [
                (ConfigMap.resource, configMap, "\"dota\""), (cluster.widgets, widget, "\"spec.extra\""),
            ] {
                let status = try await refusal { _ = try await client.create(resource, object) }
                #expect(status.code == 400)
                #expect(status.message.contains(field), "\(status.message)")

                let path = resource.path(namespace: cluster.namespace)
                let warned = try await client.raw(
                    .post, path, query: [("fieldValidation", "Warn"), ("dryRun", "All")],
                    headers: ["Content-Type": "application/json"], body: object.serialized())
                #expect(warned.status == 201)
                let warning = warned.headers["Warning"] ?? ""
                #expect(warning.hasPrefix("299 "))
                #expect(warning.contains(field.dropFirst().dropLast()), "\(warning)")

                let ignored = try await client.create(
                    resource, object, options: WriteOptions(fieldValidation: .ignore))
                #expect(ignored["dota"] == nil)
                #expect(ignored[path: "spec", "extra"] == nil)
            }
        }

        @Test func `A field that is wrong is named`() async throws {
            let name = try await refusal { _ = try await client.create(configMap("Not_A_Name")) }
            #expect(name.code == 422)
            #expect(name.reason == .invalid)
            #expect(name.details?.causes?.map(\.field) == ["metadata.name"])
            let size = try await refusal {
                _ = try await client.create(cluster.widgets, cluster.widget("large", ["size": 11]))
            }
            #expect(size.code == 422)
            #expect(size.details?.causes?.map(\.field) == ["spec.size"])
            let type = try await refusal {
                _ = try await client.create(cluster.widgets, cluster.widget("typed", ["size": "eleven"]))
            }
            #expect(type.code == 422)
            #expect(type.details?.causes?.map(\.field) == ["spec.size"])
        }

        @Test func `Discovery knows built-in kinds and own ones, with their subresources`() async throws {
            let found = try await client.discover()
            let configMaps = try #require(found.first { $0.resource == ConfigMap.resource })
            #expect(configMaps.answers(to: "cm"))
            #expect(Set(configMaps.verbs).isSuperset(of: ["create", "delete", "get", "list", "patch", "watch"]))
            let deployments = try #require(found.first { $0.resource == Deployment.resource })
            #expect(Set(deployments.subresources).isSuperset(of: ["scale", "status"]))
            let widgets = try #require(found.first { $0.resource == cluster.widgets })
            #expect(Set(widgets.subresources) == ["scale", "status"])
            let namespaces = try #require(found.first { $0.resource == Namespace.resource })
            #expect(!namespaces.resource.namespaced)
            #expect(try await client.serverVersion().major == "1")
        }
    }
}
