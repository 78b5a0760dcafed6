extension TypeTable {
    /// A line of the tables, in words.
    enum Line {
        case package([Substring])
        case type([Substring])
        case field([Substring])
        case description(Substring)

        /// The lines of a table; empty ones only part the types.
        static func all(of text: String) -> some Sequence<Line> {
            text.utf8.split(separator: UInt8(ascii: "\n")).lazy.map { Line(Substring($0)) }
        }

        private init(_ line: Substring) {
            if line.utf8.first == UInt8(ascii: " ") {
                self = .description(line.drop { $0 == " " })
                return
            }
            let words = line.utf8.split(separator: UInt8(ascii: " ")).map { Substring($0) }
            switch words[0] {
            case "package": self = .package(words)
            // A field may be called `type` too; the names of types begin with a capital.
            case "type" where words[1].first?.isUppercase == true: self = .type(words)
            default: self = .field(words)
            }
        }
    }

    /// What OpenAPI documents call a type, from the words of its line.
    static func fullName(_ words: [Substring], in package: Substring) -> String {
        "\(package).\(words.value(of: "as=") ?? words[1])"
    }

    /// The name of a field, from the words of its line, in which `!` marks one that is required.
    static func fieldName(_ words: [Substring]) -> Substring {
        words[0].last == "!" ? words[0].dropLast() : words[0]
    }
}

extension [Substring] {
    /// What follows `prefix` in the word that begins so.
    func value(of prefix: String) -> Substring? { first { $0.hasPrefix(prefix) }?.dropFirst(prefix.count) }
}
