import Testing

@testable import AgentRuntime

@Suite("The output that waits to be sent")
struct OutputTailTests {
    @Test func `of more than fits the latest whole lines stay, and it is said how much is left out`() throws {
        var tail = OutputTail()
        for number in 1...20_000 { tail.append("line \(number)\n") }
        let text = try #require(tail.text)
        let lines = text.split(separator: "\n")
        #expect(text.utf8.count <= OutputTail.maxBytes + 64)
        #expect(text.utf8.count > OutputTail.maxBytes / 4)
        #expect(lines.last == "line 20000")
        let first = try #require(lines.dropFirst().first?.split(separator: " ").last.flatMap { Int($0) })
        #expect(lines.count == 20_000 - first + 2)
        let left = (1..<first).reduce(0) { $0 + "line \($1)\n".utf8.count }
        #expect(lines[0] == "[\(left) bytes left out]")
    }

    @Test func `a line longer than what fits is cut`() throws {
        var tail = OutputTail()
        tail.append(String(repeating: "x", count: 3 * OutputTail.maxBytes))
        #expect(try #require(tail.text).utf8.count <= OutputTail.maxBytes)
        tail.append("y\n")
        #expect(try #require(tail.text).hasSuffix("y\n"))
    }

    @Test func `what was sent is forgotten, also where some of it was pushed out meanwhile`() throws {
        var tail = OutputTail()
        tail.append("a\n")
        let sent = tail.end
        for _ in 0..<OutputTail.maxBytes { tail.append("b\n") }
        tail.forget(upTo: sent)
        #expect(try #require(tail.text).contains("a") == false)
        tail.forget(upTo: tail.end)
        #expect(tail.text == nil)
        tail.append("c\n")
        #expect(tail.text == "c\n")
    }
}
