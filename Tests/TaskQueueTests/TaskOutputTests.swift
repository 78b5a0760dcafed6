import TaskQueue
import Testing

@Suite("What a task has written") struct TaskOutputTests {
    private func output(_ parts: String...) -> TaskOutput {
        parts.reduce(into: TaskOutput()) { $0.append(Array($1.utf8)) }
    }

    @Test("Is told from any position on")
    func positions() {
        let output = output("one\n", "two\n")
        #expect(output.end == 8)
        #expect(output.text(after: 0) == "one\ntwo\n")
        #expect(output.text(after: 4) == "two\n")
        #expect(output.text(after: -1) == "one\ntwo\n")
        #expect(output.text(after: 8) == nil)
        #expect(output.text(after: .max) == nil)
        #expect(TaskOutput().text(after: 0) == nil)
    }

    @Test("Keeps its end, and says what is gone")
    func bound() {
        let most = TaskOutput.maxBytes
        let output = output("gone", String(repeating: "x", count: most - 2), "é")
        #expect(output.bytes.count == most)
        #expect(output.end == Int64(most) + 4)
        #expect(output.text(after: 0) == "[4 bytes left out]\n" + String(repeating: "x", count: most - 2) + "é")
        #expect(output.text(after: 2) == "[2 bytes left out]\n" + String(repeating: "x", count: most - 2) + "é")
        #expect(output.text(after: 4) == String(repeating: "x", count: most - 2) + "é")
    }

    @Test("Begins with a whole character, wherever it is cut")
    func characters() {
        let rest = String(repeating: "x", count: TaskOutput.maxBytes - 1)
        #expect(output("é", rest).text(after: 0) == "[2 bytes left out]\n" + rest)
    }
}
