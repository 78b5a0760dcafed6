/// Reads a pattern in the syntax of RE2 (https://github.com/google/re2/wiki/Syntax) or of ECMAScript (ECMA-262, 22.2.1), without
/// scripts: `\p` takes general categories.
struct RegexParser {
    private static let depthLimit = 200
    /// As in RE2.
    private static let repetitionLimit = 1000

    private struct Flags {
        var ignoresCase = false
        var isMultiline = false
        var dotMatchesNewline = false
        var isUngreedy = false
    }

    private let source: [Unicode.Scalar]
    private let dialect: RegexDialect
    private var position = 0
    private var depth = 0
    private var flags = Flags()

    static func parse(_ text: String, _ dialect: RegexDialect) throws(RegexError) -> RegexNode {
        var parser = RegexParser(source: Array(text.unicodeScalars), dialect)
        let node = try parser.alternatives()
        guard parser.position == parser.source.count else { throw RegexError("unexpected ): `\(text)`") }
        return node
    }

    private init(source: [Unicode.Scalar], _ dialect: RegexDialect) {
        self.source = source
        self.dialect = dialect
    }

    private var isECMAScript: Bool { dialect == .ecmaScript }

    private var current: Unicode.Scalar? { position < source.count ? source[position] : nil }

    private func sees(_ text: String) -> Bool { source[position...].starts(with: text.unicodeScalars) }

    private mutating func skip(_ text: String) -> Bool {
        guard sees(text) else { return false }
        position += text.unicodeScalars.count
        return true
    }

    private mutating func take() throws(RegexError) -> Unicode.Scalar {
        guard let scalar = current else { throw RegexError("trailing backslash at end of expression: ``") }
        position += 1
        return scalar
    }

    // MARK: Structure

    private mutating func alternatives() throws(RegexError) -> RegexNode {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthLimit else { throw RegexError("expression nests too deeply") }
        var branches = [try sequence()]
        while skip("|") { branches.append(try sequence()) }
        return branches.count == 1 ? branches[0] : .alternatives(branches)
    }

    private mutating func sequence() throws(RegexError) -> RegexNode {
        var parts: [RegexNode] = []
        while let scalar = current, scalar != "|", scalar != ")" {
            if !isECMAScript, skip("\\Q") {
                while position < source.count, !skip("\\E") { parts.append(.set(literal(try take()))) }
                continue
            }
            guard let atom = try atom() else { continue }
            parts.append(try repeated(atom))
        }
        switch parts.count {
        case 0: return .empty
        case 1: return parts[0]
        default: return .sequence(parts)
        }
    }

    private mutating func repeated(_ atom: RegexNode) throws(RegexError) -> RegexNode {
        let minimum: Int
        var maximum: Int?
        switch current {
        case "*": (minimum, maximum) = (0, nil)
        case "+": (minimum, maximum) = (1, nil)
        case "?": (minimum, maximum) = (0, 1)
        case "{":
            guard let bounds = try bounds() else { return atom }
            return try finish(atom, bounds.minimum, bounds.maximum)
        default: return atom
        }
        position += 1
        return try finish(atom, minimum, maximum)
    }

    private mutating func finish(
        _ atom: RegexNode, _ minimum: Int, _ maximum: Int?
    ) throws(RegexError) -> RegexNode {
        guard Self.isBounded(.repetition(atom, minimum: minimum, maximum: maximum, isGreedy: true)) else {
            throw RegexError("invalid repeat count: `{\(minimum)}`")
        }
        let isLazy = skip("?")
        if let next = current, "*+?".unicodeScalars.contains(next) {
            throw RegexError("invalid nested repetition operator: `\(next)`")
        }
        return .repetition(atom, minimum: minimum, maximum: maximum, isGreedy: isLazy == flags.isUngreedy)
    }

    /// Whether repetitions within repetitions multiply to no more than one alone may have.
    private static func isBounded(_ node: RegexNode, within limit: Int = repetitionLimit) -> Bool {
        switch node {
        case .empty, .set, .assertion: return true
        case .sequence(let parts), .alternatives(let parts): return parts.allSatisfy { isBounded($0, within: limit) }
        case .repetition(let inner, let minimum, let maximum, _):
            let count = maximum ?? minimum
            guard count <= limit else { return false }
            return isBounded(inner, within: count > 1 ? limit / count : limit)
        }
    }

    /// `{n}`, `{n,}`, `{n,m}`; anything else is text.
    private mutating func bounds() throws(RegexError) -> (minimum: Int, maximum: Int?)? {
        let start = position
        position += 1
        guard let minimum = number() else {
            position = start
            return nil
        }
        var maximum: Int? = minimum
        if skip(",") { maximum = sees("}") ? nil : number() ?? -1 }
        guard maximum != -1, skip("}") else {
            position = start
            return nil
        }
        if minimum > Self.repetitionLimit || (maximum ?? 0) > Self.repetitionLimit || (maximum ?? minimum) < minimum {
            throw RegexError("invalid repeat count: `{\(minimum)}`")
        }
        return (minimum, maximum)
    }

