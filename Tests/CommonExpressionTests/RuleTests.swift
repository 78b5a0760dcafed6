import StructuredData
import Testing

@testable import CommonExpression

@Suite("Rules on objects")
struct RuleTests {
    private func violations(
        _ schema: JSON, _ object: JSON, replacing old: JSON? = nil
    ) throws -> [RuleViolation] {
        RuleValidator.validate(object, replacing: old, by: try #require(RuleSet.make(schema)))
    }

    private static func spec(_ spec: JSON) -> JSON { ["type": "object", "properties": ["spec": spec]] }

    private static func ruled(_ schema: JSON, _ rules: JSON...) -> JSON {
        var schema = schema
        schema["x-kubernetes-validations"] = .array(rules)
        return schema
    }

    private static let bounds = spec(
        ruled(
            ["type": "object", "properties": ["min": ["type": "integer"], "max": ["type": "integer"]]],
            ["rule": "self.min <= self.max"]))

    @Test("A rule that does not hold says so at its field, with its text unless it has a message")
    func failure() throws {
        #expect(try violations(Self.bounds, ["spec": ["min": 1, "max": 2]]) == [])
        #expect(
            try violations(Self.bounds, ["spec": ["min": 3, "max": 2]])
                == [
                    RuleViolation(
                        path: "spec", reason: .invalid, value: nil, detail: "failed rule: self.min <= self.max")
                ])
    }

