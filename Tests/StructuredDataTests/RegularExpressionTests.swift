import Testing

@testable import StructuredData

@Suite("Regular expressions")
struct RegularExpressionTests {
    @Test(
        "Patterns of RE2 match what they should",
        arguments: [
            ("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", "my-name", true), ("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", "my-", false),
            ("b", "abc", true), ("^b", "abc", false), ("", "", true), ("^$", "", true), ("(?i)ABC", "xabcx", true),
            ("^(a|ab)(c|bcd)$", "abcd", true), ("a{2,3}$", "caaa", true), ("^a{2}$", "aaa", false),
            ("^a{,2}$", "a{,2}", true),
            ("\\d+\\.\\d{1,2}", "v1.25", true), ("[[:alpha:]]+", "123", false), ("^\\p{Lu}", "Éa", true),
            ("^[^\\s]+$", "a b", false), ("(?m)^b$", "a\nb", true), ("(?s)a.b", "a\nb", true), ("a.b", "a\nb", false),
            ("\\bfoo\\b", "a foo b", true), ("\\Bfoo", "foo", false), ("\\Qa.b\\E", "axb", false),
            ("\\x{1F451}", "👑", true),
            ("^(?P<n>a)+?$", "aaa", true), ("[]a]", "]", true), ("[a-]", "-", true), ("a\\z", "a\n", false),
            ("(a*)*$", "b", true),
        ])
    func matches(pattern: String, text: String, expected: Bool) throws {
        #expect(try RegularExpression(pattern).matches(text) == expected)
    }

    @Test(
        "What RE2 does not take is refused",
        arguments: [
            "(", ")", "[a", "a**", "*a", "(?=a)", "(?!a)", "\\1", "a{2,1}", "a{1001}", "[b-a]", "\\", "(a{999}){999}",
            "\\p{Nothing}",
        ])
    func refusals(pattern: String) { #expect(throws: RegexError.self) { try RegularExpression(pattern) } }

    @Test(
        "Patterns of ECMAScript match what they should",
        arguments: [
            ("^\\u00e9\\u{1F409}\\ud83d\\udc09$", "é🐉🐉", true), ("^[\\u0600-\\u06FF]+$", "سلام", true),
            ("^\\d$", "٣", false),
            ("^\\s$", "\u{A0}", true), ("^\\S$", "\u{2028}", false), ("^.$", "\u{2029}", false), ("^\\w$", "é", false),
            ("^\\p{Letter}+$", "Straße", true), ("^\\cA\\x41\\0$", "\u{1}A\0", true), ("[]", "]", false),
            ("^[^]$", "\n", true),
            ("^[\\b]$", "\u{8}", true), ("^(?<year>\\d{4})-(?:\\d\\d)$", "2026-11", true), ("^a$", "a\n", false),
            ("^[[:alpha:]]$", "a]", true), ("^\\/\\-$", "/-", true),
        ])
    func ecmaScript(pattern: String, text: String, expected: Bool) throws {
        #expect(try RegularExpression(pattern, dialect: .ecmaScript).matches(text) == expected)
    }

    @Test(
        "What ECMAScript does not know, and what needs backtracking, is refused",
        arguments: [
            "\\A", "\\Z", "\\z", "\\Qa\\E", "(?i)a", "(?P<n>a)", "(?=a)", "(?!a)", "(?<=a)b", "(?<!a)b", "(a)\\1",
            "\\u12",
            "\\ud83d", "\\u{110000}", "\\a", "\\07", "\\p{^L}",
        ])
    func ecmaScriptRefusals(pattern: String) {
        #expect(throws: RegexError.self) { try RegularExpression(pattern, dialect: .ecmaScript) }
    }

    @Test("Parts that match are found leftmost, and as the pattern prefers")
    func find() throws {
        #expect(try RegularExpression("a+?b|a+").findAll(in: "aab aaa b") == ["aab", "aaa"])
        #expect(try RegularExpression("\\d*").findAll(in: "12a3") == ["12", "3"])
        #expect(try RegularExpression("x*").findAll(in: "ab") == ["", "", ""])
        #expect(try RegularExpression("[0-9]+").findAll(in: "1 22 333", limit: 2) == ["1", "22"])
    }

    @Test("Patterns that make backtracking exponential are matched in linear time")
    func linear() throws {
        let text = String(repeating: "a", count: 20_000) + "!"
        for pattern in ["^(a+)+$", "^(a|a)*$", "^(a?){25}(a){25}$", "(x+x+)+y", "^(.*)*b$"] {
            #expect(try !RegularExpression(pattern).matches(text), "\(pattern)")
        }
    }
}
