import HTTPTransport
import StructuredData
import Testing

/// What a strict client is told about fields that the kind does not have, or that stand twice.
@Suite struct FieldValidationTests {
    private static let deployments = "/apis/apps/v1/namespaces/default/deployments"
    private static let configMaps = "/api/v1/namespaces/default/configmaps"

    private static let deployment = """
        {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "d", "extra": 1},
         "spec": {"unknown": "x", "replicas": 2, "replicas": 3, "selector": {"matchLabels": {"app": "n"}},
                  "template": {"metadata": {"labels": {"app": "n"}},
                               "spec": {"containers": [{"name": "n", "image": "example.com/n:1"}]}}}}
        """

    @Test func `a built-in object's problems are told in the order of its text`() async throws {
        try await APIServerFixture.withServer { server in
            let strict = try await server.send(
                .post, Self.deployments + "?fieldValidation=Strict", bytes: Array(Self.deployment.utf8),
                type: "application/json")
            #expect(strict.status == 400)
            #expect(
                strict.json["message"]?.stringValue
                    == "Deployment in version \"v1\" cannot be handled as a Deployment: strict decoding error: "
                    + "unknown field \"metadata.extra\", unknown field \"spec.unknown\", duplicate field \"spec.replicas\""
            )

            let warned = try await server.send(
                .post, Self.deployments, bytes: Array(Self.deployment.utf8), type: "application/json")
            #expect(warned.status == 201)
            #expect(warned.json["spec"]?["replicas"] == 3)
            #expect(
                warned.headers.values(of: "Warning") == [
                    #"299 - "unknown field \"metadata.extra\"""#, #"299 - "unknown field \"spec.unknown\"""#,
                    #"299 - "duplicate field \"spec.replicas\"""#,
                ])
            let ignored = try await server.send(
                .post, Self.deployments + "?fieldValidation=Ignore&dryRun=All",
                bytes: Array(Self.deployment.replacing("\"d\"", with: "\"e\"").utf8), type: "application/json")
            #expect(ignored.status == 201)
            #expect(ignored.headers.values(of: "Warning").isEmpty)
        }
    }

    @Test func `a YAML text that sets a key twice is told by its line, and the last one counts`() async throws {
        try await APIServerFixture.withServer { server in
            let text = Array(
                "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: twice\ndata:\n  a: '1'\n  a: '2'\n".utf8)
            let strict = try await server.send(
                .post, Self.configMaps + "?fieldValidation=Strict", bytes: text, type: "application/yaml")
            #expect(strict.status == 400)
            #expect(strict.json["message"]?.stringValue?.contains("line 7: key \"a\" already set in map") == true)
            let applied = try await server.send(
                .patch, Self.configMaps + "/twice?fieldManager=m&fieldValidation=Strict", bytes: text,
                type: "application/apply-patch+yaml")
            #expect(applied.status == 400)
            #expect(applied.json["message"]?.stringValue?.contains("line 7: key \"a\" already set in map") == true)

            let warned = try await server.send(.post, Self.configMaps, bytes: text, type: "application/yaml")
            #expect(warned.status == 201)
            #expect(warned.json["data"]?["a"] == "2")
            #expect(warned.headers.values(of: "Warning").count == 1)
        }
    }

    @Test func `an apply may not name fields that the kind does not have`() async throws {
        try await APIServerFixture.withServer { server in
            try await server.defineWidgets()
            let text =
                "apiVersion: rec.example.com/v1\nkind: Widget\nmetadata: {name: w}\nunknown: 1\nspec: {size: 1}\n"
            let answer = try await server.send(
                .patch, Samples.widgets + "/w?fieldManager=m&fieldValidation=Ignore", bytes: Array(text.utf8),
                type: "application/apply-patch+yaml")
            #expect(answer.status == 500)
            #expect(answer.json["message"]?.stringValue?.hasSuffix(".unknown: field not declared in schema") == true)
            #expect(try await server.send(.get, Samples.widgets + "/w").status == 404)
        }
    }

    @Test func `a strict patch is refused for what it brings`() async throws {
        try await APIServerFixture.withServer { server in
            _ = try await server.send(.post, Self.configMaps, ["metadata": ["name": "p"]])
            let path = Self.configMaps + "/p?fieldValidation=Strict"
            let merge = try await server.send(
                .patch, path, bytes: Array(#"{"data":{"a":"1","a":"2"},"other":1}"#.utf8),
                type: "application/merge-patch+json")
            #expect(merge.status == 422)
            let message = merge.json["message"]?.stringValue ?? ""
            #expect(message.contains("strict decoding error: duplicate field \"data.a\", unknown field \"other\""))
            let operations = try await server.send(
                .patch, path, bytes: Array(#"[{"op":"add","op":"add","path":"/data","value":{}}]"#.utf8),
                type: "application/json-patch+json")
            #expect(operations.status == 422)
            #expect(operations.json["message"]?.stringValue?.contains("json patch duplicate field") == true)
            #expect(try await server.send(.get, Self.configMaps + "/p").json["data"] == nil)
        }
    }
}
