import StructuredData
import Testing

@testable import agent_runner

@Suite("The lines of a command's standard error")
struct ErrorLinesTests {
    private func lines(_ chunks: [String]) -> [ErrorLines.Line] {
        var lines = ErrorLines()
        return chunks.flatMap { lines.append($0.utf8) } + lines.end()
    }

    @Test func `are told apart however they come in pieces`() {
        let text = """
            reading
            {"progress": {"done": 1, "total": 2, "message": "half"}}
            {"checkpoint": {"at": 1}}
            {"progress": "none"}
            {"checkpoint": 1, "and": 2}
            {"broken
            last
            """
        let expected: [ErrorLines.Line] = [
            .text("reading"), .progress(done: 1, total: 2, message: "half"), .checkpoint(["at": 1]),
            .text(#"{"progress": "none"}"#), .text(#"{"checkpoint": 1, "and": 2}"#), .text(#"{"broken"#), .text("last"),
        ]
        #expect(lines([text]) == expected)
        #expect(lines(text.map { String($0) }) == expected)
    }

    @Test func `are cut where they are too long, without waiting for their end`() {
        var lines = ErrorLines()
        let cut = lines.append(Array(repeating: UInt8(ascii: "x"), count: 40 << 10))
        #expect(cut.count == 3)
        #expect(lines.end() == [])
    }

    @Test func `leave their last for the message of a failure`() {
        var lines = ErrorLines()
        for number in 1...1000 { _ = lines.append("line \(number)\n".utf8) }
        #expect(lines.tail.utf8.count <= 2048)
        #expect(lines.tail.hasSuffix("line 999\nline 1000\n"))
    }
}