    @Test("A rule that meets a field that is not there fails with the reason")
    func missing() throws {
        #expect(
            try violations(Self.bounds, ["spec": ["min": 3]])
                == [
                    RuleViolation(
                        path: "spec", reason: .invalid, value: "object",
                        detail: "no such key: max evaluating rule: self.min <= self.max")
                ])
    }

    @Test("Message, reason and field are those of the rule")
    func details() throws {
        let schema = Self.spec(
            Self.ruled(
                ["type": "object", "properties": ["a-b": ["type": "integer"]]],
                [
                    "rule": "self.a__dash__b < 5", "message": " too large ", "reason": "FieldValueForbidden",
                    "fieldPath": "['a-b']",
                ],
                ["rule": "self.a__dash__b < 6", "messageExpression": "'%d is too large'.format([self.a__dash__b])"],
                ["rule": "self.a__dash__b < 7", "messageExpression": "'line\\nbreak'", "message": "plain"]))
        #expect(
            try violations(schema, ["spec": ["a-b": 9]]) == [
                RuleViolation(path: "spec.a-b", reason: .forbidden, value: nil, detail: "too large"),
                RuleViolation(path: "spec", reason: .invalid, value: nil, detail: "9 is too large"),
                RuleViolation(path: "spec", reason: .invalid, value: nil, detail: "plain"),
            ])
    }

    private static let immutable = spec([
        "type": "object",
        "properties": ["name": ruled(["type": "string"], ["rule": "self == oldSelf", "message": "immutable"])],
    ])

    @Test("A rule about a change is for updates of what was there")
    func transitions() throws {
        #expect(try violations(Self.immutable, ["spec": ["name": "a"]]) == [])
        #expect(try violations(Self.immutable, ["spec": ["name": "a"]], replacing: ["spec": [:]]) == [])
        #expect(try violations(Self.immutable, ["spec": ["name": "a"]], replacing: ["spec": ["name": "a"]]) == [])
        #expect(
            try violations(Self.immutable, ["spec": ["name": "b"]], replacing: ["spec": ["name": "a"]])
                == [RuleViolation(path: "spec.name", reason: .invalid, value: "b", detail: "immutable")])
    }

    @Test("With optionalOldSelf a rule about a change is for creation too")
    func optionalOldSelf() throws {
        let schema = Self.spec([
            "type": "object",
            "properties": [
                "name": Self.ruled(
                    ["type": "string"],
                    [
                        "rule": "oldSelf.hasValue() ? self == oldSelf.value() : self != 'reserved'",
                        "optionalOldSelf": true,
                    ])
            ],
        ])
        #expect(try violations(schema, ["spec": ["name": "a"]]) == [])
        #expect(try violations(schema, ["spec": ["name": "reserved"]]).count == 1)
        #expect(try violations(schema, ["spec": ["name": "b"]], replacing: ["spec": ["name": "a"]]).count == 1)
    }

    private static let rows = spec([
        "type": "object",
        "properties": [
            "other": ["type": "integer"],
            "rows": [
                "type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"],
                "items": ruled(
                    ["type": "object", "properties": ["name": ["type": "string"], "size": ["type": "integer"]]],
                    ["rule": "self.size < 10"], ["rule": "self.size >= oldSelf.size", "message": "must not shrink"]),
            ],
        ],
    ])

    @Test("Elements of a list map are compared with their own past, wherever they stand")
    func correlation() throws {
        let old: JSON = ["spec": ["rows": [["name": "a", "size": 1], ["name": "b", "size": 5]]]]
        #expect(
            try violations(
                Self.rows, ["spec": ["rows": [["name": "b", "size": 5], ["name": "a", "size": 0]]]], replacing: old)
                == [RuleViolation(path: "spec.rows[1]", reason: .invalid, value: nil, detail: "must not shrink")])
    }

    @Test("What was invalid before and has not changed is let pass; what is new is not")
    func ratcheting() throws {
        let old: JSON = ["spec": ["rows": [["name": "a", "size": 11]]]]
        #expect(
            try violations(
                Self.rows, ["spec": ["other": 1, "rows": [["name": "a", "size": 11]]]], replacing: old) == [])
        #expect(
            try violations(Self.rows, ["spec": ["rows": [["name": "a", "size": 12]]]], replacing: old).map(\.path)
                == ["spec.rows[0]"])
        #expect(
            try violations(
                Self.rows, ["spec": ["rows": [["name": "a", "size": 11], ["name": "b", "size": 11]]]], replacing: old
            ).map(\.path) == ["spec.rows[1]"])
    }

    @Test("Null values have no rules, and a field that is null is one that is not there")
    func nulls() throws {
        let schema = Self.spec(
            Self.ruled(
                [
                    "type": "object",
                    "properties": ["maybe": Self.ruled(["type": "string", "nullable": true], ["rule": "self == 'x'"])],
                ], ["rule": "!has(self.maybe)"]))
        #expect(try violations(schema, ["spec": ["maybe": .null]]) == [])
        #expect(try violations(schema, ["spec": ["maybe": "y"]]).count == 2)
    }

    @Test("The root has kind, version and name, and no other metadata")
    func root() throws {
        let schema = Self.ruled(
            ["type": "object", "properties": ["metadata": ["type": "object"]]],
            ["rule": "self.metadata.name.size() <= 3 && self.kind == 'K'"])
        #expect(try violations(schema, ["kind": "K", "metadata": ["name": "abc", "labels": [:]]]) == [])
        #expect(try violations(schema, ["kind": "K", "metadata": ["name": "abcd"]]).map(\.path) == [""])
        #expect(
            RuleAdmission(
                Self.ruled(["type": "object"], ["rule": "self.metadata.labels.size() > 0"]), path: "schema"
            ).problems.count == 1)
    }

    @Test("The rules of one object share a budget")
    func budget() throws {
        let heavy: JSON = ["rule": "lists.range(200000).all(x, x >= 0)"]
        let schema = Self.spec(Self.ruled(["type": "object"], heavy, heavy))
        let set = try #require(RuleSet.make(schema))
        let first = RuleValidator.validate(["spec": [:]], replacing: nil, by: set, costLimit: 1_500_000)
        #expect(
            first.violations == [
                RuleViolation(
                    path: "spec", reason: .invalid, value: "object",
                    detail:
                        "'operation cancelled: actual cost limit exceeded': no further validation rules will be run due to "
                        + "call cost exceeds limit for rule: lists.range(200000).all(x, x >= 0)")
            ])
        let light: JSON = ["rule": "lists.range(20000).all(x, x >= 0)"]
        let pair = try #require(RuleSet.make(Self.spec(Self.ruled(["type": "object"], light, light))))
        #expect(RuleValidator.validate(["spec": [:]], replacing: nil, by: pair).isEmpty)
        let second = RuleValidator.validate(["spec": [:]], replacing: nil, by: pair, costLimit: 150_000)
        #expect(
            second.violations.map(\.detail) == [
                "validation failed due to running out of cost budget, no further validation rules will be run"
            ])
    }
}
