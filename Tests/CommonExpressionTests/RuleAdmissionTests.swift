import StructuredData
import Testing

@testable import CommonExpression

@Suite("Admission of rules")
struct RuleAdmissionTests {
    private func problems(_ schema: JSON) -> [RuleProblem] { RuleAdmission(schema, path: "schema").problems }

    private static func object(_ field: JSON, rules: JSON? = nil) -> JSON {
        var schema: JSON = ["type": "object", "properties": ["f": field]]
        schema["x-kubernetes-validations"] = rules
        return schema
    }

    @Test("Rules that fit and are bounded are let through")
    func accepted() {
        #expect(
            problems(
                Self.object(
                    ["type": "array", "maxItems": 10, "items": ["type": "string", "maxLength": 10]],
                    rules: [["rule": "self.f.all(x, self.f.exists_one(y, x == y))"]])) == [])
    }

    @Test("A rule that does not compile is refused with its place")
    func compilation() {
        let rule: JSON = ["rule": "self.g == 1", "message": "m"]
        #expect(
            problems(Self.object(["type": "string"], rules: [rule])) == [
                RuleProblem(
                    path: "schema.x-kubernetes-validations[0].rule", kind: .invalid(rule),
                    detail:
                        "compilation failed: ERROR: <input>:1:5: undefined field 'g'\n | self.g == 1\n | ....^")
            ])
        #expect(
            problems(Self.object(["type": "integer", "x-kubernetes-validations": [["rule": "self + 1"]]])).map(\.detail)
                == ["cel expression must evaluate to a bool"])
        #expect(
            problems(
                Self.object([
                    "type": "integer", "x-kubernetes-validations": [["rule": "true", "messageExpression": "1"]],
                ])
            ).map(\.path) == ["schema.properties[f].x-kubernetes-validations[0].messageExpression"])
    }

    @Test("A rule over its budget is refused, with how far it is over")
    func budget() {
        let quadratic: JSON = ["type": "array", "items": ["type": "string"]]
        let found = problems(
            Self.object(quadratic, rules: [["rule": "self.f.all(x, self.f.exists_one(y, x == y))"]]))
        #expect(found.map(\.kind) == [.forbidden, .forbidden, .forbidden])
        #expect(
            found.first?.detail
                == "estimated rule cost exceeds budget by factor of more than 100x (try simplifying the rule, or adding "
                + "maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)")
        #expect(
            found.map(\.path) == [
                "schema.x-kubernetes-validations[0].rule", "schema.x-kubernetes-validations[0].rule", "schema",
            ])
    }

    @Test("A rule costs as often as its value can stand in an object")
    func cardinality() {
        func schema(_ items: Int?) -> JSON {
            var list: JSON = [
                "type": "array",
                "items": [
                    "type": "string", "maxLength": 100,
                    "x-kubernetes-validations": [["rule": "self.matches('^[a-z]+$')"]],
                ],
            ]
            if let items { list["maxItems"] = JSON(items) }
            return Self.object(list)
        }
        let open = RuleAdmission(schema(nil), path: "")
        let closed = RuleAdmission(schema(10), path: "")
        // 1 for self, and a tenth of 401 characters times a quarter of 8, rounded up.
        #expect(closed.totalCost == 10 * (1 + 41 * 2))
        #expect(open.totalCost == 3 * 1024 * 1024 / 3 * (1 + 41 * 2))
        #expect(closed.problems == [])
        #expect(open.problems.count == 1)
    }

    @Test("oldSelf needs elements that can be told apart, and optionalOldSelf needs oldSelf")
    func oldSelf() {
        let list: JSON = [
            "type": "array", "maxItems": 3,
            "items": ["type": "string", "maxLength": 5, "x-kubernetes-validations": [["rule": "self == oldSelf"]]],
        ]
        #expect(
            problems(Self.object(list)).map(\.detail)
                == ["oldSelf cannot be used on the uncorrelatable portion of the schema within schema.properties[f]"])
        #expect(
            problems(
                Self.object([
                    "type": "string", "maxLength": 5,
                    "x-kubernetes-validations": [["rule": "self != ''", "optionalOldSelf": true]],
                ])
            ).map(\.path) == ["schema.properties[f].x-kubernetes-validations[0].optionalOldSelf"])
    }

    @Test(
        "What is wrong with the entry itself is said",
        arguments: [
            (["rule": "  "], "rule"), (["rule": "true", "message": " "], "message"),
            (["rule": "true", "message": "a\nb"], "message"), (["rule": "true\n"], nil),
            (["rule": "true &&\ntrue"], "message"), (["rule": "true", "messageExpression": " "], "messageExpression"),
            (["rule": "true", "reason": "Because"], "reason"), (["rule": "true", "fieldPath": ".x"], "fieldPath"),
            (["rule": "true", "fieldPath": ".f"], nil), (["rule": "true", "fieldPath": "f"], "fieldPath"),
        ] as [(JSON, String?)])
    func form(rule: JSON, field: String?) {
        let found = problems(Self.object(["type": "string"], rules: [rule]))
        #expect(found.first?.path == field.map { "schema.x-kubernetes-validations[0].\($0)" })
    }
}
