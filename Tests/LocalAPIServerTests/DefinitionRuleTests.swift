import KubernetesModel
import StructuredData
import Testing

@testable import LocalAPIServer

/// Which CustomResourceDefinitions are refused, and where the refusal points. The definitions are those of upstream's own tests of its
/// rules.
@Suite("Rules for CustomResourceDefinitions")
struct DefinitionRuleTests {
    private static func definition(
        _ schema: JSON, group: String = "example.com", names: JSON = [:], version: JSON = [:], more: [JSON] = []
    ) -> JSON {
        var first: JSON = ["name": "v1", "served": true, "storage": true, "schema": ["openAPIV3Schema": schema]]
        for (key, value) in version.objectValue ?? [:] { first[key] = value }
        var allNames: JSON = ["plural": "foos", "singular": "foo", "kind": "Foo", "listKind": "FooList"]
        for (key, value) in names.objectValue ?? [:] { allNames[key] = value }
        return [
            "metadata": ["name": .string("foos.\(group)")],
            "spec": [
                "group": .string(group), "scope": "Namespaced", "names": allNames, "versions": .array([first] + more),
            ],
            "status": ["storedVersions": ["v1"]],
        ]
    }

    private static func refusals(_ crd: JSON, old: JSON? = nil) -> Set<String> {
        Set(
            CustomResourceDefinitionRules.validate(crd, old: old).map {
                "\($0.field?.replacingOccurrences(of: "spec.validation.openAPIV3Schema", with: "S") ?? ""): "
                    + ($0.message ?? "")
            })
    }

    private static func refusals(ofSchema schema: JSON) -> Set<String> { refusals(definition(schema)) }

    private static func object(_ properties: JSON, more: JSON = [:]) -> JSON {
        var schema: JSON = ["type": "object", "properties": properties]
        for (key, value) in more.objectValue ?? [:] { schema[key] = value }
        return schema
    }

    @Test func `a version without a schema is named, even where all share one place`() {
        var crd = Self.definition(Self.object([:]))
        crd["spec"]?["versions"] = [["name": "v1", "served": true, "storage": true]]
        #expect(Self.refusals(crd).contains("spec.versions[0].schema.openAPIV3Schema: Required value"))
    }

