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
}
