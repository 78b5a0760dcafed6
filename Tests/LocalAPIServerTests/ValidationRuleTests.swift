import HTTPTransport
import StructuredData
import Testing

@Suite("Validation rules")
struct ValidationRuleTests {
    private static let definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
    private static let gears = "/apis/rules.example.com/v1/namespaces/default/gears"

    private static func definition(_ spec: JSON, rules: JSON? = nil, status: JSON = ["type": "object"]) -> JSON {
        var root: JSON = ["type": "object", "properties": ["spec": spec, "status": status]]
        root["x-kubernetes-validations"] = rules
        return [
            "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
            "metadata": ["name": "gears.rules.example.com"],
            "spec": [
                "group": "rules.example.com", "scope": "Namespaced", "names": ["plural": "gears", "kind": "Gear"],
                "versions": [
                    [
                        "name": "v1", "served": true, "storage": true, "schema": ["openAPIV3Schema": root],
                        "subresources": [
                            "status": [:],
                            "scale": [
                                "specReplicasPath": ".spec.replicas", "statusReplicasPath": ".status.replicas",
                            ],
                        ],
                    ]
                ],
            ],
        ]
    }

    private static let spec: JSON = [
        "type": "object",
        "properties": [
            "replicas": ["type": "integer", "minimum": 0], "size": ["type": "integer"],
            "name": [
                "type": "string", "maxLength": 20,
                "x-kubernetes-validations": [["rule": "self == oldSelf", "message": "name is immutable"]],
            ],
            "tags": ["type": "array", "items": ["type": "string", "maxLength": 10], "maxItems": 10],
        ],
        "x-kubernetes-validations": [
            ["rule": "!has(self.replicas) || self.replicas <= self.size * 10", "message": "at most ten times size"],
            [
                "rule": "!has(self.tags) || self.tags.all(t, t.matches('^[a-z]+$'))", "fieldPath": ".tags",
                "reason": "FieldValueForbidden",
            ],
        ],
    ]

    private static func gear(_ name: String, _ spec: JSON) -> JSON {
        ["apiVersion": "rules.example.com/v1", "kind": "Gear", "metadata": ["name": .string(name)], "spec": spec]
    }

    private func causes(_ answer: APIServerFixture.Answer) -> [JSON] {
        answer.json["details"]?["causes"]?.arrayValue ?? []
    }

