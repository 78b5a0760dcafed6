import TaskQueue
import Testing

@Suite struct FailureGroupTests {
    @Test(
        "Messages that differ in numbers and names have one pattern",
        arguments: [
            ("row 17 of 3000 is broken", "row # of # is broken"),
            ("task 6f9619ff-8b86-d011-b42d-00cf4fc964ff is gone", "task # is gone"),
            ("at 2024-01-31T10:00:00Z:  timeout\tafter 3.5s", "at #:#:#: timeout after #.#"),
            ("\n\n  first line 1\nsecond line", "first line #"),
            ("no digits here", "no digits here"), ("", ""), ("größe 5", "größe #"),
        ])
    func patterns(message: String, pattern: String) {
        #expect(FailureFingerprint(Failure(code: "X", message: message)).pattern == pattern)
    }

    @Test("A pattern is bounded, and cut between characters")
    func bounded() {
        let long = FailureFingerprint(Failure(code: "X", message: String(repeating: "ä", count: 1000))).pattern
        #expect(long == String(repeating: "ä", count: 100))
        let word = FailureFingerprint(Failure(code: "X", message: String(repeating: "a", count: 1000))).pattern
        #expect(word.utf8.count == FailureFingerprint.maxPatternBytes)
    }

    @Test("A fingerprint's short name tells code and pattern apart")
    func names() {
        let one = FailureFingerprint(code: "A", pattern: "b")
        #expect(one.id.count == 16)
        #expect(one.id == FailureFingerprint(code: "A", pattern: "b").id)
        #expect(one.id != FailureFingerprint(code: "Ab", pattern: "").id)
        #expect(one.id != FailureFingerprint(code: "A", pattern: "c").id)
    }
}
