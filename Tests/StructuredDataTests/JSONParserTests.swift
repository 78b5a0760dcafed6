import StructuredData
import Testing

@Suite("Parsing JSON")
struct JSONParserTests {
    @Test("every kind of value is read")
    func kinds() throws {
        let text = """
             { "null" : null , "yes":true,"no":false, "int":-12, "number":1.5e2, "text":"a",
              "list":[1,[],{}], "object":{"a":{"b":[]}} }\r\n\t
            """
        let expected: JSON = [
            "null": nil, "yes": true, "no": false, "int": -12, "number": 150.0, "text": "a", "list": [1, [], [:]],
            "object": ["a": ["b": []]],
        ]
        #expect(try JSON.parse(text) == expected)
    }

    @Test("integers that fit 64 bits are exact, others become the nearest double")
    func integers() throws {
        #expect(try JSON.parse("9223372036854775807").isInteger(.max))
        #expect(try JSON.parse("-9223372036854775808").isInteger(.min))
        #expect(try JSON.parse("9007199254740993").isInteger(9_007_199_254_740_993))
        #expect(try JSON.parse("9223372036854775808").isNumber(9_223_372_036_854_775_808))
        #expect(try JSON.parse("-9223372036854775809").isNumber(-9_223_372_036_854_775_808))
        #expect(try JSON.parse("18446744073709551616").isNumber(18_446_744_073_709_551_616))
        #expect(try JSON.parse("100000000000000000000000").isNumber(1e23))
        #expect(try JSON.parse("0").isInteger(0))
    }

    @Test("a fraction or an exponent makes a double, and negative zero keeps its sign")
    func doubles() throws {
        #expect(try JSON.parse("1.0").isNumber(1))
        #expect(try JSON.parse("1e2").isNumber(100))
        #expect(try JSON.parse("-0").isNumber(-0.0))
        let zero = try #require(try JSON.parse("-0").doubleValue)
        #expect(zero.sign == .minus)
        #expect(try JSON.parse("-0.0e-999999999999999999999").doubleValue == 0)
        #expect(try JSON.parse("1e-400").isNumber(0))
    }

    @Test(
        "doubles are rounded correctly",
        arguments: [
            ("0.1", 0.1), ("0.30000000000000004", 0.30000000000000004), ("123456789012345678e-10", 12345678.9012345678),
            ("2.2250738585072011e-308", .leastNormalMagnitude - .leastNonzeroMagnitude),
            ("4.9406564584124654e-324", .leastNonzeroMagnitude),
            ("1.7976931348623157e308", 1.7976931348623157e308), ("9007199254740993.0", 9_007_199_254_740_992),
            ("9007199254740993.00000000000000000000000001", 9_007_199_254_740_994), ("1e22", 1e22), ("1e23", 1e23),
            ("8.5e22", 8.5e22), ("0.000000000000000000000000000001", 1e-30), ("1E+2", 100), ("-1.25E-2", -0.0125),
            ("17976931348623157e292", .greatestFiniteMagnitude),
        ])
    func rounding(text: String, expected: Double) throws {
        #expect(try JSON.parse(text).doubleValue == expected)
    }

    @Test("escapes and surrogate pairs become characters")
    func escapes() throws {
        #expect(try JSON.parse(#""\"\\\/\b\f\n\r\t""#) == .string("\"\\/\u{8}\u{C}\n\r\t"))
        #expect(try JSON.parse(#""\u0041\u00e9\u20AC\ud83d\ude00\uD834\udd1e\u0000""#) == "Aé€😀𝄞\0")
        #expect(try JSON.parse(#""é漢😀 \n é""#) == "é漢😀 \n é")
        #expect(try JSON.parse(#"{"\u0061\n":1}"#) == ["a\n": 1])
    }

