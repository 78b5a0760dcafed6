import Testing

@testable import agent_runner

@Suite("The words of DAS_EXEC")
struct CommandLineWordsTests {
    @Test(
        arguments: [
            ("python3 /app/task.py", ["python3", "/app/task.py"]),
            ("  a\tb  ", ["a", "b"]),
            (#"sh -c 'cat | tr a b' "" x"#, ["sh", "-c", "cat | tr a b", "", "x"]),
            (#""a \"b\"" 'c\d' e\ f"#, [#"a "b""#, #"c\d"#, "e f"]),
            (#"a"b 'c"d"#, [#"ab 'cd"#]),
            ("", []),
            ("$HOME *", ["$HOME", "*"]),
        ] as [(String, [String])])
    func `are those that a shell would see, but for what it expands`(text: String, words: [String]) throws {
        #expect(try CommandLineWords.split(text) == words)
    }

    @Test(arguments: [("echo 'a", "'"), ("echo \"a", "\""), ("echo \\", "\\")] as [(String, Character)])
    func `have an end to each quotation`(text: String, quote: Character) {
        #expect(throws: CommandLineWords.Unclosed(quote: quote)) { try CommandLineWords.split(text) }
    }
}
