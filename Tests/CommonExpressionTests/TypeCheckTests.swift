import StructuredData
import Testing

@testable import CommonExpression

@Suite("Type checking")
struct TypeCheckTests {
    private static let schema: JSON = [
        "type": "object",
        "properties": [
            "name": ["type": "string"], "count": ["type": "integer"], "ratio": ["type": "number"],
            "flag": ["type": "boolean"], "when": ["type": "string", "format": "date-time"],
            "wait": ["type": "string", "format": "duration"], "raw": ["type": "string", "format": "byte"],
            "port": ["x-kubernetes-int-or-string": true], "free": ["x-kubernetes-preserve-unknown-fields": true],
            "open": ["type": "object", "x-kubernetes-preserve-unknown-fields": true],
            "tags": ["type": "array", "items": ["type": "string"]],
            "labels": ["type": "object", "additionalProperties": ["type": "string"]],
            "inner": ["type": "object", "properties": ["a-b": ["type": "integer"], "namespace": ["type": "string"]]],
        ],
    ]

    private func problem(_ source: String) -> String? {
        guard let declaration = Declaration.make(StructuralSchema(Self.schema), name: "self") else { return "schema" }
        do throws(CompilationError) {
            _ = try CompiledExpression(source, variables: ["self": declaration.type])
            return nil
        } catch {
            return error.description
        }
    }

    @Test(
        "Fields have the types that the schema declares",
        arguments: [
            "self.name == 'a'", "self.count + 1 > 2", "self.ratio < 0.5", "!self.flag",
            "self.when < timestamp('2024-01-01T00:00:00Z')",
            "self.wait > duration('1s')", "self.raw == b'a'", "self.port == 1 || self.port == 'a'",
            "self.tags.all(t, t.size() > 0)",
            "self.labels['a'] == 'b' || self.labels.x == 'c'", "self.inner.a__dash__b == 1",
            "self.inner.__namespace__ == ''",
            "has(self.name)", "self.?name.orValue('') == ''", "type(self.port) == int", "self.open == self.open",
            "[self.name, 'b'].size() > 0", "self.count in [1, 2]",
            "self.count == null ? true : false".replacing("self.count", with: "self.inner"),
        ])
    func accepted(source: String) { #expect(problem(source) == nil) }

    @Test(
        "What does not fit is refused, with its place",
        arguments: [
            ("self.nothing", "1:5: undefined field 'nothing'"), ("has(self.nothing)", "1:4: undefined field 'nothing'"),
            ("self.free", "1:5: undefined field 'free'"), ("self.open.x", "1:10: undefined field 'x'"),
            ("other == 1", "1:1: undeclared reference to 'other' (in container '')"),
            ("self.name + 1", "1:11: found no matching overload for '_+_' applied to '(string, int)'"),
            ("self.name == 1", "1:11: found no matching overload for '_==_' applied to '(string, int)'"),
            ("self.name.foo()", "1:14: undeclared reference to 'foo' (in container '')"),
            ("self.name.startsWith(1)", "1:21: found no matching overload for 'startsWith' applied to 'string.(int)'"),
            ("self.count.x", "1:11: type 'int' does not support field selection"),
            ("[1, 'a']", "1:5: expected type 'int' but found 'string'"),
            ("self.count.all(x, true)", "1:5: expression of type 'int' cannot be range of a comprehension"),
            ("self.tags.all(x, x)", "1:14: found no matching overload for '_&&_' applied to '(bool, string)'"),
            ("self.tags[self.name]", "found no matching overload for '_[_]'"),
            ("self.name.matches('(')", "1:19: invalid matches argument"),
            ("duration('x') > self.wait", "1:10: invalid duration argument"),
            ("1 +", "1:4: Syntax error"), ("a.b.", "Syntax error"), ("'abc", "1:1: Syntax error"),
            ("1 ? 2", "Syntax error"),
            ("self.namespace", "undefined field"), ("namespace == 1", "1:1: reserved identifier: namespace"),
            ("has(self)", "1:4: invalid argument to has() macro"),
            ("[1].all(1, true)", "1:9: argument must be a simple name"),
            ("9223372036854775808", "invalid number literal"), ("cel.bind(x, 1, x)", "undeclared reference"),
            ("true ? 1 : 'a'", "found no matching overload for '_?_:_' applied to '(bool, int, string)'"),
        ])
    func refused(source: String, expected: String) {
        let found = problem(source) ?? "nothing"
        #expect(found.contains(expected), "\(found)")
    }

    @Test("An error shows its line and marks its place")
    func place() {
        #expect(
            problem("self.name == 'a' &&\n  self.nothing")
                == "ERROR: <input>:2:7: undefined field 'nothing'\n |   self.nothing\n | ......^")
    }

    @Test(
        "Names of fields are escaped and come back",
        arguments: [
            ("a-b", "a__dash__b"), ("a.b/c", "a__dot__b__slash__c"), ("a__b", "a__underscores__b"), ("in", "__in__"),
            ("namespace", "__namespace__"), ("plain_1", "plain_1"), ("__", "__underscores__"),
        ])
    func escapes(name: String, escaped: String) {
        #expect(FieldName.escaped(name) == escaped)
        #expect(FieldName.unescaped(escaped) == name)
    }

    @Test("Names that no escape makes an identifier have none", arguments: ["", "1a", "a b", "a$", "é"])
    func noEscape(name: String) { #expect(FieldName.escaped(name) == nil) }
}
