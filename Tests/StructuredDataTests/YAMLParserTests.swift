import StructuredData
import Testing

@Suite("Reading YAML")
struct YAMLParserTests {
    @Test("a manifest is read as kubectl reads it")
    func manifest() throws {
        let text = """
            # a comment
            apiVersion: v1
            kind: ConfigMap
            metadata:
              name: demo   # trailing
              labels: {app.kubernetes.io/name: das, "tier": 'back end'}
            data:
              script: |
                echo "hi"
                exit 0
              folded: >-
                one
                line
              keep: |+
                text

            items:
            - 1
            - - a
              - b
            - key: value
              other: 2
            """
        #expect(
            try YAML.parse(text) == [
                [
                    "apiVersion": "v1", "kind": "ConfigMap",
                    "metadata": ["name": "demo", "labels": ["app.kubernetes.io/name": "das", "tier": "back end"]],
                    "data": ["script": "echo \"hi\"\nexit 0\n", "folded": "one line", "keep": "text\n\n"],
                    "items": [1, ["a", "b"], ["key": "value", "other": 2]],
                ]
            ])
    }

    @Test("documents are separate, and empty ones are left out")
    func documents() throws {
        #expect(try YAML.parse("---\na: 1\n---\n# nothing\n---\nb: 2\n...\n---\n") == [["a": 1], ["b": 2]])
        #expect(try YAML.parse("") == [])
        #expect(try YAML.parse("# only a comment\n") == [])
        #expect(try YAML.parse("--- null\n--- ~\n--- ''\n") == [nil, nil, ""])
        #expect(try YAML.parse("\u{FEFF}a: 1") == [["a": 1]])
        #expect(try YAML.parse("a: 1\r\nb: [x,\r\n z]\r\n") == [["a": 1, "b": ["x", "z"]]])
    }

    @Test(
        "plain scalars mean what they mean to go-yaml v2",
        arguments: [
            ("", nil), ("~", nil), ("null", nil), ("NULL", nil), ("nULL", "nULL"),
            ("true", true), ("True", true), ("yes", true), ("Y", true), ("on", true), ("tRUE", "tRUE"),
            ("false", false), ("No", false), ("n", false), ("OFF", false), ("none", "none"),
            ("0", 0), ("-1", -1), ("+12", 12), ("1_000", 1000), ("0x1F", 31), ("-0x1f", -31), ("0o17", 15), ("017", 15),
            ("00", 0), ("0b101", 5), ("-0b11", -3), ("08", 8), ("9223372036854775807", .integer(.max)),
            ("-9223372036854775808", .integer(.min)), ("9223372036854775808", .number(9_223_372_036_854_775_808)),
            ("99999999999999999999", .number(1e20)), ("0x", "0x"), ("0xg", "0xg"), ("0o9", "0o9"), ("--1", "--1"),
            ("0x-1", "0x-1"), ("1.5", 1.5), ("-.5", -0.5), (".5", 0.5), ("1.", 1), ("1e3", 1000), ("1.5E-2", 0.015),
            ("+1.5", 1.5), ("1_0.5", 10.5), (".", "."), ("e3", "e3"), ("1e", "1e"), ("1.2.3", "1.2.3"),
            ("1e999", "1e999"),
            ("1:30", "1:30"), ("2001-12-14", "2001-12-14"), ("2001-12-14T21:59:43Z", "2001-12-14T21:59:43Z"),
            ("5m", "5m"), ("100Mi", "100Mi"), ("a b", "a b"), ("=", "="), ("10.0.0.1", "10.0.0.1"), ("'yes'", "yes"),
            ("\"1\"", "1"), ("'it''s'", "it's"), ("\"\\u00e9\\n\\x41\"", "é\nA"), ("''", ""),
        ] as [(String, JSON)])
    func scalars(text: String, expected: JSON) throws {
        #expect(try YAML.parse("- \(text)") == [[expected]])
    }

    @Test(
        "tags say what a scalar is",
        arguments: [
            ("!!str 12", "12"), ("! 12", "12"), ("!!int '12'", 12), ("!!float 1", 1), ("!!bool 'yes'", true),
            ("!!null ''", nil), ("!mine 12", "12"), ("!!map {a: 1}", ["a": 1]), ("!!seq [1]", [1]),
            ("!!timestamp 2001-12-14", "2001-12-14"),
        ] as [(String, JSON)])
    func tags(text: String, expected: JSON) throws {
        #expect(try YAML.parse("- \(text)") == [[expected]])
    }

    @Test("keys that are numbers or booleans become strings")
    func keys() throws {
        #expect(
            try YAML.parse("{1: a, on: b, 1.5: c, 0x10: d, 'no': e}")
                == [["1": "a", "true": "b", "1.5": "c", "16": "d", "no": "e"]])
        #expect(try YAML.parse("? a\n: 1\n? |\n  long\n: 2") == [["a": 1, "long\n": 2]])
    }

    @Test("aliases stand for what their anchors mark")
    func aliases() throws {
        let text = "base: &b {x: [1, &two 2]}\ncopy: *b\nname: &n key\n*n : *two\n"
        #expect(try YAML.parse(text) == [["base": ["x": [1, 2]], "copy": ["x": [1, 2]], "name": "key", "key": 2]])
        #expect(try YAML.parse("- &a 1\n- &a 2\n- *a") == [[1, 2, 2]])
    }

    @Test("merge keys add what the mapping does not have itself")
    func mergeKeys() throws {
        let text = """
            one: &one {a: 1, b: 1}
            two: &two {b: 2, c: 2}
            merged: {<<: *one, b: own}
            before: {b: own, <<: [*one, *two]}
            twice: {<<: *one, <<: *two}
            inline: {<<: {z: 1}}
            quoted: {"<<": 1}
            """
        let value = try #require(try YAML.parse(text).first)
        #expect(value["merged"] == ["a": 1, "b": "own"])
        #expect(value["before"] == ["a": 1, "b": "own", "c": 2])
        #expect(value["twice"] == ["a": 1, "b": 1, "c": 2])
        #expect(value["inline"] == ["z": 1])
        #expect(value["quoted"] == ["<<": 1])
    }

    @Test("JSON is read as JSON, with all of its escapes")
    func json() throws {
        #expect(try YAML.parse(#" {"a": "\ud83d\ude00\/", "b":["yes", 1e2]} "#) == [["a": "😀/", "b": ["yes", 100]]])
        #expect(try YAML.parse("{a: yes}") == [["a": true]])
    }

    @Test(
        "errors name file, line and column",
        arguments: [
            ("a: 1\na: 2", .duplicateKey, "2:1", #""a" is set twice, first on line 1"#),
            ("a:\n  b: 1\n  c: 2\n  'b': 3", .duplicateKey, "4:3", #""b" is set twice, first on line 2"#),
            (#"{"a": 1, "a": 2}"#, .duplicateKey, "1:10", "is set twice"),
            ("true: 1\nyes: 2", .duplicateKey, "2:1", #""true" is set twice"#),
            (
                "a: [1, 2", .syntax, "2:1",
                "did not find expected ',' or ']' (while parsing a flow sequence from line 1)"
            ),
            ("a: b: c", .syntax, "1:5", "mapping values are not allowed in this context"),
            ("a:\n\t- b", .syntax, "2:1", "indent with spaces"),
            ("a: 'x", .syntax, "1:6", "unexpected end of stream"),
            ("a: @b", .syntax, "1:4", "cannot start any token"),
            ("a: \u{1}", .syntax, "1:4", "control characters are not allowed"),
            ("a: *b", .alias, "1:4", "*b has no anchor &b"),
            ("--- &b 1\n--- *b", .alias, "2:5", "*b has no anchor &b"),
            ("a: &b [*b]", .alias, "1:8", "*b stands inside its own anchor"),
            ("a: .nan", .notJSON, "1:4", ".nan has no JSON form"),
            ("a: [1, -.inf]", .notJSON, "1:8", "-.inf has no JSON form"),
            ("~: 1", .notJSON, "1:1", "a key is missing or null"),
            ("? [a]\n: 1", .notJSON, "1:3", "a key must be a scalar"),
            ("<<: 1", .notJSON, "1:5", "the value of << must be a mapping"),
            ("<<: [{a: 1}, 2]", .notJSON, "1:5", "the value of << must be a mapping"),
            ("a: !!int x", .notJSON, "1:4", #""x" is no integer"#),
            ("a: !!bool 1", .notJSON, "1:4", #""1" is no boolean"#),
            ("a: !!float yes", .notJSON, "1:4", #""yes" is no number"#),
            ("a: !!null 1", .notJSON, "1:4", #""1" is no null"#),
            ("a: !!binary aGk=", .notJSON, "1:4", "!!binary has no JSON form"),
        ] as [(String, YAMLError.Code, String, String)])
    func errors(text: String, code: YAMLError.Code, place: String, message: String) throws {
        let error = try #require(throws: YAMLError.self) { try YAML.parse(text, file: "demo.yaml") }
        #expect(error.code == code)
        #expect(error.description.hasPrefix("demo.yaml:\(place): "), "\(error)")
        #expect(error.message.contains(message), "\(error)")
    }

    @Test("without a file an error names the line alone")
    func noFile() throws {
        let error = try #require(throws: YAMLError.self) { try YAML.parse("x: é: 1") }
        #expect(error.description.hasPrefix("line 1, column 5: "))
    }

    @Test("bytes that are not UTF-8 are refused with their place")
    func invalidBytes() throws {
        let error = try #require(throws: YAMLError.self) { try YAML.parse([0x61, 0x3A, 0x0A, 0x20, 0xFF, 0x0A]) }
        #expect((error.line, error.column) == (2, 2))
    }

    @Test("what aliases expand to is bounded")
    func laughs() throws {
        var text = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n"
        for level in 1..<12 {
            let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(aliases)]\n"
        }
        let error = try #require(throws: YAMLError.self) { try YAML.parse(text) }
        #expect(error.code == .tooLarge)
    }

    @Test("nesting is bounded, through aliases too")
    func depth() throws {
        let deep = String(repeating: "[", count: 256) + String(repeating: "]", count: 256)
        #expect(try YAML.parse("--- " + deep).count == 1)
        for text in ["- " + deep, String(repeating: "- ", count: 400) + "x"] {
            let error = try #require(throws: YAMLError.self) { try YAML.parse(text) }
            #expect(error.code == .tooLarge)
        }
        let half =
            String(repeating: "[", count: 200) + "&a " + String(repeating: "[", count: 50)
            + String(repeating: "]", count: 250)
        #expect(try YAML.parse("- [\(half)]\n- *a").count == 1)
        let error = try #require(throws: YAMLError.self) {
            try YAML.parse(
                "- \(half)\n- " + String(repeating: "[", count: 210) + "*a" + String(repeating: "]", count: 210))
        }
        #expect(error.code == .tooLarge)
    }
}
