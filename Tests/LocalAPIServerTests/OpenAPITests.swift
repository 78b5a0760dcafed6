import HTTPTransport
import StructuredData
import Testing

@testable import LocalAPIServer

@Suite("OpenAPI documents", .timeLimit(.minutes(1)))
struct OpenAPITests {
    private static let protobuf = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf"

    private static func property(_ path: String..., of schema: JSON?) -> JSON? {
        path.reduce(schema) { $0?["properties"]?[$1] }
    }

    // MARK: Version 3

    @Test func `every operation names its kind, and every PATCH says that it validates fields`() async throws {
        try await APIServerFixture.withServer { server in
            try await server.defineWidgets()
            let index = try await server.send(.get, "/openapi/v3")
            let paths = try #require(index.json["paths"]?.objectValue)
            #expect(paths.contains("apis/rec.example.com/v1"))
            #expect(paths.contains("apis/authorization.k8s.io/v1"))
            var patches = 0
            var ids: Set<String> = []
            for (_, entry) in paths {
                let url = try #require(entry["serverRelativeURL"]?.stringValue)
                let document = try await server.send(.get, url)
                for (path, item) in document.json["paths"]?.objectValue ?? [:] {
                    for (method, operation) in item.objectValue ?? [:] where method != "parameters" {
                        #expect(operation["x-kubernetes-group-version-kind"]?.objectValue != nil, "\(path) \(method)")
                        let id = try #require(operation["operationId"]?.stringValue)
                        #expect(ids.insert(id).inserted, "\(id) is there twice")
                    }
                    guard let patch = item["patch"] else { continue }
                    patches += 1
                    #expect(
                        patch["parameters"]?.arrayValue?.contains { $0["name"] == "fieldValidation" } == true,
                        "\(path)")
                }
            }
            #expect(patches > 20)
            #expect(ids.isSuperset(of: ["readCoreV1NamespacedPod", "listCoreV1PodForAllNamespaces"]))
            #expect(ids.contains("patchRbacAuthorizationV1NamespacedRole"))
            #expect(ids.contains("createAuthorizationV1NamespacedLocalSubjectAccessReview"))
            #expect(ids.contains("replaceRecExampleComV1NamespacedWidgetStatus"))
        }
    }

    /// The names that a document's references lead to.
    private static func references(in json: JSON) -> Set<String> {
        switch json {
        case .object(let members):
            members.reduce(into: []) { names, member in
                if member.key == "$ref", let text = member.value.stringValue {
                    names.insert(String(text[(text.lastIndex(of: "/") ?? text.startIndex)...].dropFirst()))
                } else {
                    names.formUnion(references(in: member.value))
                }
            }
        case .array(let elements): elements.reduce(into: []) { $0.formUnion(references(in: $1)) }
        default: []
        }
    }

    @Test func `every reference leads somewhere, in both versions`() async throws {
        try await APIServerFixture.withServer { server in
            try await server.defineWidgets()
            let swagger = try await server.send(.get, "/openapi/v2").json
            let definitions = try #require(swagger["definitions"]?.objectValue)
            #expect(Self.references(in: swagger).subtracting(definitions.keys) == [])
            #expect(definitions.contains("io.k8s.api.core.v1.Container"))
            let index = try await server.send(.get, "/openapi/v3")
            for (path, entry) in index.json["paths"]?.objectValue ?? [:] {
                let document = try await server.send(.get, try #require(entry["serverRelativeURL"]?.stringValue)).json
                let schemas = document["components"]?["schemas"]?.objectValue ?? [:]
                #expect(Self.references(in: document).subtracting(schemas.keys) == [], "\(path)")
            }
        }
    }

    @Test func `types that several kinds share have the names that they have elsewhere`() async throws {
        try await APIServerFixture.withServer { server in
            let apps = try await server.send(.get, "/openapi/v3/apis/apps/v1").json["components"]?["schemas"]
            let deployment = apps?["io.k8s.api.apps.v1.Deployment"]
            let spec = try #require(Self.property("spec", of: deployment))
            #expect(Self.references(in: spec) == ["io.k8s.api.apps.v1.DeploymentSpec"])
            #expect(
                deployment?["x-kubernetes-group-version-kind"]
                    == [["group": "apps", "version": "v1", "kind": "Deployment"]])
            let container = apps?["io.k8s.api.core.v1.Container"]
            #expect(
                Self.property("ports", of: container)?["x-kubernetes-list-map-keys"] == ["containerPort", "protocol"])
            #expect(
                apps?["io.k8s.apimachinery.pkg.util.intstr.IntOrString"]?["oneOf"]
                    == [["type": "integer"], ["type": "string"]])
            #expect(apps?["io.k8s.api.apps.v1.DeploymentList"]?["required"] == ["items"])
            let rbac = try await server.send(.get, "/openapi/v3/apis/rbac.authorization.k8s.io/v1").json
            #expect(rbac["components"]?["schemas"]?["io.k8s.api.rbac.v1.ClusterRoleBinding"] != nil)
        }
    }

    @Test func `a document that a hash names is never asked for again; one that has changed has moved`() async throws {
        try await APIServerFixture.withServer { server in
            let index = try await server.send(.get, "/openapi/v3")
            let url = try #require(index.json["paths"]?["apis/apps/v1"]?["serverRelativeURL"]?.stringValue)
            let document = try await server.send(.get, url)
            #expect(document.headers["Cache-Control"] == "public, immutable")
            let tag = try #require(document.headers["Etag"])
            let again = try await server.send(
                .get, "/openapi/v3/apis/apps/v1", headers: ["If-None-Match": tag])
            #expect(again.status == 304)
            #expect(again.text == "")
            let moved = try await server.send(.get, "/openapi/v3/apis/apps/v1?hash=0123")
            #expect(moved.status == 301)
            #expect(moved.headers["Location"] == url)
        }
    }

    // MARK: Version 2

    private static let foo: JSON = [
        "type": "object", "description": "Foo for tests",
        "properties": [
            "spec": [
                "type": "object", "description": "What is wanted",
                "properties": [
                    "bars": [
                        "type": "array", "description": "The bars",
                        "items": [
                            "type": "object", "required": ["name"],
                            "properties": [
                                "name": ["type": "string"], "feeling": ["type": "string", "enum": ["Great", "Down"]],
                            ],
                        ],
                    ]
                ],
            ]
        ],
    ]

    private static func define(
        _ server: APIServerFixture, _ group: String, versions: [String: JSON]
    ) async throws {
        let created = try await server.send(
            .post, "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
            [
                "metadata": ["name": .string("foos.\(group)")],
                "spec": [
                    "group": .string(group), "scope": "Namespaced", "names": ["plural": "foos", "kind": "Foo"],
                    "versions": .array(
                        versions.sorted { $0.key < $1.key }.enumerated().map { index, version in
                            [
                                "name": .string(version.key), "served": true, "storage": .bool(index == 0),
                                "schema": ["openAPIV3Schema": version.value],
                            ]
                        }),
                ],
            ])
        #expect(created.status == 201, "\(created.text)")
    }

    /// A definition as upstream's tests compare it: without what the server adds.
    private static func bare(_ definition: JSON?) -> JSON? {
        guard var definition else { return nil }
        for name in ["apiVersion", "kind", "metadata"] { definition["properties"]?[name] = nil }
        if definition["properties"] == [:] { definition["properties"] = nil }
        definition["x-kubernetes-group-version-kind"] = nil
        return definition
    }

    @Test func `the definitions of custom resources come, change and go with them`() async throws {
        try await APIServerFixture.withServer { server in
            try await Self.define(
                server, "openapi-test.example.com", versions: ["v2": Self.foo, "v3": Self.foo])
            let first = try await server.send(.get, "/openapi/v2")
            let names = ["v2", "v3", "v4"].map { "com.example.openapi-test.\($0).Foo" }
            #expect(Self.bare(first.json["definitions"]?[names[0]]) == Self.foo)
            #expect(Self.bare(first.json["definitions"]?[names[1]]) == Self.foo)
            let tag = try #require(first.headers["Etag"])
            #expect(tag.hasPrefix("\"") && tag.hasSuffix("\""))
            #expect(try await server.send(.get, "/openapi/v2", headers: ["If-None-Match": tag]).status == 304)

            let crd = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/foos.openapi-test.example.com"
            let renamed = try await server.send(
                .patch, crd,
                [
                    ["op": "test", "path": "/spec/versions/1/name", "value": "v3"],
                    ["op": "replace", "path": "/spec/versions/1/name", "value": "v4"],
                ], type: "application/json-patch+json")
            #expect(renamed.status == 200, "\(renamed.text)")
            let second = try await server.send(.get, "/openapi/v2", headers: ["If-None-Match": tag])
            #expect(second.status == 200)
            #expect(second.json["definitions"]?[names[1]] == nil)
            #expect(Self.bare(second.json["definitions"]?[names[2]]) == Self.foo)

            let hidden = try await server.send(
                .patch, crd, [["op": "replace", "path": "/spec/versions/1/served", "value": false]],
                type: "application/json-patch+json")
            #expect(hidden.status == 200)
            let third = try await server.send(.get, "/openapi/v2").json["definitions"]
            #expect(third?[names[2]] == nil)
            #expect(Self.bare(third?[names[0]]) == Self.foo)
            _ = try await server.send(.delete, crd)
            #expect(try await server.send(.get, "/openapi/v2").json["definitions"]?[names[0]] == nil)
        }
    }

    @Test func `what selectors may name is named`() async throws {
        try await APIServerFixture.withServer { server in
            try await server.defineWidgets()
            let expected: JSON = [["fieldPath": "spec.colour"]]
            let name = "com.example.rec.v1.Widget"
            let older = try await server.send(.get, "/openapi/v2")
            #expect(older.json["definitions"]?[name]?["x-kubernetes-selectable-fields"] == expected)
            let newer = try await server.send(.get, "/openapi/v3/apis/rec.example.com/v1")
            #expect(newer.json["components"]?["schemas"]?[name]?["x-kubernetes-selectable-fields"] == expected)
        }
    }

    @Test func `what older readers cannot read is taken out of version 2, and stands in version 3`() async throws {
        let odd: JSON = [
            "type": "object", "required": ["nothing", "some"],
            "properties": [
                "nothing": ["type": "object", "nullable": true, "properties": ["a": ["type": "string"]]],
                "some": [
                    "type": "object", "x-kubernetes-preserve-unknown-fields": true, "description": "Anything",
                    "properties": ["b": ["type": "string"]],
                ],
                "either": ["type": "integer", "anyOf": [["minimum": 1], ["maximum": -1]]],
                "port": ["x-kubernetes-int-or-string": true],
                "object": [
                    "type": "object", "x-kubernetes-embedded-resource": true, "properties": ["c": ["type": "string"]],
                ],
            ],
        ]
        try await APIServerFixture.withServer { server in
            try await Self.define(
                server, "odd.example.com",
                versions: ["v1": odd, "v2": ["type": "object", "x-kubernetes-preserve-unknown-fields": true]])
            let v2 = try await server.send(.get, "/openapi/v2").json["definitions"]
            let definition = Self.bare(v2?["com.example.odd.v1.Foo"])
            #expect(definition?["required"] == ["some"])
            #expect(Self.property("nothing", of: definition) == [:])
            #expect(
                Self.property("some", of: definition)
                    == ["description": "Anything", "x-kubernetes-preserve-unknown-fields": true])
            #expect(Self.property("either", of: definition) == ["type": "integer"])
            #expect(Self.property("port", of: definition) == ["x-kubernetes-int-or-string": true])
            #expect(
                Self.property("object", "metadata", of: definition)?["$ref"]
                    == "#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta")
            // Nothing at all may be said of a kind that takes everything.
            #expect(Self.bare(v2?["com.example.odd.v2.Foo"]) == ["type": "object"])

            let v3 = try await server.send(.get, "/openapi/v3/apis/odd.example.com/v1").json
            let whole = v3["components"]?["schemas"]?["com.example.odd.v1.Foo"]
            #expect(whole?["required"] == ["nothing", "some"])
            #expect(Self.property("nothing", of: whole)?["nullable"] == true)
            #expect(Self.property("some", "b", of: whole) == ["type": "string"])
            #expect(Self.property("either", of: whole)?["anyOf"]?.arrayValue?.count == 2)
        }
    }

    @Test func `clients get the form that they ask for, under one tag`() async throws {
        try await APIServerFixture.withServer { server in
            let json = try await server.send(.get, "/openapi/v2", accept: "application/json")
            #expect(json.headers["Content-Type"] == "application/json")
            #expect(json.headers["Vary"] == "Accept")
            let binary = try await server.send(.get, "/openapi/v2", accept: Self.protobuf)
            #expect(binary.headers["Content-Type"] == "application/com.github.proto-openapi.spec.v2.v1.0+protobuf")
            #expect(binary.headers["Etag"] == json.headers["Etag"])
            #expect(try await server.send(.get, "/openapi/v2", accept: "*/*").json["swagger"] == "2.0")
            #expect(try await server.send(.get, "/openapi/v2", accept: "text/html").status == 406)
            #expect(try await server.send(.post, "/openapi/v2", [:]).status == 405)
        }
    }

    // MARK: Protobuf

    /// The contents of the fields with a number, in order.
    private static func fields(_ number: Int, of bytes: [UInt8]) throws -> [[UInt8]] {
        var reader = ProtobufReader(bytes[...])
        var found: [[UInt8]] = []
        while let (field, value) = try reader.next() {
            if field == number, case .bytes(let content) = value { found.append(Array(content)) }
        }
        return found
    }

    private static func at(_ path: Int..., in bytes: [UInt8]) throws -> [UInt8]? {
        var found: [UInt8]? = bytes
        for number in path { found = try found.flatMap { try fields(number, of: $0).first } }
        return found
    }

    /// The value of an entry of a map: messages of a name and a value.
    private static func entry(_ name: String, _ field: Int, of bytes: [UInt8]?) throws -> [UInt8]? {
        try fields(field, of: bytes ?? []).first { try at(1, in: $0) == Array(name.utf8) }.flatMap { try at(2, in: $0) }
    }

    @Test func `the protobuf form says what the JSON form says`() throws {
        let schema: JSON = [
            "type": "object", "description": "d", "required": ["a"], "maxProperties": 3,
            "properties": [
                "a": ["type": "integer", "format": "int32", "minimum": 1.5, "default": 2, "enum": [2, 3]],
                "b": ["$ref": "#/definitions/B"],
                "c": ["type": "array", "items": ["type": "string"], "x-kubernetes-list-type": "atomic"],
                "d": ["type": "object", "additionalProperties": ["type": "boolean"]],
            ],
        ]
        let operation: JSON = [
            "operationId": "readA", "consumes": ["*/*"], "schemes": ["https"],
            "parameters": [
                ["name": "pretty", "in": "query", "type": "string", "uniqueItems": true],
                ["name": "body", "in": "body", "required": true, "schema": ["$ref": "#/definitions/A"]],
            ],
            "responses": ["200": ["description": "OK", "schema": ["$ref": "#/definitions/A"]]],
            "x-kubernetes-action": "get",
        ]
        let bytes = SwaggerMessage.encode([
            "swagger": "2.0", "info": ["title": "Kubernetes", "version": "v1"], "definitions": ["A": schema],
            "paths": ["/a": ["get": operation, "parameters": [["name": "name", "in": "path", "required": true]]]],
        ])
        func text(_ bytes: [UInt8]?) -> String? { bytes.map { String(decoding: $0, as: UTF8.self) } }
        #expect(text(try Self.at(1, in: bytes)) == "2.0")
        #expect(text(try Self.at(2, 2, in: bytes)) == "v1")

        let a = try Self.entry("A", 1, of: Self.at(9, in: bytes))
        #expect(text(try Self.at(22, 1, in: a ?? [])) == "object")
        #expect(text(try Self.at(19, in: a ?? [])) == "a")
        let properties = try Self.at(25, in: a ?? [])
        let number = try #require(try Self.entry("a", 1, of: properties))
        #expect(text(try Self.at(2, in: number)) == "int32")
        #expect(text(try Self.at(5, 2, in: number)) == "2\n")
        #expect(try Self.fields(20, of: number).count == 2)
        var reader = ProtobufReader(number[...])
        var minimum: UInt64?
        while let (field, value) = try reader.next() {
            if field == 9, case .integer(let bits) = value { minimum = bits }
        }
        #expect(minimum == (1.5).bitPattern)
        #expect(text(try Self.at(1, in: Self.entry("b", 1, of: properties) ?? [])) == "#/definitions/B")
        let list = try #require(try Self.entry("c", 1, of: properties))
        #expect(text(try Self.at(23, 1, 22, 1, in: list)) == "string")
        #expect(text(try Self.at(31, 1, in: list)) == "x-kubernetes-list-type")
        #expect(text(try Self.at(31, 2, 2, in: list)) == "\"atomic\"\n")
        #expect(text(try Self.at(21, 1, 22, 1, in: Self.entry("d", 1, of: properties) ?? [])) == "boolean")

        let item = try #require(try Self.entry("/a", 2, of: Self.at(8, in: bytes)))
        #expect(text(try Self.at(9, 1, 2, 4, 4, in: item)) == "name")
        let read = try #require(try Self.at(2, in: item))
        #expect(text(try Self.at(5, in: read)) == "readA")
        let parameters = try Self.fields(8, of: read)
        #expect(text(try Self.at(1, 2, 3, 6, in: parameters[0])) == "string")
        #expect(text(try Self.at(1, 1, 5, 1, in: parameters[1])) == "#/definitions/A")
        let response = try Self.entry("200", 1, of: Self.at(9, in: read))
        #expect(text(try Self.at(1, 2, 1, 1, in: response ?? [])) == "#/definitions/A")
        #expect(text(try Self.at(13, 1, in: read)) == "x-kubernetes-action")
    }
}
