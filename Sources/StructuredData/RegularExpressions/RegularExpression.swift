/// A regular expression in the syntax of RE2, or in what is alike in ECMAScript's, matched in time linear in the text.
///
/// A backtracking matcher, such as the standard library's, can need time exponential in the text for patterns that anybody
/// may put into a CustomResourceDefinition. This one keeps all threads of the automaton side by side (Rob Pike's machine, as
/// described by Russ Cox, "Regular Expression Matching: the Virtual Machine Approach", 2009): its time is at most the size
/// of the program times the length of the text.
package struct RegularExpression: Sendable {
    /// The source.
    package let text: String
    private let program: [RegexInstruction]

    /// - Throws: `RegexError` for what is no pattern, or would be too large a program.
    package init(_ text: String, dialect: RegexDialect = .re2) throws(RegexError) {
        self.text = text
        var compiler = RegexCompiler()
        program = try compiler.compile(try RegexParser.parse(text, dialect))
    }

    /// Instructions of the program: a match takes at most so many steps for each scalar of the text.
    var size: Int { program.count }

    /// Whether the pattern is found anywhere in `value`.
    package func matches(_ value: String) -> Bool {
        RegexMachine(program, Array(value.unicodeScalars)).find(from: 0, isShortest: true) != nil
    }

    /// The parts of `value` that match, leftmost first, none overlapping another.
    package func findAll(in value: String, limit: Int = .max) -> [String] {
        let scalars = Array(value.unicodeScalars)
        let machine = RegexMachine(program, scalars)
        var found: [String] = []
        var position = 0
        var lastEnd = -1
        while found.count < limit, position <= scalars.count,
            let match = machine.find(from: position, isShortest: false)
        {
            // An empty match next to the one before is part of it.
            if !match.isEmpty || match.lowerBound != lastEnd {
                var view = String.UnicodeScalarView()
                view.append(contentsOf: scalars[match])
                found.append(String(view))
            }
            lastEnd = match.upperBound
            position = match.isEmpty ? match.upperBound + 1 : match.upperBound
        }
        return found
    }
}

/// Whose syntax and meaning a pattern has.
package enum RegexDialect: Sendable {
    case re2
    /// ECMAScript's, with its flag `u`, but for what needs backtracking: lookaround and back references.
    case ecmaScript
}

package struct RegexError: Error, Sendable, Hashable, CustomStringConvertible {
    package var description: String
    init(_ description: String) { self.description = "error parsing regexp: \(description)" }
}
