import StructuredData
import Testing

@Suite("JSON Schema")
struct JSONSchemaTests {
    /// A schema with values that fit it and values that do not.
    struct Case: Sendable, CustomTestStringConvertible {
        var schema: JSON
        var valid: [JSON]
        var invalid: [JSON]
        var testDescription: String { schema.text() }

        init(_ schema: JSON, valid: [JSON], invalid: [JSON]) {
            (self.schema, self.valid, self.invalid) = (schema, valid, invalid)
        }
    }

    static let values: [Case] = [
        Case(true, valid: [1, nil, [:]], invalid: []),
        Case(false, valid: [], invalid: [1, nil, [:]]),
        Case([:], valid: [1, nil, [:]], invalid: []),
        Case(["type": "integer"], valid: [1, 1.0, -5, 1e300], invalid: [1.5, "1", nil, true]),
        Case(["type": "number"], valid: [1, 1.5], invalid: ["1", nil]),
        Case(["type": "string"], valid: ["", "a"], invalid: [1, nil]),
        Case(["type": "boolean"], valid: [true], invalid: [0, "true"]),
        Case(["type": "null"], valid: [nil], invalid: [0, "", false]),
        Case(["type": "array"], valid: [[]], invalid: [[:]]),
        Case(["type": "object"], valid: [[:]], invalid: [[]]),
        Case(["type": ["string", "null"]], valid: ["a", nil], invalid: [1, []]),
        Case(
            ["enum": [1, "a", nil, ["x": 1]]], valid: [1.0, "a", nil, ["x": 1]], invalid: [2, "b", false, ["x": 2]]),
        Case(["const": ["a": [1]]], valid: [["a": [1.0]]], invalid: [["a": [2]], nil]),
        Case(["enum": [1, 2], "const": 2], valid: [2], invalid: [1, 3]),
        Case(["minimum": 1, "maximum": 3], valid: [1, 2.5, 3, "x"], invalid: [0.999, 3.001]),
        Case(["exclusiveMinimum": 1, "exclusiveMaximum": 3], valid: [1.001, 2, "x"], invalid: [1, 3, 1.0]),
        Case(["minimum": .integer(.max)], valid: [.integer(.max)], invalid: [.integer(.max - 1)]),
        Case(["multipleOf": 2], valid: [4, 0, -2, 2.0], invalid: [3, 1.5]),
        Case(["multipleOf": 0.1], valid: [0.3, 1, 8.7, 100.1], invalid: [0.35, 0.01]),
        Case(["multipleOf": 0.0001], valid: [0.0075], invalid: [0.00751]),
        Case(["multipleOf": 0.123456789], valid: [], invalid: [1e308]),
        Case(["minLength": 2, "maxLength": 3], valid: ["ab", "äöü", "😀😀", 1], invalid: ["a", "abcd", "😀"]),
        Case(["pattern": "^[a-z]+\\d$"], valid: ["ab1", 5], invalid: ["ab", "1", "ab1\n", "ab٣"]),
        Case(["pattern": "b"], valid: ["abc"], invalid: ["ac"]),
        Case(["items": ["type": "integer"]], valid: [[], [1, 2], "x"], invalid: [["a"], [1, nil]]),
        Case(
            ["prefixItems": [["type": "string"], ["type": "integer"]], "items": false],
            valid: [[], ["a"], ["a", 1]], invalid: [[1], ["a", "b"], ["a", 1, 2]]),
        Case(["minItems": 1, "maxItems": 2], valid: [[1], [1, 2]], invalid: [[], [1, 2, 3]]),
        Case(
            ["uniqueItems": true], valid: [[1, 2, "1"], []],
            invalid: [[1, 1.0], [["a": 1, "b": 2], ["b": 2, "a": 1]]]),
        Case(["uniqueItems": false], valid: [[1, 1]], invalid: []),
        Case(["contains": ["const": 5]], valid: [[1, 5]], invalid: [[], [1]]),
        Case(
            ["contains": ["const": 5], "minContains": 2, "maxContains": 3], valid: [[5, 5], [5, 1, 5, 5]],
            invalid: [[5], [5, 5, 5, 5]]),
        Case(["contains": ["const": 5], "minContains": 0], valid: [[], [1]], invalid: []),
        Case(["required": ["a", "b"]], valid: [["a": 1, "b": nil], 1], invalid: [["a": 1], [:]]),
        Case(
            ["properties": ["a": ["type": "integer"], "b": false]], valid: [["a": 1], [:], ["c": 1]],
            invalid: [["a": "x"], ["b": 1]]),
        Case(
            ["properties": ["a": [:]], "additionalProperties": false], valid: [["a": 1], [:]],
            invalid: [["b": 1], ["a": 1, "b": 1]]),
        Case(["additionalProperties": ["type": "integer"]], valid: [["x": 1]], invalid: [["x": "a"]]),
        Case(
            ["patternProperties": ["^x-": ["type": "string"]], "additionalProperties": false], valid: [["x-a": "1"]],
            invalid: [["x-a": 1], ["y": "1"]]),
        Case(["propertyNames": ["pattern": "^[a-z]+$"]], valid: [["abc": 1]], invalid: [["A": 1]]),
        Case(["minProperties": 1, "maxProperties": 2], valid: [["a": 1]], invalid: [[:], ["a": 1, "b": 1, "c": 1]]),
        Case(["dependentRequired": ["a": ["b"]]], valid: [["a": 1, "b": 1], ["b": 1], [:]], invalid: [["a": 1]]),
        Case(
            ["dependentSchemas": ["a": ["required": ["b"]]]], valid: [["a": 1, "b": 1], ["c": 1]], invalid: [["a": 1]]),
        Case(["allOf": [["minimum": 1], ["maximum": 2]]], valid: [1, 2], invalid: [0, 3]),
        Case(["anyOf": [["type": "string"], ["minimum": 5]]], valid: ["a", 5, nil], invalid: [4]),
        Case(["oneOf": [["multipleOf": 2], ["multipleOf": 3]]], valid: [2, 3], invalid: [6, 5]),
        Case(["not": ["type": "string"]], valid: [1], invalid: ["a"]),
        Case(
            ["if": ["properties": ["k": ["const": 1]]], "then": ["required": ["a"]], "else": ["required": ["b"]]],
            valid: [["k": 1, "a": 1], ["k": 2, "b": 1]], invalid: [["k": 1], ["k": 2, "a": 1]]),
        Case(["then": false, "else": false], valid: [1], invalid: []),
        Case(
            ["$ref": "#/$defs/positive", "$defs": ["positive": ["exclusiveMinimum": 0]], "maximum": 9], valid: [1],
            invalid: [0, 10]),
        Case(["$ref": "#/$defs/a~1b%25", "$defs": ["a/b%": ["const": 1]]], valid: [1], invalid: [2]),
        Case(
            [
                "type": "object", "properties": ["next": ["$ref": "#"], "value": ["type": "integer"]],
                "additionalProperties": false,
            ],
            valid: [["value": 1, "next": ["next": [:]]]], invalid: [["next": ["next": ["value": "x"]]], ["nxt": [:]]]),
        Case(
            [
                "$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "https://x/y", "$comment": "c",
                "title": "t",
                "description": "d", "default": 5, "examples": [1], "format": "date", "deprecated": true,
                "readOnly": true,
                "contentEncoding": "base64", "x-own": 1,
            ],
            valid: ["no date", 1], invalid: []),
    ]

