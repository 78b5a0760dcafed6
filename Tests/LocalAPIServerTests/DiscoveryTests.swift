import HTTPTransport
import StructuredData
import Testing

@testable import LocalAPIServer

@Suite("Discovery and OpenAPI", .timeLimit(.minutes(1)))
struct DiscoveryTests {
    @Test("Both forms of discovery name the same resources")
    func bothForms() async throws {
        try await APIServerFixture.withServer { server in
            try await server.defineWidgets()
            let accept = "application/json;v=v2;g=apidiscovery.k8s.io;as=APIGroupDiscoveryList,application/json"
            let aggregated = try await server.send(.get, "/apis", accept: accept)
            #expect(aggregated.json["kind"] == "APIGroupDiscoveryList")
            var checked = 0
            for group in aggregated.json["items"]?.arrayValue ?? [] {
                let name = group["metadata"]?["name"]?.stringValue ?? ""
                for version in group["versions"]?.arrayValue ?? [] {
                    let plain = try await server.send(
                        .get, "/apis/\(name)/\(version["version"]?.stringValue ?? "")")
                    var names: [String] = []
                    for resource in version["resources"]?.arrayValue ?? [] {
                        let plural = resource["resource"]?.stringValue ?? ""
                        names.append(plural)
                        for subresource in resource["subresources"]?.arrayValue ?? [] {
                            names.append("\(plural)/\(subresource["subresource"]?.stringValue ?? "")")
                        }
                    }
                    let listed = plain.json["resources"]?.arrayValue?.compactMap { $0["name"]?.stringValue }
                    #expect(listed?.sorted() == names.sorted())
                    checked += 1
                }
            }
            #expect(checked >= 10)
        }
    }

    @Test("The groups that programs look for are there, each with its versions in order")
    func groups() async throws {
        let expected = [
            "admissionregistration.k8s.io/v1 validatingwebhookconfigurations",
            "apiextensions.k8s.io/v1 customresourcedefinitions", "apiregistration.k8s.io/v1 apiservices",
            "apps/v1 deployments", "authentication.k8s.io/v1 tokenreviews",
            "authorization.k8s.io/v1 selfsubjectaccessreviews", "autoscaling/v1 horizontalpodautoscalers",
            "autoscaling/v2 horizontalpodautoscalers", "batch/v1 jobs",
            "certificates.k8s.io/v1 certificatesigningrequests", "coordination.k8s.io/v1 leases",
            "discovery.k8s.io/v1 endpointslices", "events.k8s.io/v1 events", "networking.k8s.io/v1 ingresses",
            "node.k8s.io/v1 runtimeclasses", "policy/v1 poddisruptionbudgets", "scheduling.k8s.io/v1 priorityclasses",
            "storage.k8s.io/v1 csinodes",
        ]
        try await APIServerFixture.withServer { server in
            for entry in expected {
                let parts = entry.split(separator: " ").map(String.init)
                let list = try await server.send(.get, "/apis/\(parts[0])")
                #expect(list.json["groupVersion"] == .string(parts[0]))
                let names = list.json["resources"]?.arrayValue?.compactMap { $0["name"]?.stringValue } ?? []
                #expect(names.contains(parts[1]), "\(entry)")
            }
            for group in try await server.send(.get, "/apis/").json["groups"]?.arrayValue ?? [] {
                let name = group["name"]?.stringValue ?? ""
                let page = try await server.send(.get, "/apis/\(name)/")
                #expect(page.json["preferredVersion"] == page.json["versions"]?[0], "\(name)")
            }
            let autoscaling = try await server.send(.get, "/apis/autoscaling")
            #expect(autoscaling.json["preferredVersion"]?["version"] == "v2")
        }
    }

    @Test("Whoever reads YAML gets YAML: discovery, scales and errors, too")
    func yaml() async throws {
        try await APIServerFixture.withServer { server in
            let deployments = "/apis/apps/v1/namespaces/default/deployments"
            _ = try await server.send(.post, deployments, Samples.deployment("d"))
            for (path, kind) in [
                ("/apis", "APIGroupList"), ("/apis/apps", "APIGroup"), ("/apis/apps/v1", "APIResourceList"),
                (deployments, "DeploymentList"), (deployments + "/d", "Deployment"),
                (deployments + "/d/scale", "Scale"),
                (deployments + "/missing", "Status"),
            ] {
                let answer = try await server.send(.get, path, accept: "application/yaml")
                #expect(answer.headers["Content-Type"] == "application/yaml", "\(path)")
                #expect(answer.json == .null, "\(path)")
                let documents = try YAML.parse(Array(answer.text.utf8))
                #expect(documents.first?["kind"]?.stringValue == kind, "\(answer.text)")
            }
        }
    }

    @Test("Versions are listed as their names rank, and all of a kind name the version in which it is stored")
    func versions() async throws {
        try await APIServerFixture.withServer { server in
            var definition = Samples.definition
            let version = definition["spec"]?["versions"]?[0] ?? [:]
            var versions: [JSON] = []
            for name in ["v1beta2", "v1", "v10", "v2alpha1", "other", "v1beta10"] {
                var copy = version
                copy["name"] = .string(name)
                copy["storage"] = .bool(name == "v1")
                versions.append(copy)
            }
            definition.set(.array(versions), at: ["spec", "versions"])
            let created = try await server.send(
                .post, "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", definition)
            #expect(created.status == 201, "\(created.text)")
            let group = try await server.send(.get, "/apis/rec.example.com")
            let names = group.json["versions"]?.arrayValue?.compactMap { $0["version"]?.stringValue }
            #expect(names == ["v10", "v1", "v1beta10", "v1beta2", "v2alpha1", "other"])
            var hashes: Set<String> = []
            for name in names ?? [] {
                let list = try await server.send(.get, "/apis/rec.example.com/\(name)")
                hashes.insert(list.json["resources"]?[0]?["storageVersionHash"]?.stringValue ?? "")
            }
            #expect(hashes.count == 1)
        }
    }

    @Test("Whoever has the aggregated document already is told so, until a kind comes")
    func tags() async throws {
        try await APIServerFixture.withServer { server in
            let form = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
            let first = try await server.send(.get, "/apis", accept: form)
            let tag = try #require(first.headers["Etag"])
            func again() async throws -> Int {
                try await server.send(.get, "/apis", accept: form, headers: ["If-None-Match": tag]).status
            }
            #expect(try await again() == 304)
            try await server.defineWidgets()
            #expect(try await again() == 200)
        }
    }
}
