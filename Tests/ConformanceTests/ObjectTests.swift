import HTTPTransport
import KubernetesClient
import KubernetesModel
import StructuredData
import Testing

extension Conformance {
    @Suite struct Objects {
        let cluster: ConformanceCluster
        var client: KubernetesClient { cluster.client }

        init() throws { cluster = try .current }

        @Test func `What is created is read back, and a second one of the name is refused`() async throws {
            let created = try await client.create(configMap("created", ["k": "v"]))
            #expect(created.metadata.uid?.isEmpty == false)
            #expect(created.metadata.namespace == cluster.namespace)
            let read = try await client.get(ConfigMap.self, "created")
            #expect(read == created)
            let status = try await refusal { _ = try await client.create(configMap("created")) }
            #expect(status.code == 409)
            #expect(status.reason == .alreadyExists)
            #expect(status.details?.name == "created")
        }

        @Test func `What is not there is not found`() async throws {
            let status = try await refusal { _ = try await client.get(ConfigMap.self, "missing") }
            #expect(status.code == 404)
            #expect(status.reason == .notFound)
            #expect(status.details?.name == "missing")
            #expect(status.details?.kind == "configmaps")
            let deletion = try await refusal { try await client.delete(ConfigMap.self, "missing") }
            #expect(deletion.reason == .notFound)
        }

        @Test func `A generated name begins as asked for, and is another each time`() async throws {
            let object = ConfigMap(metadata: ObjectMeta(generateName: "generated-"))
            let names = [try await client.create(object), try await client.create(object)].compactMap(\.metadata.name)
            #expect(Set(names).count == 2)
            #expect(names.allSatisfy { $0.hasPrefix("generated-") && $0.count > "generated-".count })
        }

        @Test func `A replacement of an older version is a conflict, and one that changes nothing keeps the version`()
            async throws
        {
            let first = try await client.create(configMap("replaced", ["k": "1"]))
            var changed = first
            changed.data = ["k": "2"]
            let second = try await client.replace(changed)
            #expect(second.data == ["k": "2"])
            #expect(second.metadata.resourceVersion != first.metadata.resourceVersion)
            let status = try await refusal { _ = try await client.replace(changed) }
            #expect(status.code == 409)
            #expect(status.reason == .conflict)
            let third = try await client.replace(second)
            #expect(third.metadata.resourceVersion == second.metadata.resourceVersion)
        }

        @Test func `A list comes in pages of one state, which the client joins`() async throws {
            for index in 0..<5 { _ = try await client.create(configMap("page-\(index)", labels: ["set": "pages"])) }
            let selected = ListOptions(labelSelector: "set=pages", pageSize: 2)
            let joined = try await client.list(ConfigMap.self, namespace: cluster.namespace, options: selected)
            #expect(joined.items.compactMap(\.metadata.name) == (0..<5).map { "page-\($0)" })

            let path = ConfigMap.resource.path(namespace: cluster.namespace)
            let query = [("labelSelector", "set=pages"), ("limit", "2")]
            let first = try JSON.parse(await client.raw(.get, path, query: query).body)
            let token = try #require(first[path: "metadata", "continue"]?.stringValue)
            // Behind the first page, and so not on the second.
            try await client.delete(ConfigMap.self, "page-3")
            let second = try JSON.parse(await client.raw(.get, path, query: query + [("continue", token)]).body)
            #expect(second["items"]?.arrayValue?.compactMap(\.name) == ["page-2", "page-3"])
            #expect(second.version == first.version)
            let garbage = try await client.raw(.get, path, query: query + [("continue", "garbage")])
            #expect(garbage.status == 400)
        }

        @Test func `A list is narrowed by labels and fields`() async throws {
            for (name, tier) in [("front", "a"), ("back", "b"), ("store", "c")] {
                _ = try await client.create(configMap("select-\(name)", labels: ["set": "select", "tier": tier]))
            }
            func names(_ labels: String?, _ fields: String? = nil) async throws -> [String] {
                try await client.list(
                    ConfigMap.self, namespace: cluster.namespace,
                    options: ListOptions(labelSelector: labels, fieldSelector: fields)
                ).items.compactMap(\.metadata.name)
            }
            #expect(try await names("set=select,tier in (a,b)") == ["select-back", "select-front"])
            #expect(try await names("set=select,tier notin (a,b)") == ["select-store"])
            #expect(try await names("set=select,tier!=a,!absent", "metadata.name!=select-back") == ["select-store"])
            #expect(try await names(nil, "metadata.name=select-front") == ["select-front"])
            let status = try await refusal { _ = try await names("==") }
            #expect(status.code == 400)
        }

        @Test func `A version that is still to come cannot be listed`() async throws {
            // The server asks for another try, since it may only be behind; this version never comes.
            let once = KubernetesClient(client.configuration, transport: cluster.transport, retry: .never)
            let status = try await refusal {
                _ = try await once.list(
                    ConfigMap.self, namespace: cluster.namespace,
                    options: ListOptions(resourceVersion: "999999999999", versionMatch: .notOlderThan))
            }
            #expect(status.code == 504)
            #expect(status.details?.causes?.contains { $0.reason == "ResourceVersionTooLarge" } == true)
        }

        @Test func `A dry run writes nothing`() async throws {
            let options = WriteOptions(dryRun: true)
            let created = try await client.create(configMap("dry", ["k": "1"]), options: options)
            #expect(created.data == ["k": "1"])
            let missing = try await refusal { _ = try await client.get(ConfigMap.self, "dry") }
            #expect(missing.code == 404)
            let stored = try await client.create(configMap("dry", ["k": "2"]))
            let patched = try await client.patch(
                ConfigMap.self, "dry", patch: .merge(["data": ["k": "3"]]), options: options)
            #expect(patched.data == ["k": "3"])
            try await client.delete(ConfigMap.self, "dry", options: DeleteOptions(dryRun: true))
            #expect(try await client.get(ConfigMap.self, "dry") == stored)
        }

        @Test func `A secret's texts are stored as Base64`() async throws {
            let secret = Secret(metadata: ObjectMeta(name: "texts"), stringData: ["password": "open sesame"])
            let stored = try await client.create(secret)
            #expect(stored.data == ["password": "b3BlbiBzZXNhbWU="])
            #expect(stored.stringData == nil)
            #expect(stored.type == "Opaque")
        }
    }
}