    @Test("values fit or do not", arguments: values)
    func validity(of example: Case) throws {
        let schema = try JSONSchema(example.schema)
        for value in example.valid { #expect(schema.validate(value).isEmpty, "\(value) \(schema.validate(value))") }
        for value in example.invalid { #expect(!schema.validate(value).isEmpty, "\(value)") }
    }

    static let functions: JSON = [
        "type": "object", "required": ["params"],
        "properties": [
            "params": [
                "type": "object", "additionalProperties": false,
                "properties": [
                    "functions": [
                        "type": "array", "maxItems": 3,
                        "items": [
                            "type": "object", "required": ["function"], "additionalProperties": false,
                            "properties": [
                                "function": ["enum": ["SMA", "EMA"]], "period": ["type": "integer", "minimum": 2],
                            ],
                        ],
                    ]
                ],
            ]
        ],
    ]

    @Test(
        "violations name the place and tell people what to do",
        arguments: [
            (
                ["params": ["functions": [["function": "VWAP"]]]],
                [#"/params/functions/0/function: must be one of "SMA", "EMA", found "VWAP""#]
            ),
            ([:], [#""params" is required, but missing"#]),
            ("x", [#"must be an object, found "x""#]),
            (
                ["params": ["functions": [["period": 1], ["function": "SMA", "period": 2.5]]]],
                [
                    #"/params/functions/0: "function" is required, but missing"#,
                    "/params/functions/0/period: must be at least 2, found 1",
                    "/params/functions/1/period: must be an integer, found 2.5",
                ]
            ),
            (
                ["params": ["function": []]],
                [#"/params/function: is not a known member; did you mean "functions"?"#]
            ),
            (["params": ["zzz": []]], ["/params/zzz: is not a known member; known are functions"]),
            (
                ["params": ["functions": [1, 2, 3, 4]]],
                [
                    "/params/functions: must have at most 3 elements, has 4",
                    "/params/functions/0: must be an object, found 1",
                    "/params/functions/1: must be an object, found 2",
                    "/params/functions/2: must be an object, found 3",
                    "/params/functions/3: must be an object, found 4",
                ]
            ),
        ] as [(JSON, [String])])
    func messages(value: JSON, expected: [String]) throws {
        #expect(try JSONSchema(Self.functions).validate(value).map(\.description) == expected)
    }

    @Test(
        "each keyword has words of its own",
        arguments: [
            (["const": "x"], 1, "const", #"must be "x", found 1"#),
            (
                ["type": ["integer", "null", "string"]], [], "type",
                "must be a string, an integer or null, found an empty array"
            ),
            (["maximum": 1], 2, "maximum", "must be at most 1, found 2"),
            (["exclusiveMinimum": 1], 1, "exclusiveMinimum", "must be greater than 1, found 1"),
            (["exclusiveMaximum": 1], 1, "exclusiveMaximum", "must be less than 1, found 1"),
            (["multipleOf": 0.5], 0.7, "multipleOf", "must be a multiple of 0.5, found 0.7"),
            (["minLength": 1], "", "minLength", "must have at least 1 character, has 0"),
            (["maxLength": 2], "abc", "maxLength", "must have at most 2 characters, has 3"),
            (["pattern": "^a"], "b", "pattern", #"must match ^a, found "b""#),
            (["minItems": 1], [], "minItems", "must have at least 1 element, has 0"),
            (["uniqueItems": true], [1, 2, 1], "uniqueItems", "all elements must differ, but 0 and 2 are equal"),
            (["contains": ["const": 1]], [2], "contains", "must have at least 1 element that fits, has 0"),
            (["minProperties": 2], ["a": 1], "minProperties", "must have at least 2 members, has 1"),
            (
                ["dependentRequired": ["a": ["b"]]], ["a": 1], "dependentRequired",
                #""b" is required beside "a", but missing"#
            ),
            (
                ["propertyNames": ["maxLength": 1]], ["ab": 1], "propertyNames",
                #"the member's name "ab" must have at most 1 character, has 2"#
            ),
            (["not": ["type": "string"]], "x", "not", #"is of a kind that is not allowed here, found "x""#),
            (
                ["oneOf": [["type": "integer"], ["minimum": 1], ["minimum": 5]]], 3, "oneOf",
                "must fit exactly one of 3 alternatives, but fits 0 and 1"
            ),
            (false, 1, "", "nothing is allowed here"),
        ] as [(JSON, JSON, String, String)])
    func keywordMessages(schema: JSON, value: JSON, keyword: String, message: String) throws {
        let violations = try JSONSchema(schema).validate(value)
        #expect(violations == [JSONSchema.Violation(path: .root, keyword: keyword, message: message)])
    }

    @Test("of alternatives the nearest is told")
    func nearest() throws {
        let schema = try JSONSchema([
            "oneOf": [
                [
                    "required": ["kind", "period"],
                    "properties": ["kind": ["const": "sma"], "period": ["type": "integer", "maximum": 100]],
                ],
                [
                    "required": ["kind", "fast", "slow"],
                    "properties": [
                        "kind": ["const": "macd"], "fast": ["type": "integer"], "slow": ["type": "integer"],
                    ],
                ],
                ["type": "string"],
            ]
        ])
        func messages(_ value: JSON) -> [String] { schema.validate(value).map(\.description) }
        #expect(messages(["kind": "macd", "fast": 3]) == [#""slow" is required, but missing"#])
        #expect(messages(["kind": "sma", "period": 101]) == ["/period: must be at most 100, found 101"])
        #expect(
            messages(["kind": "sma", "period": "x", "fast": 1, "slow": 2])
                == [#"/period: must be an integer, found "x""#])
    }

    @Test("alternatives that want other types or values at one place are told together")
    func joined() throws {
        let types = try JSONSchema([
            "anyOf": [["type": "integer", "minimum": 1], ["type": "string"], ["type": ["null"]]]
        ])
        #expect(types.validate([]).map(\.description) == ["must be a string, an integer or null, found an empty array"])
        #expect(types.validate(0).map(\.description) == ["must be at least 1, found 0"])

        let kinds = try JSONSchema([
            "oneOf": [
                ["properties": ["kind": ["const": "a"], "x": ["type": "integer"]]],
                ["properties": ["kind": ["const": "b"]]], ["properties": ["kind": ["enum": ["c", "a"]]]],
            ]
        ])
        #expect(
            kinds.validate(["kind": "z", "x": "?"]).map(\.description) == [
                #"/kind: must be one of "a", "b", "c", found "z""#
            ])
        let nested = try JSONSchema(["items": ["anyOf": [["const": 1], ["enum": [2, 3]]]]])
        #expect(nested.validate([1, 4]).map(\.description) == ["/1: must be one of 1, 2, 3, found 4"])
    }

    @Test("the number of violations is bounded")
    func bound() throws {
        let schema = try JSONSchema(["items": ["type": "string"]])
        #expect(schema.validate(.array(Array(repeating: 1, count: 10_000))).count == JSONSchema.violationLimit)
    }

    @Test(
        "a schema that promises what is not checked, or is malformed, is refused with the place",
        arguments: [
            (
                ["properties": ["a": ["unevaluatedProperties": false]]], "/properties/a/unevaluatedProperties",
                "not supported"
            ),
            (["$dynamicRef": "#x"], "/$dynamicRef", "use $ref"),
            (["items": [["type": "string"]]], "/items", "use prefixItems"),
            (["$defs": ["unused": ["additionalItems": false]]], "/$defs/unused/additionalItems", "not supported"),
            (["type": "strin"], "/type", #"found "strin""#),
            (["type": []], "/type", "at least one type"),
            (["type": ["string", 1]], "/type", "found 1"),
            (["properties": ["a": ["required": true]]], "/properties/a/required", "array of member names"),
            (["required": ["a", 1]], "/required", "array of member names"),
            (["exclusiveMinimum": true], "/exclusiveMinimum", "must be a number, found true"),
            (["multipleOf": 0], "/multipleOf", "greater than 0"),
            (["minLength": -1], "/minLength", "at least 0"),
            (["maxItems": 1.5], "/maxItems", "an integer"),
            (["enum": "a"], "/enum", "array of the allowed values"),
            (["anyOf": []], "/anyOf", "at least one schema"),
            (["allOf": [1]], "/allOf/0", "a schema is an object, true or false, found 1"),
            (["properties": []], "/properties", "object of schemas"),
            (["pattern": "("], "/pattern", "no regular expression"),
            (["patternProperties": ["[": [:]]], "/patternProperties/[", "no regular expression"),
            (["nullable": true], "/nullable", #"add "null" to "type""#),
            (["$ref": "https://example.com/x"], "/$ref", "a place in this schema"),
            (["$ref": "#anchor"], "/$ref", "a place in this schema"),
            (["$ref": "#/$defs/missing"], "/$ref", "there is nothing at #/$defs/missing"),
            (["$ref": "#"], "", "refers back to itself"),
            (
                ["$defs": ["a": ["anyOf": [["$ref": "#/$defs/b"]]], "b": ["not": ["$ref": "#/$defs/a"]]]], "/$defs/",
                "refers back to itself"
            ),
            (["properties": ["a": ["$id": "x"]]], "/properties/a/$id", "at the root"),
            (["properties": ["a": ["minimun": 1]]], "/properties/a/minimun", "did you mean minimum?"),
            (["ownWord": []], "/ownWord", "begins with x-"),
            (["$vocabulary": [:]], "/$vocabulary", "remove it"),
            (["pattern": "(?=a)"], "/pattern", "backtracking"),
            (["$schema": "https://example.com/own"], "/$schema", "json-schema.org"),
            (["enum": .array((0...10_000).map { .integer($0) })], "/enum", "at most 10000"),
            ("x", "", "a schema is an object"),
        ] as [(JSON, String, String)])
    func refused(schema: JSON, path: String, message: String) throws {
        let error = try #require(throws: StructuredDataError.self) { try JSONSchema(schema) }
        #expect(error.code == .invalidSchema)
        #expect(error.path == path || path.hasSuffix("/") && error.path.hasPrefix(path), "\(error)")
        #expect(error.message.contains(message), "\(error)")
    }

    /// A schema whose definitions refer to one another in a row, twice each.
    private static func chain(_ length: Int) -> JSON {
        let definitions = (0..<length).map { number -> (String, JSON) in
            let next: JSON = ["$ref": .string("#/$defs/\(number + 1)")]
            return ("\(number)", ["allOf": [next, next]])
        }
        return [
            "$ref": "#/$defs/0",
            "$defs": .object(JSONObject(definitions + [("\(length)", ["type": "string"])])),
        ]
    }

    @Test("a schema that applies too many schemas within one another is refused")
    func sameValueDepth() throws {
        _ = try JSONSchema(Self.chain(20))
        for length in [40, 5_000] {
            let error = try #require(throws: StructuredDataError.self) { try JSONSchema(Self.chain(length)) }
            #expect(error.message.contains("more than 64 schemas within one another"), "\(error)")
        }
    }

    @Test("a schema with too many schemas, or too large patterns, is refused")
    func schemaCount() throws {
        let many: JSON = ["prefixItems": .array(Array(repeating: true, count: 20_001))]
        let error = try #require(throws: StructuredDataError.self) { try JSONSchema(many) }
        #expect(error.message.contains("at most 20000 schemas"), "\(error)")
        // Each of the patterns alone is small enough.
        let long = (0..<6).map { number -> (String, JSON) in
            ((0..<19).map { "\(number)\($0){1000}" }.joined(separator: "|"), true)
        }
        let patterns: JSON = ["patternProperties": .object(JSONObject(long))]
        let tooLarge = try #require(throws: StructuredDataError.self) { try JSONSchema(patterns) }
        #expect(tooLarge.message.contains("patterns of the schema are too large"), "\(tooLarge)")
    }

    @Test("a check that would take exponential time is given up")
    func steps() throws {
        // 2^30 ways to the end.
        let schema = try JSONSchema(Self.chain(30))
        #expect(schema.validate("x").map(\.message) == ["takes too long to check against this schema"])
        // Each level of the value doubles what there is to do.
        let doubling = try JSONSchema([
            "$defs": [
                "n": ["properties": ["a": ["anyOf": [["$ref": "#/$defs/m"], ["$ref": "#/$defs/m"]]]]],
                "m": ["allOf": [["$ref": "#/$defs/n"], ["not": ["type": "object"]]]],
            ],
            "$ref": "#/$defs/n",
        ])
        let deep = (0..<40).reduce(JSON.integer(1)) { value, _ in ["a": value] }
        #expect(doubling.validate(deep).map(\.message) == ["takes too long to check against this schema"])
    }

    @Test("a large value has as many steps as it warrants")
    func largeValues() throws {
        let schema = try JSONSchema(["items": ["items": ["type": "integer", "minimum": 0, "allOf": [["maximum": 9]]]]])
        let row = JSON.array(Array(repeating: 5, count: 1_000))
        #expect(schema.validate(.array(Array(repeating: row, count: 1_200))).isEmpty)
    }

    @Test("a value that nests deeply is checked, and one that nests too deeply does not fit")
    func nesting() throws {
        let tree = try JSONSchema([
            "$defs": ["tree": ["anyOf": [["type": "integer"], ["items": ["$ref": "#/$defs/tree"], "type": "array"]]]],
            "$ref": "#/$defs/tree",
        ])
        func nested(_ depth: Int, _ leaf: JSON) -> JSON { (0..<depth).reduce(leaf) { value, _ in [value] } }
        #expect(tree.validate(nested(90, 1)).isEmpty)
        #expect(!tree.validate(nested(90, "x")).isEmpty)
        // The most that a parser lets in.
        #expect(
            tree.validate(nested(JSON.defaultDepthLimit, 1)).map(\.message) == [
                "nests too deeply to be checked against this schema"
            ])
    }

    @Test("patterns take time linear in the text")
    func patterns() throws {
        let schema = try JSONSchema(["pattern": "^(a+)+$"])
        #expect(!schema.validate(.string(String(repeating: "a", count: 20_000) + "!")).isEmpty)
    }

    @Test("a compiled schema is shared between tasks")
    func concurrency() async throws {
        let schema = try JSONSchema(["additionalProperties": ["pattern": "^[a-f0-9]+-\\d+$"]])
        let results = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<200 {
                group.addTask {
                    let text = number.isMultiple(of: 2) ? "abc-\(number)" : "xyz-\(number)"
                    return schema.validate(["k": .string(text)]).isEmpty == number.isMultiple(of: 2)
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(results.allSatisfy { $0 } && results.count == 200)
    }
}
