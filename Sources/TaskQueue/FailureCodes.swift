/// Kinds of failure: codes, or the beginnings of codes with `*` after them, such as `HTTP_5*`.
package struct FailureCodes: Sendable, Hashable, ExpressibleByArrayLiteral {
    package static let maxPatterns = 32
    package static let maxPatternBytes = 64

    /// Without blanks.
    package var patterns: [String]

    package init(_ patterns: [String]) { self.patterns = patterns }
    package init(arrayLiteral patterns: String...) { self.patterns = patterns }

    package func contain(_ code: String) -> Bool {
        patterns.contains { pattern in
            pattern.hasSuffix("*") ? code.utf8.starts(with: pattern.utf8.dropLast()) : pattern == code
        }
    }

    /// The patterns with blanks between them, as stores keep them; `nil`: there are none.
    package var text: String? { patterns.isEmpty ? nil : patterns.joined(separator: " ") }

    package init(text: String?) { patterns = (text ?? "").split(separator: " ").map(String.init) }

    /// Whether it is a pattern: letters, digits, `_`, `-` and `.`, and then maybe `*`.
    package static func isPattern(_ pattern: String) -> Bool {
        guard (1...maxPatternBytes).contains(pattern.utf8.count) else { return false }
        let code = pattern.hasSuffix("*") ? pattern.dropLast() : pattern[...]
        return code.unicodeScalars.allSatisfy { scalar in
            scalar.isASCII
                && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil
                    || "_-.".unicodeScalars.contains(scalar))
        }
    }
}

extension FailureCodes: Codable {
    package init(from decoder: any Decoder) throws { patterns = try [String](from: decoder) }
    package func encode(to encoder: any Encoder) throws { try patterns.encode(to: encoder) }
}
