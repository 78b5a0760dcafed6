/// Something wrong with an expression, at a place of its source.
struct SyntaxIssue: Error, Sendable, Hashable {
    /// In Unicode scalars from the start.
    var offset: Int
    var message: String

    /// As a real API server prints it: place, message, the line, and a mark below it.
    func text(in source: [Unicode.Scalar]) -> String {
        let position = min(max(offset, 0), source.count)
        let start = source[..<position].lastIndex(of: "\n").map { $0 + 1 } ?? 0
        let end = source[position...].firstIndex(of: "\n") ?? source.count
        let line = source[..<position].count { $0 == "\n" } + 1
        let column = position - start
        var shown = String.UnicodeScalarView()
        shown.append(contentsOf: source[start..<end].map { $0 == "\t" ? " " : $0 })
        let mark = String(repeating: ".", count: column) + "^"
        return "ERROR: <input>:\(line):\(column + 1): \(message)\n | \(String(shown))\n | \(mark)"
    }
}

/// Why an expression does not compile: every issue, in the order of the source.
package struct CompilationError: Error, Sendable, Hashable, CustomStringConvertible {
    package var description: String

    init(_ description: String) { self.description = description }

    init(_ issues: [SyntaxIssue], in source: [Unicode.Scalar]) {
        description = issues.sorted { $0.offset < $1.offset }.map { $0.text(in: source) }.joined(separator: "\n")
    }
}
