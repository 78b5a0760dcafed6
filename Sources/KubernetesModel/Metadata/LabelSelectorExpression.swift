/// A label selector as query parameters write it: `app=web,tier in (a, b),!canary,version>3`.
public struct LabelSelectorExpression: Sendable, Hashable {
    /// All must hold; none selects everything.
    public var requirements: [Requirement]

    public init(_ requirements: [Requirement] = []) { self.requirements = requirements }

    /// What a label must fulfil.
    public enum Condition: Sendable, Hashable {
        case isIn(Set<String>)
        /// Also where the label is missing.
        case isNotIn(Set<String>)
        case exists
        case isAbsent
        case isGreater(than: Int64)
        case isLess(than: Int64)
    }

    public struct Requirement: Sendable, Hashable {
        public var key: String
        public var condition: Condition

        public init(key: String, condition: Condition) {
            self.key = key
            self.condition = condition
        }

        /// Whether the label fulfils the requirement.
        public func matches(_ labels: [String: String]) -> Bool {
            let value = labels[key]
            switch condition {
            case .isIn(let values): return value.map(values.contains) ?? false
            case .isNotIn(let values): return value.map { !values.contains($0) } ?? true
            case .exists: return value != nil
            case .isAbsent: return value == nil
            case .isGreater(let bound): return value.flatMap { Int64($0) }.map { $0 > bound } ?? false
            case .isLess(let bound): return value.flatMap { Int64($0) }.map { $0 < bound } ?? false
            }
        }
    }

    public func matches(_ labels: [String: String]?) -> Bool {
        let labels = labels ?? [:]
        return requirements.allSatisfy { $0.matches(labels) }
    }

    /// Reads the syntax of the `labelSelector` query parameter. An empty text selects everything.
    public static func parse(_ text: String) throws(SelectorError) -> LabelSelectorExpression {
        var parser = LabelSelectorParser(text)
        return LabelSelectorExpression(try parser.parse())
    }
}

extension LabelSelectorExpression: CustomStringConvertible {
    /// The selector in the syntax that `parse` reads.
    public var description: String {
        requirements.map { requirement in
            let key = requirement.key
            switch requirement.condition {
            case .isIn(let values) where values.count == 1: return "\(key)=\(values.first ?? "")"
            case .isIn(let values): return "\(key) in (\(values.sorted().joined(separator: ",")))"
            case .isNotIn(let values) where values.count == 1: return "\(key)!=\(values.first ?? "")"
            case .isNotIn(let values): return "\(key) notin (\(values.sorted().joined(separator: ",")))"
            case .exists: return key
            case .isAbsent: return "!\(key)"
            case .isGreater(let bound): return "\(key)>\(bound)"
            case .isLess(let bound): return "\(key)<\(bound)"
            }
        }.joined(separator: ",")
    }
}

/// Splits the text into words and signs, and reads requirements from them.
private struct LabelSelectorParser {
    private enum Token: Equatable {
        case word(String)
        /// One of `=` `==` `!=` `!` `(` `)` `,` `>` `<`.
        case sign(String)
    }

    private let text: String
    private var tokens: [Token] = []
    private var position = 0

    init(_ text: String) {
        self.text = text
        var word = ""
        var characters = Array(text)[...]
        func flush() {
            if !word.isEmpty { tokens.append(.word(word)) }
            word = ""
        }
        while let character = characters.popFirst() {
            switch character {
            case " ", "\t", "\n", "\r": flush()
            case "(", ")", ",", ">", "<":
                flush()
                tokens.append(.sign(String(character)))
            case "=", "!":
                flush()
                if characters.first == "=" {
                    characters.removeFirst()
                    tokens.append(.sign("\(character)="))
                } else {
                    tokens.append(.sign(String(character)))
                }
            default: word.append(character)
            }
        }
        flush()
    }

    mutating func parse() throws(SelectorError) -> [LabelSelectorExpression.Requirement] {
        var requirements: [LabelSelectorExpression.Requirement] = []
        while position < tokens.count {
            requirements.append(try requirement())
            guard position < tokens.count else { break }
            guard take(",") else { throw failure("expected ','") }
            guard position < tokens.count else { throw failure("expected a label after ','") }
        }
        return requirements
    }

    private mutating func requirement() throws(SelectorError) -> LabelSelectorExpression.Requirement {
        if take("!") {
            return .init(key: try key(), condition: .isAbsent)
        }
        let key = try key()
        if position == tokens.count || tokens[position] == .sign(",") { return .init(key: key, condition: .exists) }
        if take("=") || take("==") { return .init(key: key, condition: .isIn([try value()])) }
        if take("!=") { return .init(key: key, condition: .isNotIn([try value()])) }
        if take(">") { return .init(key: key, condition: .isGreater(than: try integer())) }
        if take("<") { return .init(key: key, condition: .isLess(than: try integer())) }
        if take(word: "in") { return .init(key: key, condition: .isIn(try values())) }
        if take(word: "notin") { return .init(key: key, condition: .isNotIn(try values())) }
        throw failure("expected one of = == != in notin > < after \"\(key)\"")
    }

    private mutating func key() throws(SelectorError) -> String {
        guard position < tokens.count, case .word(let word) = tokens[position] else {
            throw failure("expected a label")
        }
        guard LabelSyntax.isKey(word) else { throw failure("\"\(word)\" is no label") }
        position += 1
        return word
    }

    private mutating func value() throws(SelectorError) -> String {
        // `key=` selects the empty value.
        guard position < tokens.count, case .word(let word) = tokens[position] else { return "" }
        guard LabelSyntax.isValue(word) else { throw failure("\"\(word)\" is no label value") }
        position += 1
        return word
    }

    private mutating func integer() throws(SelectorError) -> Int64 {
        let word = try value()
        guard let number = Int64(word) else { throw failure("\"\(word)\" is no integer") }
        return number
    }

    private mutating func values() throws(SelectorError) -> Set<String> {
        guard take("(") else { throw failure("expected '('") }
        var values: Set<String> = []
        repeat { values.insert(try value()) } while take(",")
        guard take(")") else { throw failure("expected ')'") }
        return values
    }

    private mutating func take(_ sign: String) -> Bool {
        guard position < tokens.count, tokens[position] == .sign(sign) else { return false }
        position += 1
        return true
    }

    private mutating func take(word: String) -> Bool {
        guard position < tokens.count, tokens[position] == .word(word) else { return false }
        position += 1
        return true
    }

    private func failure(_ message: String) -> SelectorError {
        SelectorError("unable to parse the label selector \"\(text)\": \(message)")
    }
}
