import StructuredData
import Testing

@testable import CommonExpression

/// What expressions are estimated to cost at most; the numbers are those of a real API server's tests.
@Suite("Estimated cost")
struct CostEstimateTests {
    private func estimate(_ source: String, _ schema: JSON) throws -> UInt64 {
        let declaration = try #require(Declaration.make(StructuralSchema(schema), name: "self"))
        let expression = try CompiledExpression(
            source, variables: ["self": declaration.type, "oldSelf": declaration.type])
        return CostEstimator.cost(of: expression, root: declaration).maximum
    }

    private static func scalar(_ name: String) -> JSON {
        switch name {
        case "int-or-string": ["x-kubernetes-int-or-string": true]
        case "duration", "date", "date-time", "byte": ["type": "string", "format": .string(name)]
        default: ["type": .string(name)]
        }
    }

    /// `array of X`, `map of X`, or X, bounded by `limit` where it is given.
    private static func schema(_ shape: String, _ limit: Int?) -> JSON {
        let parts = shape.split(separator: " ", maxSplits: 2).map(String.init)
        var schema: JSON
        switch (parts[0], parts.count) {
        case ("array", 3):
            schema = ["type": "array", "items": self.schema(parts[2], nil)]
            if let limit { schema["maxItems"] = JSON(limit) }
        case ("map", 3):
            schema = ["type": "object", "additionalProperties": self.schema(parts[2], nil)]
            if let limit { schema["maxProperties"] = JSON(limit) }
        case ("object", _):
            schema = [
                "type": "object", "required": ["required"],
                "properties": ["required": ["type": "string"], "optional": ["type": "string"]],
            ]
        default:
            schema = scalar(parts[0])
            if let limit { schema["maxLength"] = JSON(limit) }
        }
        return schema
    }

    @Test(
        "Without bounds, the size of a request is the bound; with bounds, they are",
        arguments: [
            ("array of number", "self.all(x, true)", 4_718_591, 10, 32),
            ("array of string", "self.all(x, true)", 3_145_727, 20, 62),
            ("array of boolean", "self.all(x, true)", 1_887_437, 5, 17),
            ("array of array of number", "self.all(x, true)", 3_145_727, 100, 302),
            ("array of object", "self.all(x, true)", 555_128, 50, 152),
            ("map of number", "self.all(x, true)", 1_348_169, 10, 32), ("map of number", "has(self.x)", 1, 100, 1),
            ("map of string", "self.all(x, true)", 1_179_647, 3, 11),
            ("map of boolean", "self.all(x, true)", 943_718, 100, 302),
            ("string", "self.contains('test')", 314_574, 10, 5), ("string", "self.startsWith('test')", 2, 15, 2),
            ("string", "size(self + \"hello\") > size(\"hello\")", 314_578, 4, 7),
            ("array of number", "self[1] == 0.0", 2, 5000, 2),
            ("array of string", "self[1] == self[1]", 314_577, 8, 314_577),
            ("string", "self.matches(\"x\")", 314_574, 50, 22), ("string", "self.matches(\"\")", 1, 100, 1),
            ("string", "\"\".matches(\"(((((((((())))))))))[0-9]\")", 7, 10, 7),
            ("string", "self == \"x\"", 2, 0, 1), ("byte", "self == b\"x\"", 2, 0, 1),
            ("array of number", "self.all(x, x == 0.0)", 6_291_454, 6_291_456, 25_165_826),
            ("array of int-or-string", "self.all(x, true)", 4_718_591, 10, 32),
            ("array of int-or-string", "self[0] == 5", 3, 10, 3), ("array of boolean", "self[0] == false", 2, 25, 2),
            ("array of object", "self[0] == null", 2, 422, 2),
            ("array of array of number", "self[0][0] == -1.0", 3, 51, 3),
            ("array of map of number", "self.all(x, x.y == 25.2)", 6_291_452, 12, 74),
            ("array of map of number", "self[0].x > 2.0", 4, 3000, 4),
            ("array of duration", "self.all(x, true)", 2_359_295, 5, 17),
            ("array of duration", "self[0].getHours() == 2", 4, 525, 4),
            ("array of date", "self.all(x, true)", 725_936, 15, 47),
            ("array of date-time", "self.all(x, true)", 428_963, 25, 77),
            ("map of object", "self.all(x, true)", 428_963, 20, 62),
            ("map of map of number", "self.all(x, true)", 1_179_647, 10, 32),
            ("map of duration", "self.all(x, true)", 1_048_577, 5, 17),
            ("map of date", "self.all(x, true)", 524_288, 10, 32),
            ("map of date-time", "self.all(x, true)", 349_526, 25, 77),
            ("string", "self.find('[0-9]+') == ''", 629_147, 10, 11),
            ("string", "self.lowerAscii() == 'lower!'", 314_575, 10, 6),
            ("map of integer", "oldSelf.size() == self.size()", 5, 10, 5),
            ("map of date-time", "self[\"a\"] == self[\"b\"]", 8, 7, 8),
            ("map of duration", "self[\"c\"] == self[\"d\"]", 8, 42, 8),
            ("int-or-string", "isQuantity(self)", 314_574, 20, 9),
        ])
    func bounds(shape: String, source: String, open: UInt64, limit: Int, closed: UInt64) throws {
        #expect(try estimate(source, Self.schema(shape, nil)) == open)
        #expect(try estimate(source, Self.schema(shape, limit)) == closed)
    }

    @Test("Loops within loops multiply")
    func nesting() throws {
        let schema = Self.schema("array of number", 10)
        #expect(try estimate("self.all(x, self.all(y, true))", schema) == 352)
        #expect(try estimate("self.all(x, self.all(y, self.all(z, true)))", schema) == 3552)
    }

    @Test("Texts in containers count by their own bounds")
    func nestedTexts() throws {
        func array(_ limit: Int?) -> JSON {
            var text: JSON = ["type": "string"]
            if let limit { text["maxLength"] = JSON(limit) }
            var array: JSON = ["type": "array", "items": text]
            if let limit { array["maxItems"] = JSON(limit) }
            return array
        }
        #expect(try estimate("self.join(' ') == 'aa bb'", array(nil)) == 329_853_068_905)
        #expect(try estimate("self.join(' ') == 'aa bb'", array(10)) == 43)
        #expect(try estimate("self.isSorted() == true", array(nil)) == 329_854_432_052)
        #expect(try estimate("self.isSorted() == true", array(10)) == 52)
        func object(_ limit: Int?) -> JSON {
            var text: JSON = ["type": "string"]
            if let limit { text["maxLength"] = JSON(limit) }
            return [
                "type": "object",
                "properties": [
                    "str": text, "separator": text, "before": ["type": "string", "maxLength": 2],
                    "after": ["type": "string", "maxLength": 4],
                ],
            ]
        }
        let replace = "self.str.replace(self.before, self.after) == 'does not matter'"
        #expect(try estimate(replace, object(nil)) == 629_154)
        #expect(try estimate(replace, object(4)) == 12)
        #expect(try estimate("self.str.split(self.separator) == []", object(nil)) == 629_160)
        #expect(try estimate("self.str.split(self.separator) == []", object(10)) == 22)
        let values: JSON = [
            "type": "object", "maxProperties": 10, "additionalProperties": ["type": "string", "maxLength": 10],
        ]
        #expect(try estimate("self.all(x, x.contains(self[x]))", values) == 72)
    }

    @Test("An enumeration is as long as its longest word")
    func enumeration() throws {
        let words: JSON = ["type": "string", "enum": ["A", "B", "LongValue"]]
        #expect(try estimate("self.contains('A')", words) == 2)
    }
}
