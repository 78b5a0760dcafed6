import HTTPTransport
import StructuredData
import Testing

@testable import LocalAPIServer

@Suite("What objects may say besides their schema", .timeLimit(.minutes(1)))
struct ObjectValidationTests {
    private static let definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"

    private static func definition(_ specification: JSON, selectable: [String] = []) -> JSON {
        var definition = Samples.definition
        var version = definition["spec"]?["versions"]?[0] ?? [:]
        version.set(specification, at: ["schema", "openAPIV3Schema", "properties", "spec"])
        version["selectableFields"] = .array(selectable.map { ["jsonPath": .string($0)] })
        definition.set([version], at: ["spec", "versions"])
        return definition
    }

    private static func property(_ schema: JSON) -> JSON {
        ["type": "object", "properties": ["x": schema]]
    }

    private static let schemas: [(schema: JSON, field: String)] = [
        (property(["type": "array", "uniqueItems": true, "items": ["type": "string"]]), "uniqueItems"),
        (property(["type": "string", "$ref": "#/definitions/a"]), "$ref"),
        (property(["type": "object", "patternProperties": ["a": ["type": "string"]]]), "patternProperties"),
        (
            property(["type": "object", "x-kubernetes-preserve-unknown-fields": false]),
            "x-kubernetes-preserve-unknown-fields"
        ),
        (
            property(
                [
                    "type": "object", "properties": ["a": ["type": "string"]],
                    "additionalProperties": ["type": "string"],
                ]), "additionalProperties"
        ),
        (property(["type": "object", "additionalProperties": false]), "additionalProperties"),
        (property(["type": "array", "items": [["type": "string"]]]), "items"),
        (property(["type": "string", "anyOf": [["default": "a"]]]), "anyOf[0].default"),
        (property(["type": "integer", "default": "many"]), "default"),
        (property(["type": "object", "properties": ["a": ["type": "string"]], "default": ["b": "c"]]), "default"),
    ]

