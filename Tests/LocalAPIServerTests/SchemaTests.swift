import HTTPTransport
import KubernetesModel
import StructuredData
import Testing

@testable import LocalAPIServer

@Suite("Schemas")
struct SchemaTests {
    private static func schema(_ json: JSON) throws -> Schema { try Schema(openAPI: json, path: "") }

    @Test("Unknown fields are removed and named by their path, free-form parts are kept whole")
    func pruning() throws {
        let schema = try Self.schema([
            "type": "object",
            "properties": [
                "parts": [
                    "type": "array", "items": ["type": "object", "properties": ["name": ["type": "string"]]],
                ], "free": ["type": "object", "x-kubernetes-preserve-unknown-fields": true],
                "limits": ["type": "object", "additionalProperties": ["type": "string"]],
            ],
        ])
        var value: JSON = [
            "parts": [["name": "a"], ["name": "b", "colour": "red"]], "free": ["x": ["y": 1]],
            "limits": ["cpu": "1"], "more": true,
        ]
        var unknown: [String] = []
        schema.prune(&value, path: "", unknown: &unknown)
        #expect(unknown.sorted() == ["more", "parts[1].colour"])
        #expect(
            value == ["parts": [["name": "a"], ["name": "b"]], "free": ["x": ["y": 1]], "limits": ["cpu": "1"]])
    }

    @Test("Nulls stay only where they may, and defaults fill what is absent below what is there")
    func nullsAndDefaults() throws {
        let schema = try Self.schema([
            "type": "object",
            "properties": [
                "maybe": ["type": "string", "nullable": true], "label": ["type": "string"],
                "size": ["type": "integer", "default": 2],
                "inner": ["type": "object", "properties": ["flag": ["type": "boolean", "default": true]]],
                "made": [
                    "type": "object", "default": [:], "properties": ["n": ["type": "integer", "default": 1]],
                ],
            ],
        ])
        var value: JSON = ["maybe": .null, "label": .null, "size": .null]
        var unknown: [String] = []
        schema.prune(&value, path: "", unknown: &unknown)
        schema.applyDefaults(to: &value)
        #expect(value == ["maybe": .null, "size": 2, "made": ["n": 1]])
    }

    @Test("Violations carry the real server's reasons and fields")
    func violations() throws {
        let schema = try Self.schema([
            "type": "object", "required": ["must"],
            "properties": [
                "must": ["type": "string"], "size": ["type": "integer", "minimum": 1, "maximum": 10],
                "colour": ["type": "string", "enum": ["red", "green"]],
                "label": ["type": "string", "pattern": "^[a-z]+$", "maxLength": 3],
                "port": ["x-kubernetes-int-or-string": true], "when": ["type": "string", "format": "date-time"],
                "tags": [
                    "type": "array", "maxItems": 2, "x-kubernetes-list-type": "set", "items": ["type": "string"],
                ],
            ],
        ])
        let causes = schema.validate(
            [
                "size": 11, "colour": "pink", "label": "UPPER", "port": true, "when": "yesterday",
                "tags": ["a", "a", "b"],
            ], path: "")
        func reasons(_ field: String) -> [String] {
            causes.filter { $0.field == field }.compactMap(\.reason).sorted()
        }
        #expect(reasons("must") == ["FieldValueRequired"])
        #expect(reasons("size") == ["FieldValueInvalid"])
        #expect(reasons("colour") == ["FieldValueNotSupported"])
        #expect(reasons("label") == ["FieldValueInvalid", "FieldValueTooLong"])
        #expect(reasons("port") == ["FieldValueTypeInvalid"])
        #expect(reasons("when") == ["FieldValueTypeInvalid"])
        #expect(reasons("tags") == ["FieldValueTooMany"])
        #expect(reasons("tags[1]") == ["FieldValueDuplicate"])
        #expect(schema.validate(["must": "x", "port": "http", "size": 10], path: "").isEmpty)
    }

    @Test("The metadata of an object within an object is what metadata always is")
    func embeddedMetadata() throws {
        let schema = try Schema(
            openAPI: [
                "type": "object",
                "properties": [
                    "inner": [
                        "type": "object", "x-kubernetes-embedded-resource": true,
                        "x-kubernetes-preserve-unknown-fields": true,
                    ]
                ],
            ], path: "")
        var value: JSON = [
            "inner": ["kind": "K", "apiVersion": "v1", "other": 1, "metadata": ["name": "n", "unspecified": "u"]]
        ]
        var unknown: [String] = []
        schema.prune(&value, path: "", unknown: &unknown)
        #expect(unknown == ["inner.metadata.unspecified"])
        #expect(value == ["inner": ["kind": "K", "apiVersion": "v1", "other": 1, "metadata": ["name": "n"]]])
        #expect(schema.validate(value, path: "").isEmpty)
        value.set(42, at: ["inner", "metadata", "namespace"])
        let causes = schema.validate(value, path: "")
        #expect(causes.map(\.field) == ["inner.metadata"])
        #expect(causes.map(\.reason) == ["FieldValueInvalid"])
        let nameless = schema.validate(["inner": ["kind": "%", "metadata": ["name": ".."]]], path: "")
        #expect(nameless.map(\.field) == ["inner.apiVersion", "inner.kind", "inner.metadata.name"])
    }

    @Test("The counts of what can be scaled are counts")
    func scaleCounts() {
        let paths = ResourceDefinition.ScalePaths(
            specReplicas: ["spec", "replicas"], statusReplicas: ["status", "replicas"], selector: nil)
        func fields(_ spec: JSON, _ status: JSON) -> [String?] {
            ScaleView.validate(["spec": ["replicas": spec], "status": ["replicas": status]], paths).map(\.field)
        }
        #expect(fields(2_147_483_647, 0) == [])
        #expect(fields(2_147_483_648, 0) == [".spec.replicas"])
        #expect(fields(-1, "many") == [".spec.replicas", ".status.replicas"])
        #expect(ScaleView.validate(["spec": [:]], paths).isEmpty)
    }

    @Test("A structural schema says what it is wrong about")
    func badSchema() {
        let error = #expect(throws: SchemaError.self) {
            try Schema(
                openAPI: ["type": "object", "properties": ["x": ["type": "strin"]]], path: "schema")
        }
        #expect(error?.path == "schema.properties[x].type")
    }

    @Test("The built-in table is complete: every kind has a schema with metadata")
    func builtInTable() {
        let definitions = BuiltInResources.all()
        #expect(definitions.count > 20)
        for definition in definitions {
            #expect(definition.schema.properties["metadata"] != nil, "\(definition.type.kind)")
        }
        let deployment = definitions.first { $0.type.kind == "Deployment" }
        let pod = deployment?.schema.properties["spec"]?.properties["template"]?.properties["spec"]
        #expect(pod?.properties["containers"]?.listType == .map(keys: ["name"]))
    }

    @Test("Quantities are stored in one form, and empty maps of built-in kinds are none")
    func canonicalForms() throws {
        let pod = try #require(BuiltInResources.all().first { $0.type.kind == "Pod" })
        var value: JSON = [
            "metadata": ["name": "p", "annotations": [:]],
            "spec": [
                "containers": [
                    ["name": "c", "resources": ["limits": ["cpu": 0.5, "memory": "1024Mi"]]]
                ]
            ],
        ]
        var unknown: [String] = []
        pod.schema.prune(&value, path: "", unknown: &unknown)
        #expect(unknown.isEmpty)
        #expect(value["metadata"] == ["name": "p"])
        #expect(
            value["spec"]?["containers"]?[0]?["resources"]?["limits"] == ["cpu": "500m", "memory": "1Gi"])
    }

    @Test("Printer columns find members, elements and filtered elements")
    func jsonPaths() {
        let object: JSON = [
            "spec": ["size": 3, "a.b": "dotted"],
            "status": ["conditions": [["type": "Ready", "status": "True"], ["type": "Other", "status": "False"]]],
        ]
        #expect(JSONPath(".spec.size").values(in: object) == [3])
        #expect(JSONPath(".spec['a.b']").values(in: object) == ["dotted"])
        #expect(JSONPath(".status.conditions[?(@.type==\"Ready\")].status").values(in: object) == ["True"])
        #expect(JSONPath(".status.conditions[*].type").values(in: object) == ["Ready", "Other"])
        #expect(JSONPath(".status.conditions[-1].type").values(in: object) == ["Other"])
        #expect(JSONPath(".absent.more").values(in: object) == [])
    }

    @Test(
        "Ages read as kubectl writes them",
        arguments: [
            (0, "0s"), (119, "119s"), (120, "2m"), (150, "2m30s"), (3600, "60m"), (7 * 3600 + 60, "7h1m"),
            (47 * 3600, "47h"), (50 * 3600, "2d2h"), (10 * 86400, "10d"), (800 * 86400, "2y70d"),
        ])
    func ages(_ seconds: Int, _ text: String) {
        #expect(CellText.duration(Int64(seconds)) == text)
    }

    @Test("Repeated fields are found with their path, also in lists")
    func duplicates() {
        let text = #"{"a": 1, "b": [{"x": "\"}", "x": 2}], "a": {"c": []}}"#
        let fields = FieldOrder.fields(in: Array(text.utf8))
        #expect(fields.map(\.path) == ["a", "b", "b[0].x", "b[0].x", "a", "a.c"])
        #expect(fields.filter(\.isRepeated).map(\.path) == ["b[0].x", "a"])
    }

    @Test(
        "Formats are read as the real server reads them",
        arguments: [
            ("ipv4", ["10.1.2.3"], ["10.1.2", "::1"]), ("ipv6", ["::1", "fe80::1"], ["10.1.2.3", "g::"]),
            ("cidr", ["10.0.0.0/8", "fd00::/8"], ["10.0.0.0", "10.0.0.0/33"]),
            ("mac", ["00:1A:2b:3c:4d:5e", "00-1a-2b-3c-4d-5e", "001a.2b3c.4d5e"], ["00:1a:2b:3c:4d", "x"]),
            ("uuid", ["123E4567-e89b-12d3-a456-426614174000", "123e4567e89b12d3a456426614174000"], ["123"]),
            ("uuid4", ["123e4567-e89b-42d3-a456-426614174000"], ["123e4567-e89b-12d3-a456-426614174000"]),
            ("hostname", ["example.com", "a-b"], ["a..b", "-"]), ("email", ["a@b.example", "A <a@b.c>"], ["a", "a@"]),
            ("uri", ["https://example.com/a?b", "/a", "urn:a:b"], ["a", "", "http://a b"]),
            ("duration", ["1h30m", "1.5 s", "2 days", "0"], ["1", "h", "1 fortnight"]),
            ("date", ["2024-02-29"], ["2024-13-01", "24-1-1"]), ("date-time", ["2024-02-29T10:00:00Z"], ["2024-02-29"]),
            ("byte", ["aGk="], ["aGk", "?"]), ("hexcolor", ["#fff", "A0B1C2"], ["#ff", "#ggg"]),
            ("rgbcolor", ["rgb(1, 2,255)"], ["rgb(1,2,256)"]), ("ssn", ["123-45-6789"], ["12-345-6789"]),
            ("creditcard", ["4111 1111 1111 1111"], ["1111"]),
            ("isbn", ["0321751043", "978-0321751041"], ["0321751044"]),
            ("bsonobjectid", ["507f1f77bcf86cd799439011"], ["507f"]), ("k8s-short-name", ["a-b"], ["a.b", "A"]),
            ("k8s-long-name", ["a.b"], ["a..b"]), ("password", ["", "x"], []), ("unheard-of", ["anything"], []),
            ("quantity", ["not a quantity"], []),
        ])
    func formats(format: String, good: [String], bad: [String]) {
        for text in good { #expect(SchemaFormat.accepts(text, format: format), "\(text)") }
        for text in bad { #expect(!SchemaFormat.accepts(text, format: format), "\(text)") }
    }

    @Test("A definition with a format that means nothing is taken, with a warning")
    func unknownFormats() async throws {
        try await APIServerFixture.withServer { server in
            let created = try await server.send(
                .post, "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
                [
                    "metadata": ["name": "as.formats.example.com"],
                    "spec": [
                        "group": "formats.example.com", "scope": "Namespaced", "names": ["plural": "as", "kind": "A"],
                        "versions": [
                            [
                                "name": "v1", "served": true, "storage": true,
                                "schema": [
                                    "openAPIV3Schema": [
                                        "type": "object",
                                        "properties": [
                                            "a": ["type": "string", "format": "odd"],
                                            "b": ["type": "integer", "format": "int32"],
                                            "c": ["type": "string", "format": "date-time"],
                                            "q": ["type": "string", "format": "quantity"],
                                        ],
                                    ]
                                ],
                            ]
                        ],
                    ],
                ])
            #expect(created.status == 201, "\(created.text)")
            #expect(created.headers["Warning"]?.contains("unrecognized format \\\"odd\\\"") == true)
            let object = try await server.send(
                .post, "/apis/formats.example.com/v1/namespaces/default/as",
                [
                    "apiVersion": "formats.example.com/v1", "kind": "A", "metadata": ["name": "a"], "a": "?",
                    "q": "1000m",
                ])
            // Only the built-in kinds have quantities, and write them in one way.
            #expect(object.json["q"] == "1000m", "\(object.text)")
        }
    }
}
