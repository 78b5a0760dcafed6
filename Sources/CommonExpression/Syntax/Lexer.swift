import StructuredData

/// Cuts a source into tokens (langdef, "Syntax").
struct Lexer {
    private let source: [Unicode.Scalar]
    private var position = 0

    init(_ source: [Unicode.Scalar]) { self.source = source }

    static func tokens(of source: [Unicode.Scalar]) throws(SyntaxIssue) -> [Token] {
        var lexer = Lexer(source)
        var tokens: [Token] = []
        while true {
            let token = try lexer.next()
            tokens.append(token)
            if token.kind == .end { return tokens }
        }
    }

    private static let words: Set<String> = ["in", "true", "false", "null"]

    private func peek(_ ahead: Int = 0) -> Unicode.Scalar? {
        position + ahead < source.count ? source[position + ahead] : nil
    }

    private mutating func next() throws(SyntaxIssue) -> Token {
        skipBlanks()
        let start = position
        guard let first = peek() else { return Token(kind: .end, offset: start) }
        if let prefix = literalPrefix() { return try text(prefix, from: start) }
        if first.isIdentifierStart { return word(from: start) }
        if first == "`" { return try quotedIdentifier(from: start) }
        if first.isDigit || (first == "." && peek(1)?.isDigit == true) { return try number(from: start) }
        guard let length = symbolLength(first) else {
            throw SyntaxIssue(offset: start, message: "Syntax error: token recognition error at: '\(first)'")
        }
        position += length
        return Token(kind: .symbol(string(start..<position)), offset: start)
    }

    private func symbolLength(_ first: Unicode.Scalar) -> Int? {
        switch (first, peek(1)) {
        case ("=", "="), ("!", "="), ("<", "="), (">", "="), ("&", "&"), ("|", "|"): 2
        case ("<", _), (">", _), ("[", _), ("]", _), ("{", _), ("}", _), ("(", _), (")", _), (".", _), (",", _),
            ("-", _), ("!", _), ("?", _), (":", _), ("+", _), ("*", _), ("/", _), ("%", _):
            1
        default: nil
        }
    }

    private mutating func skipBlanks() {
        while let scalar = peek() {
            switch (scalar, peek(1)) {
            case ("/", "/"): while let scalar = peek(), scalar != "\n" { position += 1 }
            case (" ", _), ("\t", _), ("\r", _), ("\n", _), ("\u{0C}", _): position += 1
            default: return
            }
        }
    }