    @Test func `a schema whose check could take for ever, or that says two things, is refused`() async throws {
        try await APIServerFixture.withServer { server in
            for (schema, field) in Self.schemas {
                let answer = try await server.send(.post, Self.definitions, Self.definition(schema))
                #expect(answer.status == 422, "\(field): \(answer.text)")
                let fields =
                    answer.json["details"]?["causes"]?.arrayValue?.compactMap { $0["field"]?.stringValue } ?? []
                #expect(
                    fields.contains { $0.hasSuffix("properties[spec].properties[x].\(field)") }, "\(field): \(fields)")
            }
            let number: JSON = [
                "x-kubernetes-int-or-string": true, "anyOf": [["type": "integer"], ["type": "string"]],
            ]
            let good = try await server.send(.post, Self.definitions, Self.definition(Self.property(number)))
            #expect(good.status == 201, "\(good.text)")
        }
    }

    @Test func `fields that selectors may name are simple ones that the schema has`() async throws {
        let schema: JSON = [
            "type": "object",
            "properties": [
                "text": ["type": "string"], "list": ["type": "array", "items": ["type": "string"]],
                "flag": ["type": "boolean"], "count": ["type": "integer"], "part": ["type": "number"],
            ],
        ]
        try await APIServerFixture.withServer { server in
            for paths in [
                [""], ["spec.text"], [".spec.absent"], [".spec.list"], [".spec.list[0]"], [".spec.part"], [".spec"],
                [".metadata.name"], [".spec.text", ".spec.text"],
                Array(repeating: ".spec.text", count: 9),
            ] {
                let answer = try await server.send(
                    .post, Self.definitions, Self.definition(schema, selectable: paths))
                #expect(answer.status == 422, "\(paths): \(answer.text)")
                #expect(answer.text.contains("selectableFields"), "\(paths): \(answer.text)")
            }
            let good = try await server.send(
                .post, Self.definitions,
                Self.definition(schema, selectable: [".spec.text", ".spec.flag", ".spec.count"]))
            #expect(good.status == 201, "\(good.text)")
            for (name, count) in [("a", 1), ("b", 2)] {
                var widget = Samples.widget(name)
                widget["spec"] = ["count": JSON(count), "flag": .bool(count == 1)]
                _ = try await server.send(.post, Samples.widgets, widget)
            }
            for (selector, expected) in [
                ("spec.count%3D2", ["b"]), ("spec.count!%3D2", ["a"]), ("spec.flag%3Dtrue,spec.count%3D1", ["a"]),
                ("spec.text%3D", ["a", "b"]),
            ] {
                let list = try await server.send(.get, "\(Samples.widgets)?fieldSelector=\(selector)")
                #expect(list.json["items"]?.arrayValue?.compactMap { $0["metadata"]?["name"]?.stringValue } == expected)
            }
            let unknown = try await server.send(.get, "\(Samples.widgets)?fieldSelector=spec.part%3D1")
            #expect(unknown.status == 400)
        }
    }

    @Test func `endpoints have addresses of the slice's type, and ports names of their own`() async throws {
        let path = "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices"
        func slice(_ name: String, _ content: JSON) -> JSON {
            var slice: JSON = ["addressType": "IPv4", "endpoints": [["addresses": ["10.0.0.1"]]]]
            for (key, value) in content.objectValue ?? [:] { slice[key] = value }
            slice["metadata"] = ["name": .string(name)]
            return slice
        }
        try await APIServerFixture.withServer { server in
            for (content, field): (JSON, String) in [
                (["addressType": "IPX"], "addressType"),
                (["endpoints": [["addresses": ["example.com"]]]], "endpoints[0].addresses[0]"),
                (["endpoints": [["hostname": "h"]]], "endpoints[0].addresses"),
                (["ports": [["port": 1], ["port": 2]]], "ports[1].name"),
                (["ports": [["name": "a", "port": 0]]], "ports[0].port"),
                (["ports": [["name": "a", "protocol": "ICMP"]]], "ports[0].protocol"),
            ] {
                let answer = try await server.send(.post, path, slice("bad", content))
                #expect(answer.status == 422, "\(field): \(answer.text)")
                #expect(answer.json["details"]?["causes"]?[0]?["field"]?.stringValue == field, "\(answer.text)")
            }
            let good = try await server.send(
                .post, path, slice("good", ["ports": [["name": "a", "port": 80], ["name": "b", "port": 81]]]))
            #expect(good.status == 201, "\(good.text)")
            #expect(good.json["ports"]?[0]?["protocol"] == "TCP")
            let changed = try await server.send(
                .patch, path + "/good", ["addressType": "FQDN", "endpoints": [["addresses": ["example.com"]]]],
                type: "application/merge-patch+json")
            #expect(changed.status == 422)
        }
    }

    @Test func `a deployment that could neither add nor remove a pod is refused`() async throws {
        let path = "/apis/apps/v1/namespaces/default/deployments"
        try await APIServerFixture.withServer { server in
            for (change, field): (JSON, String) in [
                (
                    ["strategy": ["rollingUpdate": ["maxSurge": 0, "maxUnavailable": "0%"]]],
                    "spec.strategy.rollingUpdate.maxUnavailable"
                ),
                (["strategy": ["rollingUpdate": ["maxSurge": "many"]]], "spec.strategy.rollingUpdate.maxSurge"),
                (["strategy": ["rollingUpdate": ["maxSurge": -1]]], "spec.strategy.rollingUpdate.maxSurge"),
                (
                    ["strategy": ["rollingUpdate": ["maxUnavailable": "101%"]]],
                    "spec.strategy.rollingUpdate.maxUnavailable"
                ), (["minReadySeconds": 600], "spec.progressDeadlineSeconds"),
            ] {
                var deployment = Samples.deployment("d")
                for (key, value) in change.objectValue ?? [:] { deployment.set(value, at: ["spec", key]) }
                let answer = try await server.send(.post, path, deployment)
                #expect(answer.status == 422, "\(field): \(answer.text)")
                #expect(answer.json["details"]?["causes"]?[0]?["field"]?.stringValue == field, "\(answer.text)")
            }
        }
    }

    @Test func `who verifies tokens is told where the keys are, under the name by which they came`() async throws {
        try await APIServerFixture.withServer { server in
            let configuration = try await server.send(.get, "/.well-known/openid-configuration")
            #expect(configuration.json["jwks_uri"]?.stringValue == server.url + "/openid/v1/jwks")
            let keys = try await server.send(.get, "/openid/v1/jwks")
            #expect(keys.headers["Content-Type"] == "application/jwk-set+json")
            for accept in ["application/json, */*", "application/jwk-set+json;q=1"] {
                #expect(try await server.send(.get, "/openid/v1/jwks", accept: accept).status == 200)
            }
            let other = try await server.send(.get, "/openid/v1/jwks", accept: "application/json")
            #expect(other.status == 406)
            #expect(other.text.contains("Available representations: application/jwk-set+json"))
            let token = try await server.send(
                .post, "/api/v1/namespaces/default/serviceaccounts/default/token", ["spec": [:]])
            let text = try #require(token.json["status"]?["token"]?.stringValue)
            let parts = try text.split(separator: ".").prefix(2).map { part in
                try JSON.parse([UInt8](#require(ServiceAccountTokens.data(part))))
            }
            #expect(parts[0]["kid"] == keys.json["keys"]?[0]?["kid"])
            #expect(parts[0]["alg"] == keys.json["keys"]?[0]?["alg"])
            #expect(parts[1]["iss"] == configuration.json["issuer"])
            #expect(try await server.send(.get, "/openid/v1/jwks", token: nil).status == 401)
        }
    }
}