    private mutating func number() -> Int? {
        let start = position
        var value = 0
        while let digit = current, digit.isDigit {
            value = min(value * 10 + Int(digit.value - 48), 1_000_000)
            position += 1
        }
        return position > start ? value : nil
    }

    // MARK: Atoms

    private func literal(_ scalar: Unicode.Scalar) -> ScalarSet {
        let set = ScalarSet(scalar)
        return flags.ignoresCase ? set.caseInsensitive : set
    }

    /// `nil` where only flags were set.
    private mutating func atom() throws(RegexError) -> RegexNode? {
        let scalar = try take()
        switch scalar {
        case "(": return try group()
        case "[": return .set(try characterClass())
        case ".":
            if isECMAScript { return .set(ScalarSet.lineTerminators.inverted) }
            return .set(flags.dotMatchesNewline ? .all : ScalarSet(Unicode.Scalar("\n")).inverted)
        case "^": return .assertion(flags.isMultiline ? .lineStart : .textStart)
        case "$": return .assertion(flags.isMultiline ? .lineEnd : .textEnd)
        case "*", "+", "?": throw RegexError("missing argument to repetition operator: `\(scalar)`")
        case "\\": return try escape()
        default: return .set(literal(scalar))
        }
    }

    private mutating func group() throws(RegexError) -> RegexNode? {
        let outer = flags
        if skip("?") {
            let isLookaround = sees("=") || sees("!") || sees("<=") || sees("<!")
            if isLookaround { throw RegexError("lookaround needs backtracking and is not supported") }
            if isECMAScript ? skip("<") : skip("P<") || skip("<") {
                while let scalar = current, scalar.isIdentifierStart || scalar.isDigit { position += 1 }
                guard skip(">") else { throw RegexError("invalid named capture") }
            } else if isECMAScript {
                guard skip(":") else { throw RegexError("invalid group: `(?`") }
            } else if try !readFlags() {
                // `(?i)`: for the rest of the group around it.
                return nil
            }
        }
        let inner = try alternatives()
        guard skip(")") else { throw RegexError("missing closing ): `\(String(String.UnicodeScalarView(source)))`") }
        flags = outer
        return inner
    }

    /// - Returns: whether a group follows.
    private mutating func readFlags() throws(RegexError) -> Bool {
        var isOn = true
        while true {
            switch try take() {
            case "i": flags.ignoresCase = isOn
            case "m": flags.isMultiline = isOn
            case "s": flags.dotMatchesNewline = isOn
            case "U": flags.isUngreedy = isOn
            case "-" where isOn: isOn = false
            case ":": return true
            case ")": return false
            default: throw RegexError("invalid or unsupported Perl syntax: `(?`")
            }
        }
    }

    private mutating func escape() throws(RegexError) -> RegexNode {
        switch current {
        case "A" where !isECMAScript:
            position += 1
            return .assertion(.textStart)
        case "z" where !isECMAScript:
            position += 1
            return .assertion(.textEnd)
        case "b":
            position += 1
            return .assertion(.wordBoundary)
        case "B":
            position += 1
            return .assertion(.noWordBoundary)
        default: break
        }
        if let set = try classEscape() { return .set(flags.ignoresCase ? set.caseInsensitive : set) }
        return .set(literal(try scalarEscape()))
    }

    private var blanks: ScalarSet { isECMAScript ? .ecmaScriptBlanks : .blanks }

    /// `\d`, `\p{L}` and the like.
    private mutating func classEscape() throws(RegexError) -> ScalarSet? {
        let scalar = current
        switch scalar {
        case "d", "D", "s", "S", "w", "W":
            position += 1
            switch scalar {
            case "d": return .digits
            case "D": return ScalarSet.digits.inverted
            case "s": return blanks
            case "S": return blanks.inverted
            case "w": return .wordScalars
            default: return ScalarSet.wordScalars.inverted
            }
        case "p", "P":
            position += 1
            var name = String(try take())
            if name == "{" {
                name = ""
                while let next = current, next != "}" {
                    name.unicodeScalars.append(next)
                    position += 1
                }
                guard skip("}") else { throw RegexError("invalid character class range: `\\p{\(name)`") }
            }
            let isNegated = !isECMAScript && name.hasPrefix("^")
            let isInverted = (scalar == "P") != isNegated
            if isNegated { name.removeFirst() }
            if isECMAScript { name = ScalarSet.shortName(ofCategory: name) }
            guard let set = ScalarSet.category(name) else {
                throw RegexError("invalid character class range: `\\p{\(name)}`")
            }
            return isInverted ? set.inverted : set
        default: return nil
        }
    }

