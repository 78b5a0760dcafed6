import KubernetesModel
import StructuredData
import Testing

@Suite("Merge schemas of custom resources")
struct MergeSchemaTests {
    @Test("List and map types come from the structural schema")
    func readsExtensions() throws {
        let schema = MergeSchema(
            openAPIV3Schema: [
                "type": "object",
                "properties": [
                    "spec": [
                        "type": "object",
                        "properties": [
                            "plain": ["type": "array", "items": ["type": "string"]],
                            "tags": ["type": "array", "items": ["type": "string"], "x-kubernetes-list-type": "set"],
                            "ports": [
                                "type": "array", "x-kubernetes-list-type": "map",
                                "x-kubernetes-list-map-keys": ["port", "protocol"],
                                "items": [
                                    "type": "object",
                                    "properties": [
                                        "port": ["type": "integer"],
                                        "protocol": ["type": "string", "default": "TCP"],
                                    ],
                                ],
                            ],
                            "whole": [
                                "type": "object", "x-kubernetes-map-type": "atomic",
                                "properties": ["a": ["type": "string"]],
                            ],
                            "either": ["x-kubernetes-int-or-string": true],
                            "limits": ["type": "object", "additionalProperties": ["type": "string"]],
                            "free": ["type": "object", "x-kubernetes-preserve-unknown-fields": true],
                            "template": [
                                "type": "object", "x-kubernetes-embedded-resource": true,
                                "x-kubernetes-preserve-unknown-fields": true,
                            ],
                        ],
                    ]
                ],
            ])
        guard case .object(let root, _) = schema.root, case .object(let spec, _)? = root["spec"] else {
            Issue.record("spec must be an object")
            return
        }
        #expect(spec["plain"] == .atomic && spec["tags"] == .set && spec["whole"] == .atomic)
        #expect(spec["either"] == .atomic && spec["free"] == .untyped)
        guard case .list(let keys, _)? = spec["ports"] else {
            Issue.record("ports must be a map list")
            return
        }
        #expect(keys == [.init("port"), .init("protocol", default: "TCP")])
        #expect(spec["limits"] == .object(fields: [:], others: .items(.atomic)))
        guard case .object(let template, _)? = spec["template"] else {
            Issue.record("template must be an object")
            return
        }
        #expect(template["metadata"] == root["metadata"] && template["metadata"] != nil)
    }

    @Test("Free-form parts merge member by member, with ownership of every level")
    func untypedParts() throws {
        let schema = MergeSchema.untyped
        let writer = StructuredMerge.Writer(manager: "m", apiVersion: "a/v1", time: "2026-01-01T00:00:00Z")
        let object = try StructuredMerge.apply(
            ["apiVersion": "a/v1", "kind": "K", "spec": ["x": ["y": 1, "list": [1, 2]]]], to: nil, schema: schema,
            writer: writer, force: false)
        #expect(
            DynamicObject(object).managedFields?[0]?["fieldsV1"] == [
                "f:spec": [".": [:], "f:x": [".": [:], "f:list": [:], "f:y": [:]]]
            ])
    }

    @Test("A list that becomes atomic is owned as a whole by who owned its items")
    func schemaChanges() throws {
        let list: (String) -> MergeSchema = { type in
            MergeSchema(
                openAPIV3Schema: [
                    "type": "object",
                    "properties": [
                        "spec": [
                            "type": "object",
                            "properties": [
                                "tags": [
                                    "type": "array", "items": ["type": "string"],
                                    "x-kubernetes-list-type": .string(type),
                                ]
                            ],
                        ]
                    ],
                ])
        }
        let writer = StructuredMerge.Writer(manager: "m", apiVersion: "a/v1", time: "2026-01-01T00:00:00Z")
        let configuration: JSON = ["apiVersion": "a/v1", "kind": "K", "spec": ["tags": ["a"]]]
        let before = try StructuredMerge.apply(
            configuration, to: nil, schema: list("set"), writer: writer, force: false)
        #expect(DynamicObject(before).managedFields?[0]?["fieldsV1"] == ["f:spec": ["f:tags": ["v:\"a\"": [:]]]])
        let after = try StructuredMerge.apply(
            ["apiVersion": "a/v1", "kind": "K", "spec": ["tags": ["b"]]], to: before, schema: list("atomic"),
            writer: writer, force: false)
        #expect(after["spec"] == ["tags": ["b"]])
        #expect(DynamicObject(after).managedFields?[0]?["fieldsV1"] == ["f:spec": ["f:tags": [:]]])
    }

    @Test("Custom kinds are not built in")
    func builtInGroups() {
        let custom = ResourceType(group: "x.io", version: "v1", kind: "X", plural: "xs", namespaced: true)
        #expect(MergeSchema.builtIn(custom) == nil)
        #expect(MergeSchema.builtIn(ConfigMap.resource) != nil)
    }
}
