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

    @Test("Every operation names its kind, and every PATCH says that it validates fields")
    func openAPI() async throws {
        try await APIServerFixture.withServer { server in
            try await server.defineWidgets()
            let index = try await server.send(.get, "/openapi/v3")
            let paths = try #require(index.json["paths"]?.objectValue)
            #expect(paths.contains("apis/rec.example.com/v1"))
            var patches = 0
            for (_, entry) in paths {
                let url = try #require(entry["serverRelativeURL"]?.stringValue)
                let document = try await server.send(.get, url)
                for (path, item) in document.json["paths"]?.objectValue ?? [:] {
                    for (method, operation) in item.objectValue ?? [:] where method != "parameters" {
                        #expect(operation["x-kubernetes-group-version-kind"]?.objectValue != nil, "\(path) \(method)")
                    }
                    guard let patch = item["patch"] else { continue }
                    patches += 1
                    #expect(
                        patch["parameters"]?.arrayValue?.contains { $0["name"] == "fieldValidation" } == true,
                        "\(path)")
                }
                for (name, schema) in document.json["components"]?["schemas"]?.objectValue ?? [:] {
                    #expect(schema["x-kubernetes-group-version-kind"]?.arrayValue?.count == 1, "\(name)")
                }
            }
            #expect(patches > 20)
            #expect(try await server.send(.get, "/openapi/v2").status == 404)
        }
    }
}