    private mutating func scalarEscape() throws(RegexError) -> Unicode.Scalar {
        if isECMAScript { return try ecmaScriptEscape() }
        let scalar = try take()
        switch scalar {
        case "a": return "\u{07}"
        case "f": return "\u{0C}"
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        case "v": return "\u{0B}"
        case "0"..."7":
            guard scalar == "0" || current?.octalValue != nil else { break }
            var value = scalar.value - 48
            for _ in 0..<2 {
                guard let digit = current?.octalValue else { break }
                value = value * 8 + digit
                position += 1
            }
            if let result = Unicode.Scalar(value) { return result }
        case "x":
            var value: UInt32 = 0
            if skip("{") {
                while let digit = current?.hexValue, value <= 0x10FFFF {
                    value = value * 16 + digit
                    position += 1
                }
                guard skip("}") else { break }
            } else {
                guard let first = current?.hexValue else { break }
                position += 1
                guard let second = current?.hexValue else { break }
                position += 1
                value = first * 16 + second
            }
            if let result = Unicode.Scalar(value) { return result }
        default:
            if scalar.isASCII, !scalar.isDigit, !scalar.isIdentifierStart || scalar == "_" { return scalar }
        }
        throw RegexError("invalid escape sequence: `\\\(scalar)`")
    }

    /// ECMA-262's CharacterEscape.
    private mutating func ecmaScriptEscape() throws(RegexError) -> Unicode.Scalar {
        let scalar = try take()
        switch scalar {
        case "f": return "\u{0C}"
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        case "v": return "\u{0B}"
        case "0" where current?.isDigit != true: return "\0"
        case "1"..."9": throw RegexError("back references need backtracking and are not supported: `\\\(scalar)`")
        case "c":
            if let letter = current, letter.isASCII, letter.properties.isAlphabetic {
                position += 1
                return Unicode.Scalar(UInt8(letter.value % 32))
            }
        case "x": if let value = try hexadecimal(digits: 2), let result = Unicode.Scalar(value) { return result }
        case "u":
            if skip("{") {
                var value: UInt32 = 0
                while let digit = current?.hexValue, value <= 0x10FFFF {
                    value = value * 16 + digit
                    position += 1
                }
                if skip("}"), let result = Unicode.Scalar(value) { return result }
            } else if let value = try hexadecimal(digits: 4) {
                if let result = Unicode.Scalar(value) { return result }
                // Both halves of a pair of surrogates.
                if value < 0xDC00, skip("\\u"), let low = try hexadecimal(digits: 4), (0xDC00...0xDFFF).contains(low),
                    let result = Unicode.Scalar(0x10000 + (value - 0xD800) << 10 + (low - 0xDC00))
                {
                    return result
                }
            }
        default: if scalar.isASCII, !scalar.isDigit, !scalar.isIdentifierStart { return scalar }
        }
        throw RegexError("invalid escape sequence: `\\\(scalar)`")
    }

    private mutating func hexadecimal(digits: Int) throws(RegexError) -> UInt32? {
        var value: UInt32 = 0
        for _ in 0..<digits {
            guard let digit = current?.hexValue else { return nil }
            value = value * 16 + digit
            position += 1
        }
        return value
    }

    /// After the opening bracket.
    private mutating func characterClass() throws(RegexError) -> ScalarSet {
        let isInverted = skip("^")
        var set = ScalarSet()
        // In RE2 a bracket that comes first stands for itself; in ECMAScript it ends the class.
        var isFirst = !isECMAScript
        while isFirst || current != "]" {
            guard current != nil else { throw RegexError("missing closing ]") }
            isFirst = false
            if !isECMAScript, skip("[:") {
                let isNegated = skip("^")
                let start = position
                while current != nil, current != ":" { position += 1 }
                let name = String(String.UnicodeScalarView(source[start..<position]))
                guard skip(":]"), let named = ScalarSet.named(name) else {
                    throw RegexError("invalid character class range: `[:\(name):]`")
                }
                set = set.union(isNegated ? named.inverted : named)
                continue
            }
            let low = try classMember()
            switch low {
            case .set(let members): set = set.union(members)
            case .scalar(let low):
                var high = low
                if current == "-", position + 1 < source.count, source[position + 1] != "]" {
                    position += 1
                    guard case .scalar(let end) = try classMember(), end.value >= low.value else {
                        throw RegexError("invalid character class range: `\(low)-`")
                    }
                    high = end
                }
                set = set.union(ScalarSet([low.value...high.value]))
            }
        }
        position += 1
        if flags.ignoresCase { set = set.caseInsensitive }
        return isInverted ? set.inverted : set
    }

    private enum ClassMember {
        case scalar(Unicode.Scalar)
        case set(ScalarSet)
    }

    private mutating func classMember() throws(RegexError) -> ClassMember {
        guard skip("\\") else { return .scalar(try take()) }
        if isECMAScript, skip("b") { return .scalar("\u{08}") }
        if let set = try classEscape() { return .set(set) }
        return .scalar(try scalarEscape())
    }
}