    @Test("of a member named twice the later value counts, unless that is refused")
    func duplicateKeys() throws {
        #expect(try JSON.parse(#"{"a":1,"b":2,"a":3}"#).text() == #"{"a":3,"b":2}"#)
        let error = try #require(throws: JSONParseError.self) {
            try JSON.parse("{\"a\":1,\n \"a\":3}", duplicateKeys: .refused)
        }
        #expect(error.code == .duplicateKey)
        #expect(error.line == 2 && error.column == 2)
    }

    @Test("members keep their order, also beyond the size where objects are hashed")
    func order() throws {
        let names = (0..<100).map { "member-with-a-long-name-\(99 - $0)" }
        let text = "{" + names.map { "\"\($0)\":\"\($0)\"" }.joined(separator: ",") + "}"
        let value = try JSON.parse(text)
        #expect(value.objectValue?.keys == names)
        #expect(value.text() == text)
    }

    @Test("long names that share length and outer letters stay apart")
    func keyCache() throws {
        let names = ["aaaaaaaaXaaaaaaaaa", "aaaaaaaYaaaaaaaaaa", "aaaaaaaaXaaaaaaaab", "aaaaaaaaXaaaaaaaaaaa"]
        let text = "[" + (names + names).map { "{\"\($0)\":1}" }.joined(separator: ",") + "]"
        #expect(try JSON.parse(text).arrayValue?.compactMap { $0.objectValue?.keys.first } == names + names)
    }

    @Test(
        "what is no JSON is refused with its place",
        arguments: [
            ("", 1, 1, "expected a value, found the end"),
            ("  \n ", 2, 2, "expected a value, found the end"),
            ("{\n  \"a\": ,\n}", 2, 8, "expected a value, found ','"),
            ("[1,]", 1, 4, "expected a value, found ']'"),
            ("[1 2]", 1, 4, "expected ',' or ']' after the element, found '2'"),
            ("[1", 1, 3, "expected ',' or ']' after the element, found the end"),
            ("{\"a\" 1}", 1, 6, "expected ':' after the member's name, found '1'"),
            ("{\"a\":1,}", 1, 8, "expected a member's name in double quotes, found '}'"),
            ("{a:1}", 1, 2, "expected a member's name in double quotes, found 'a'"),
            ("{\"a\":1;", 1, 7, "expected ',' or '}' after the member, found ';'"),
            ("1 2", 1, 3, "expected the end after the value, found '2'"),
            ("nul", 1, 1, "expected a value, found 'n'"),
            ("trux", 1, 1, "expected a value, found 't'"),
            ("NaN", 1, 1, "expected a value, found 'N'"),
            ("'a'", 1, 1, "expected a value, found '''"),
            ("\"abc", 1, 1, "this string has no closing quote"),
            ("\"abc\\", 1, 5, "this string has no closing quote"),
            ("\"é\n\"", 1, 3, "the control character U+000A must be escaped in a string"),
            ("\"\\n\u{1}\"", 1, 4, "the control character U+0001 must be escaped in a string"),
            ("\"\\x\"", 1, 2, "found 'x'"),
            ("\"\\u12g4\"", 1, 6, "must be followed by four hexadecimal digits, found 'g'"),
            ("01", 1, 1, "superfluous 0"),
            ("-01", 1, 2, "superfluous 0"),
            ("-", 1, 2, "expected a digit, found the end"),
            ("1.", 1, 3, "expected a digit, found the end"),
            (".5", 1, 1, "expected a value, found '.'"),
            ("+1", 1, 1, "expected a value, found '+'"),
            ("1e", 1, 3, "expected a digit, found the end"),
            ("1e+", 1, 4, "expected a digit, found the end"),
            ("0x1", 1, 2, "expected the end after the value, found 'x'"),
            ("[\"\u{FEFF}\"]\u{FEFF}", 1, 6, "expected the end"),
            ("[1]\0", 1, 4, "expected the end after the value, found the control character U+0000"),
            ("// no\n1", 1, 1, "expected a value, found '/'"),
        ])
    func syntaxErrors(text: String, line: Int, column: Int, message: String) throws {
        let error = try #require(throws: JSONParseError.self) { try JSON.parse(text) }
        #expect(error.code == .syntax)
        #expect(error.message.contains(message), "\(error)")
        #expect((error.line, error.column) == (line, column), "\(error)")
    }

    @Test(
        "numbers beyond the range of a double are refused",
        arguments: ["1e309", "1.7976931348623159e308", "-1e400", "1e99999999999999999999"])
    func outOfRange(text: String) throws {
        let error = try #require(throws: JSONParseError.self) { try JSON.parse("[0, \(text)]") }
        #expect(error.code == .numberOutOfRange)
        #expect(error.offset == 4)
    }

    @Test(
        "half of a surrogate pair is refused",
        arguments: [#""\ud800""#, #""\udc00""#, #""\ud800x""#, #""\ud800\n""#, #""\ud800\ud800""#, #""\ud800\u0041""#])
    func loneSurrogates(text: String) throws {
        let error = try #require(throws: JSONParseError.self) { try JSON.parse(text) }
        #expect(error.code == .invalidText)
        #expect(error.offset == 1)
    }

    @Test(
        "bytes that are not UTF-8 are refused at the first that does not fit",
        arguments: [
            ([0x22, 0x61, 0xFF, 0x22], 2),
            ([0x22, 0xC3, 0xA9, 0xC3, 0x22], 3),
            ([0x22, 0xC0, 0x80, 0x22], 1),
            ([0x22, 0xED, 0xA0, 0x80, 0x22], 1),
            ([0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], 1),
            ([0x22, 0x5C, 0x6E, 0x80, 0x22], 3),
            ([0x7B, 0x22, 0xE2, 0x82, 0x22, 0x3A, 0x31, 0x7D], 2),
        ] as [([UInt8], Int)])
    func invalidUTF8(bytes: [UInt8], offset: Int) throws {
        let error = try #require(throws: JSONParseError.self) { try JSON.parse(bytes) }
        #expect(error.code == .invalidText)
        #expect(error.offset == offset)
    }

    @Test("nesting is bounded")
    func depth() throws {
        let deep = String(repeating: "[", count: 256) + String(repeating: "]", count: 256)
        #expect(try JSON.parse(deep).arrayValue?.count == 1)
        let error = try #require(throws: JSONParseError.self) { try JSON.parse("[" + deep + "]") }
        #expect(error.code == .tooDeep)
        #expect(error.offset == 256)
        let mixed = String(repeating: "{\"a\":[", count: 1_000_000)
        #expect(throws: JSONParseError.self) { try JSON.parse(mixed) }
        #expect(try JSON.parse("[[1]]", depthLimit: 2) == [[1]])
        #expect(throws: JSONParseError.self) { try JSON.parse("[[[]]]", depthLimit: 2) }
    }

    @Test("a part of a buffer is parsed in place")
    func slices() throws {
        let lines = Array("{\"a\":1}\n{\"b\":2}\n".utf8)
        #expect(try JSON.parse(lines[8..<15]) == ["b": 2])
        #expect(
            try lines.withUnsafeBufferPointer { try JSON.parse(UnsafeBufferPointer(rebasing: $0[..<7])) } == ["a": 1])
        #expect(throws: JSONParseError.self) { try JSON.parse([UInt8]()) }
    }
}

extension JSON {
    /// Equality of numbers does not tell the two kinds apart; these do.
    func isInteger(_ expected: Int64) -> Bool {
        if case .integer(let value) = self { value == expected } else { false }
    }
    func isNumber(_ expected: Double) -> Bool { if case .number(let value) = self { value == expected } else { false } }
}