    @Test("Objects are checked when they are created, updated, patched, applied and scaled")
    func writes() async throws {
        try await APIServerFixture.withServer { server in
            #expect(try await server.send(.post, Self.definitions, Self.definition(Self.spec)).status == 201)
            let refused = try await server.send(.post, Self.gears, Self.gear("g", ["size": 1, "replicas": 11]))
            #expect(refused.status == 422)
            #expect(refused.reason == "Invalid")
            #expect(
                causes(refused) == [
                    [
                        "reason": "FieldValueInvalid", "message": "Invalid value: at most ten times size",
                        "field": "spec",
                    ]
                ])
            let created = try await server.send(
                .post, Self.gears, Self.gear("g", ["size": 1, "replicas": 10, "name": "a"]))
            #expect(created.status == 201)
            var changed = created.json
            changed["spec"]?["name"] = "b"
            let updated = try await server.send(.put, Self.gears + "/g", changed)
            #expect(
                causes(updated) == [
                    [
                        "reason": "FieldValueInvalid", "message": "Invalid value: \"b\": name is immutable",
                        "field": "spec.name",
                    ]
                ])
            let patched = try await server.send(
                .patch, Self.gears + "/g", ["spec": ["tags": ["UPPER"]]], type: "application/merge-patch+json")
            #expect(
                causes(patched) == [
                    [
                        "reason": "FieldValueForbidden",
                        "message":
                            "Forbidden: failed rule: !has(self.tags) || self.tags.all(t, t.matches('^[a-z]+$'))",
                        "field": "spec.tags",
                    ]
                ])
            let applied = try await server.send(
                .patch, Self.gears + "/g?fieldManager=m&force=true", Self.gear("g", ["replicas": 11]),
                type: "application/apply-patch+yaml")
            #expect(applied.status == 422)
            let scaled = try await server.send(
                .patch, Self.gears + "/g/scale", ["spec": ["replicas": 11]], type: "application/merge-patch+json")
            #expect(scaled.status == 422)
            #expect(causes(scaled).first?["field"] == "spec")
            let fine = try await server.send(
                .patch, Self.gears + "/g", ["spec": ["tags": ["lower"]]], type: "application/merge-patch+json")
            #expect(fine.status == 200)
        }
    }

    @Test("The status is checked on its own path, and rules of the root see both")
    func status() async throws {
        try await APIServerFixture.withServer { server in
            let definition = Self.definition(
                ["type": "object", "properties": ["limit": ["type": "integer"]]],
                rules: [
                    ["rule": "!has(self.status) || self.status.used <= self.spec.limit", "message": "over the limit"]
                ],
                status: ["type": "object", "properties": ["used": ["type": "integer"]]])
            #expect(try await server.send(.post, Self.definitions, definition).status == 201)
            #expect(try await server.send(.post, Self.gears, Self.gear("g", ["limit": 3])).status == 201)
            let refused = try await server.send(
                .patch, Self.gears + "/g/status", ["status": ["used": 4]], type: "application/merge-patch+json")
            #expect(
                causes(refused) == [
                    ["reason": "FieldValueInvalid", "message": "Invalid value: over the limit", "field": "<nil>"]
                ])
            let accepted = try await server.send(
                .patch, Self.gears + "/g/status", ["status": ["used": 3]], type: "application/merge-patch+json")
            #expect(accepted.status == 200)
        }
    }

    @Test("A definition whose rules do not compile, or could cost too much, is refused")
    func definitions() async throws {
        try await APIServerFixture.withServer { server in
            let rules = "spec.validation.openAPIV3Schema.properties[spec].x-kubernetes-validations[0].rule"
            func spec(_ rule: String) -> JSON {
                [
                    "type": "object",
                    "properties": ["list": ["type": "array", "items": ["type": "string"]]],
                    "x-kubernetes-validations": [["rule": .string(rule)]],
                ]
            }
            let broken = try await server.send(.post, Self.definitions, Self.definition(spec("self.nothing == 1")))
            #expect(broken.status == 422)
            #expect(causes(broken).map { $0["field"] } == [.string(rules)])
            #expect(
                causes(broken).first?["message"]?.stringValue
                    == "Invalid value: {\"rule\":\"self.nothing == 1\"}: compilation failed: ERROR: <input>:1:5: undefined "
                    + "field 'nothing'\n | self.nothing == 1\n | ....^")
            let costly = try await server.send(
                .post, Self.definitions, Self.definition(spec("self.list.all(a, self.list.all(b, a == b))")))
            #expect(costly.status == 422)
            #expect(causes(costly).first?["reason"] == "FieldValueForbidden")
            #expect(
                causes(costly).first?["message"]?.stringValue?.hasPrefix(
                    "Forbidden: estimated rule cost exceeds budget by factor of more than 100x") == true)
            #expect(
                try await server.send(.post, Self.definitions, Self.definition(spec("self.list.size() < 5"))).status
                    == 201)
        }
    }

    @Test("What was there before a schema became stricter may stay, until it is changed")
    func ratcheting() async throws {
        try await APIServerFixture.withServer { server in
            func spec(_ maximum: Int) -> JSON {
                [
                    "type": "object",
                    "properties": [
                        "note": ["type": "string"], "size": ["type": "integer", "maximum": JSON(maximum)],
                        "word": [
                            "type": "string", "maxLength": 50,
                            "x-kubernetes-validations": [["rule": .string("self.size() < \(maximum)")]],
                        ],
                    ],
                ]
            }
            let created = try await server.send(.post, Self.definitions, Self.definition(spec(10)))
            #expect(created.status == 201)
            #expect(
                try await server.send(.post, Self.gears, Self.gear("g", ["size": 9, "word": "eight ch"])).status == 201)
            let live = try await server.send(.get, Self.definitions + "/gears.rules.example.com")
            var stricter = Self.definition(spec(5))
            stricter["metadata"]?["resourceVersion"] = .string(live.version)
            #expect(try await server.send(.put, Self.definitions + "/gears.rules.example.com", stricter).status == 200)
            func patch(_ spec: JSON) async throws -> Int {
                try await server.send(
                    .patch, Self.gears + "/g", ["spec": spec], type: "application/merge-patch+json"
                ).status
            }
            #expect(try await patch(["note": "changed"]) == 200)
            #expect(try await patch(["size": 8]) == 422)
            #expect(try await patch(["word": "sixsix"]) == 422)
            #expect(try await patch(["size": 4, "word": "four"]) == 200)
            #expect(try await patch(["size": 9]) == 422)
        }
    }
}
