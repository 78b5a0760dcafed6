import Testing

@testable import CommonExpression

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