    private func string(_ range: Range<Int>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: source[range])
        return String(view)
    }

    private mutating func word(from start: Int) -> Token {
        while let scalar = peek(), scalar.isIdentifierStart || scalar.isDigit { position += 1 }
        let name = string(start..<position)
        return Token(kind: Self.words.contains(name) ? .symbol(name) : .identifier(name), offset: start)
    }

    private mutating func quotedIdentifier(from start: Int) throws(SyntaxIssue) -> Token {
        position += 1
        let first = position
        while let scalar = peek(),
            scalar.isIdentifierStart || scalar.isDigit || "-./ ".unicodeScalars.contains(scalar)
        {
            position += 1
        }
        guard peek() == "`", position > first else {
            throw SyntaxIssue(offset: start, message: "Syntax error: a name in backquotes is not closed")
        }
        position += 1
        return Token(kind: .quotedIdentifier(string(first..<(position - 1))), offset: start)
    }

    // MARK: Numbers

    private mutating func skipDigits() { while peek()?.isDigit == true { position += 1 } }

    private mutating func number(from start: Int) throws(SyntaxIssue) -> Token {
        if peek() == "0", peek(1) == "x", peek(2)?.hexValue != nil {
            position += 2
            while peek()?.hexValue != nil { position += 1 }
            return integer(from: start)
        }
        skipDigits()
        var isFloat = false
        if peek() == ".", peek(1)?.isDigit == true {
            isFloat = true
            position += 1
            skipDigits()
        }
        if peek() == "e" || peek() == "E" {
            let signed = peek(1) == "+" || peek(1) == "-"
            if peek(signed ? 2 : 1)?.isDigit == true {
                isFloat = true
                position += signed ? 2 : 1
                skipDigits()
            }
        }
        return isFloat ? Token(kind: .double(string(start..<position)), offset: start) : integer(from: start)
    }

    private mutating func integer(from start: Int) -> Token {
        let digits = string(start..<position)
        guard peek() == "u" || peek() == "U" else { return Token(kind: .int(digits), offset: start) }
        position += 1
        return Token(kind: .uint(digits), offset: start)
    }

    // MARK: Strings and bytes

    private struct Prefix {
        var length: Int
        var isRaw: Bool
        var isBytes: Bool
    }

    /// What stands before a quote: nothing, `r`, `b`, or both.
    private func literalPrefix() -> Prefix? {
        var prefix = Prefix(length: 0, isRaw: false, isBytes: false)
        while let scalar = peek(prefix.length) {
            switch scalar {
            case "\"", "'": return prefix
            case "r", "R":
                if prefix.isRaw { return nil }
                prefix.isRaw = true
            case "b", "B":
                if prefix.isBytes || prefix.isRaw { return nil }
                prefix.isBytes = true
            default: return nil
            }
            prefix.length += 1
        }
        return nil
    }

    private mutating func text(_ prefix: Prefix, from start: Int) throws(SyntaxIssue) -> Token {
        position += prefix.length
        let quote = source[position]
        let isLong = peek(1) == quote && peek(2) == quote
        position += isLong ? 3 : 1
        var literal = TextLiteral(isBytes: prefix.isBytes)
        while let scalar = peek() {
            if scalar == quote, !isLong || (peek(1) == quote && peek(2) == quote) {
                position += isLong ? 3 : 1
                return Token(kind: literal.kind, offset: start)
            }
            if !isLong, scalar == "\n" || scalar == "\r" { break }
            position += 1
            if scalar == "\\", !prefix.isRaw {
                try escape(into: &literal)
            } else {
                literal.append(scalar)
            }
        }
        throw SyntaxIssue(offset: start, message: "Syntax error: a text literal is not closed")
    }

    private mutating func escape(into literal: inout TextLiteral) throws(SyntaxIssue) {
        let start = position - 1
        let failure = SyntaxIssue(offset: start, message: "Syntax error: unknown escape in a text literal")
        guard let scalar = peek() else { throw failure }
        position += 1
        if let plain = Self.escapes[scalar] { return literal.append(plain) }
        let digits: Int
        switch scalar {
        case "x", "X": digits = 2
        case "u": digits = 4
        case "U": digits = 8
        case "0"..."3":
            guard let second = peek()?.octalValue, let third = peek(1)?.octalValue else { throw failure }
            position += 2
            let code = (scalar.value - 48) * 64 + second * 8 + third
            return literal.append(code: UInt8(code))
        default: throw failure
        }
        if digits > 2, literal.isBytes { throw failure }
        var code: UInt32 = 0
        for _ in 0..<digits {
            guard let digit = peek()?.hexValue else { throw failure }
            code = code &* 16 &+ digit
            position += 1
        }
        if digits == 2 { return literal.append(code: UInt8(code)) }
        guard let value = Unicode.Scalar(code) else { throw failure }
        literal.append(value)
    }

    private static let escapes: [Unicode.Scalar: Unicode.Scalar] = [
        "a": "\u{07}", "b": "\u{08}", "f": "\u{0C}", "n": "\n", "r": "\r", "t": "\t", "v": "\u{0B}", "\"": "\"",
        "'": "'", "\\": "\\", "?": "?", "`": "`",
    ]
}

/// The value of a text literal while it is read: scalars, or bytes.
private struct TextLiteral {
    let isBytes: Bool
    private var scalars = String.UnicodeScalarView()
    private var bytes: [UInt8] = []

    init(isBytes: Bool) { self.isBytes = isBytes }

    mutating func append(_ scalar: Unicode.Scalar) {
        if isBytes { bytes.append(contentsOf: String(scalar).utf8) } else { scalars.append(scalar) }
    }

    /// `\x41` and `\101` are a scalar in a string and an octet in bytes.
    mutating func append(code: UInt8) {
        if isBytes { bytes.append(code) } else { scalars.append(Unicode.Scalar(code)) }
    }

    var kind: Token.Kind { isBytes ? .bytes(bytes) : .string(String(scalars)) }
}