    @Test func `logic only refuses values: it says nothing of how they are stored`() {
        let nested: JSON = [
            "type": "string", "nullable": true, "default": "x", "x-kubernetes-preserve-unknown-fields": true,
            "x-kubernetes-list-type": "set", "x-kubernetes-validations": [["rule": "true"]],
        ]
        for (key, place) in [("allOf", "allOf[0]"), ("anyOf", "anyOf[0]"), ("oneOf", "oneOf[0]"), ("not", "not")] {
            let logic: JSON = key == "not" ? nested : [nested]
            let found = Self.refusals(
                ofSchema: Self.object(["a": ["type": "string", "minLength": 1]], more: [:]).with(
                    logic, at: ["properties", "a", key]))
            let path = "S.properties[a].\(place)"
            #expect(
                found.isSuperset(of: [
                    "\(path).type: Forbidden: must be empty to be structural",
                    "\(path).nullable: Forbidden: must be false to be structural",
                    "\(path).default: Forbidden: must be undefined to be structural",
                    "\(path).x-kubernetes-preserve-unknown-fields: Forbidden: must be false to be structural",
                    "\(path).x-kubernetes-list-type: Forbidden: must be undefined to be structural",
                    "\(path).x-kubernetes-validations: Forbidden: must be empty to be structural",
                ]), "\(found)")
        }
    }

    @Test func `the two types of a number or a text may stand in logic, where nothing else stands`() {
        let types: JSON = [["type": "integer"], ["type": "string"]]
        func port(_ logic: JSON) -> JSON {
            var schema = logic
            schema["x-kubernetes-int-or-string"] = true
            return Self.object(["port": schema])
        }
        #expect(Self.refusals(ofSchema: port(["anyOf": types])) == [])
        #expect(Self.refusals(ofSchema: port(["allOf": [["anyOf": types], ["maxLength": 5]]])) == [])
        #expect(
            Self.refusals(ofSchema: port(["anyOf": [["type": "integer"]]]))
                == ["S.properties[port].anyOf[0].type: Forbidden: must be empty to be structural"])
    }

    @Test func `what logic is about is known outside of it`() {
        let schema = Self.object(
            ["a": ["type": "object", "properties": ["b": ["type": "string"]]]],
            more: ["not": ["properties": ["a": ["properties": ["c": ["minLength": 1]]], "metadata": [:]]]])
        #expect(
            Self.refusals(ofSchema: schema) == [
                "S.properties[a].properties[c]: Required value: because it is defined in "
                    + "spec.validation.openAPIV3Schema.not.properties[a].properties[c]",
                "S.properties[metadata]: Required value: because it is defined in "
                    + "spec.validation.openAPIV3Schema.not.properties[metadata]",
                "S.not.properties[metadata]: Forbidden: must not be specified in a nested context",
            ])
    }

    @Test func `every value has one type, and metadata is what it always is`() {
        #expect(
            Self.refusals(
                ofSchema: Self.object([
                    "a": ["description": "no type"], "list": ["type": "array"],
                    "items": ["type": "array", "items": ["minLength": 1]],
                    "metadata": ["type": "object", "properties": ["labels": ["type": "object"]]],
                    "kind": ["type": "integer"],
                    "pod": ["type": "object", "x-kubernetes-embedded-resource": true],
                    "both": ["x-kubernetes-int-or-string": true, "x-kubernetes-preserve-unknown-fields": true],
                ])) == [
                    "S.properties[a].type: Required value: must not be empty for specified object fields",
                    "S.properties[list].items: Required value: must be specified",
                    "S.properties[items].items.type: Required value: must not be empty for specified array items",
                    "S.properties[metadata]: Forbidden: must not specify anything other than name and generateName, "
                        + "but metadata is implicitly specified",
                    "S.properties[kind].type: Invalid value: \"integer\": must be string",
                    "S.properties[pod].properties: Required value: must not be empty if "
                        + "x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields",
                    "S.properties[both].x-kubernetes-preserve-unknown-fields: Invalid value: true: must be false if "
                        + "x-kubernetes-int-or-string is true",
                ])
        #expect(
            Self.refusals(ofSchema: Self.object([:], more: ["additionalProperties": true, "nullable": true])) == [
                "S.additionalProperties: Forbidden: must not be used at the root",
                "S.nullable: Forbidden: nullable cannot be true at the root",
            ])
    }

    @Test func `the keys of a list are scalars that every element has; the elements of a set are wholes`() {
        let element: JSON = [
            "type": "object", "required": ["a"],
            "properties": [
                "a": ["type": "string"], "b": ["type": "string", "nullable": true], "c": ["type": "object"],
            ],
        ]
        let list: JSON = [
            "type": "array", "items": element, "x-kubernetes-list-type": "map",
            "x-kubernetes-list-map-keys": ["a", "b", "c", "d"],
        ]
        let what = "this property is in x-kubernetes-list-map-keys, so it"
        #expect(
            Self.refusals(ofSchema: Self.object(["list": list])) == [
                "S.properties[list].items.properties[b].default: Required value: \(what) must have a default or be a "
                    + "required property",
                "S.properties[list].items.properties[b].nullable: Forbidden: \(what) cannot be nullable",
                "S.properties[list].items.properties[c].default: Required value: \(what) must have a default or be a "
                    + "required property",
                "S.properties[list].items.properties[c].type: Invalid value: \"object\": must be a scalar type if parent "
                    + "array's x-kubernetes-list-type is map",
                "S.properties[list].x-kubernetes-list-map-keys: Invalid value: [\"a\",\"b\",\"c\",\"d\"]: entries must all "
                    + "be names of item properties",
            ])
        #expect(
            Self.refusals(
                ofSchema: Self.object([
                    "set": [
                        "type": "array", "x-kubernetes-list-type": "set",
                        "items": ["type": "object", "properties": ["a": ["type": "string"]]],
                    ], "text": ["type": "string", "x-kubernetes-list-type": "set"],
                    "map": ["type": "object", "x-kubernetes-map-type": "whole"],
                ])) == [
                    "S.properties[set].items.x-kubernetes-map-type: Invalid value: null: must be atomic as item of a list "
                        + "with x-kubernetes-list-type=set",
                    "S.properties[text].type: Invalid value: \"string\": must be array if x-kubernetes-list-type is "
                        + "specified",
                    "S.properties[map].x-kubernetes-map-type: Unsupported value: \"whole\": supported values: \"atomic\", "
                        + "\"granular\"",
                ])
    }

    @Test func `a default is a value that objects may have, by schema and by rule`() {
        let found = Self.refusals(
            ofSchema: Self.object([
                "a": ["type": "string", "enum": ["x"], "default": "y"],
                "b": ["type": "object", "default": ["c": 1], "properties": ["d": ["type": "string"]]],
                "e": ["type": "integer", "default": 3, "x-kubernetes-validations": [["rule": "self > 5"]]],
                "metadata": ["type": "object", "properties": ["name": ["type": "string", "default": "n"]]],
            ]))
        #expect(
            found == [
                "S.properties[a].default: Unsupported value: \"y\": supported values: \"x\"",
                "S.properties[b].default: Invalid value: {\"c\":1}: must not have unknown fields",
                "S.properties[e].default: Invalid value: 3: failed rule: self > 5",
                "S.properties[metadata].properties[name].default: Forbidden: must not be set in top-level metadata",
            ])
    }

    @Test func `names are labels, groups are domains, and those of Kubernetes need an approval`() {
        let plain: JSON = ["type": "object"]
        let label = NameValidation.leadingLetterMessage
        #expect(
            Self.refusals(
                Self.definition(
                    plain, names: ["kind": "9Foo", "listKind": "9Foo", "shortNames": ["f", "F"], "categories": ["-"]])
            ) == [
                "spec.names.kind: Invalid value: \"9Foo\": may have mixed case, but should otherwise match: \(label)",
                "spec.names.listKind: Invalid value: \"9Foo\": may have mixed case, but should otherwise match: \(label)",
                "spec.names.listKind: Invalid value: \"9Foo\": kind and listKind may not be the same",
                "spec.names.shortNames[1]: Invalid value: \"F\": \(label)",
                "spec.names.categories[0]: Invalid value: \"-\": \(label)",
            ])
        let protected = Self.definition(plain, group: "things.k8s.io")
        let field = "metadata.annotations[api-approved.kubernetes.io]"
        #expect(Self.refusals(protected).first?.hasPrefix("\(field): Required value: protected groups") == true)
        for (value, isGood) in [("unapproved, a test", true), ("https://example.com/1", true), ("yes", false)] {
            let annotated = protected.with(
                .string(value), at: ["metadata", "annotations", "api-approved.kubernetes.io"])
            #expect(Self.refusals(annotated).isEmpty == isGood, "\(value)")
        }
        // What was there before is not looked at again.
        #expect(Self.refusals(protected, old: protected) == [])
    }

    @Test func `versions, their columns and their scales are looked at one by one`() {
        let other: JSON = [
            "name": "V2", "served": true, "storage": true, "deprecationWarning": "soon",
            "schema": ["openAPIV3Schema": ["type": "object", "description": "another"]],
            "subresources": ["scale": ["specReplicasPath": ".replicas", "statusReplicasPath": ".status.replicas"]],
            "additionalPrinterColumns": [["name": "A", "type": "text", "jsonPath": "spec.a", "format": "long"]],
        ]
        let found = Self.refusals(Self.definition(["type": "object"], more: [other]))
        #expect(
            found.isSuperset(of: [
                "spec.versions[1].name: Invalid value: \"V2\": \(NameValidation.leadingLetterMessage)",
                "spec.versions[1].deprecationWarning: Invalid value: \"soon\": can only be set for deprecated versions",
                "spec.versions[1].subresources.scale.specReplicasPath: Invalid value: \".replicas\": should be a json path "
                    + "under .spec",
                "spec.versions[1].additionalPrinterColumns[0].type: Invalid value: \"text\": must be one of "
                    + "boolean,date,integer,number,string",
                "spec.versions[1].additionalPrinterColumns[0].JSONPath: Invalid value: \"spec.a\": must be a simple json "
                    + "path starting with .",
            ]), "\(found)")
        #expect(found.contains { $0.hasSuffix("must have exactly one version marked as storage version") })
        let status = Self.definition(
            ["type": "object", "maxProperties": 3], version: ["subresources": ["status": [:]]])
        #expect(
            Self.refusals(status).first?.contains(
                "fields are allowed at the root of the schema if the status subresource")
                == true)
    }

    @Test func `versions in which objects are stored stay, and there are no webhooks to convert them`() {
        var crd = Self.definition(["type": "object"])
        crd["status"] = ["storedVersions": ["v1", "v0"]]
        #expect(
            Self.refusals(crd).first?.hasPrefix(
                "status.storedVersions[1]: Invalid value: \"v0\": missing from spec.versions; v0 was previously a storage "
                    + "version") == true)
        let converted = Self.definition(["type": "object"]).with(
            ["strategy": "Webhook", "webhook": ["conversionReviewVersions": ["v1"]]], at: ["spec", "conversion"])
        #expect(
            Self.refusals(converted).first?.hasPrefix(
                "spec.conversion.strategy: Forbidden: this server calls no webhooks") == true)
    }
}

extension JSON {
    fileprivate func with(_ value: JSON, at path: [String]) -> JSON {
        var json = self
        json.set(value, at: path[...])
        return json
    }
}

extension String {
    fileprivate func replacingOccurrences(of text: String, with other: String) -> String {
        hasPrefix(text) ? other + dropFirst(text.count) : self
    }
}
