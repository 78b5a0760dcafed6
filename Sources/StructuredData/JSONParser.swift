/// A recursive-descent parser from bytes to values.
///
/// It reads each byte once and builds the value directly. Positions become lines and columns only when something is wrong.
struct JSONParser {
    enum Problem {
        case expectedValue
        case expectedKey
        case expectedColon
        case expectedCommaOrBracket
        case expectedCommaOrBrace
        case trailingBytes
        case unterminatedString
        case controlCharacter
        case invalidEscape
        case invalidHexadecimal
        case loneSurrogate
        case invalidUTF8
        case leadingZero
        case expectedDigit
        case numberOutOfRange
        case tooDeep
        case duplicateKey
    }

    struct Failure: Error {
        var problem: Problem
        var offset: Int
    }

    private let base: UnsafePointer<UInt8>
    private let count: Int
    private let depthLimit: Int
    private let refusesDuplicateKeys: Bool
    private var position = 0
    private var depth = 0
    private var keys = JSONKeyCache()

    init(_ bytes: UnsafeBufferPointer<UInt8>, depthLimit: Int, refusesDuplicateKeys: Bool) {
        // An empty buffer may have no address; nothing is read through it then.
        base = bytes.baseAddress ?? UnsafePointer(bitPattern: 1).unsafelyUnwrapped
        count = bytes.count
        self.depthLimit = depthLimit
        self.refusesDuplicateKeys = refusesDuplicateKeys
    }

    mutating func document() throws(Failure) -> JSON {
        let value = try value()
        skipSpace()
        if position < count { throw failure(.trailingBytes) }
        return value
    }

    // MARK: - Values

    private mutating func value() throws(Failure) -> JSON {
        skipSpace()
        switch peek() {
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): return try number()
        case UInt8(ascii: "t"):
            try word("true")
            return .bool(true)
        case UInt8(ascii: "f"):
            try word("false")
            return .bool(false)
        case UInt8(ascii: "n"):
            try word("null")
            return .null
        default: throw failure(.expectedValue)
        }
    }

    private mutating func array() throws(Failure) -> JSON {
        try descend()
        var elements: [JSON] = []
        skipSpace()
        if peek() == UInt8(ascii: "]") {
            position += 1
        } else {
            loop: while true {
                let element = try value()
                // Room for a few at once: growing from one to two to four costs more than the space is worth.
                if elements.isEmpty { elements.reserveCapacity(4) }
                elements.append(element)
                skipSpace()
                switch peek() {
                case UInt8(ascii: ","): position += 1
                case UInt8(ascii: "]"):
                    position += 1
                    break loop
                default: throw failure(.expectedCommaOrBracket)
                }
            }
        }
        depth -= 1
        return .array(elements)
    }

    private mutating func object() throws(Failure) -> JSON {
        try descend()
        var members = JSONObject()
        skipSpace()
        if peek() == UInt8(ascii: "}") {
            position += 1
        } else {
            members.reserveCapacity(4)
            loop: while true {
                skipSpace()
                guard peek() == UInt8(ascii: "\"") else { throw failure(.expectedKey) }
                let keyOffset = position
                let key = try key()
                skipSpace()
                guard peek() == UInt8(ascii: ":") else { throw failure(.expectedColon) }
                position += 1
                let replaced = members.updateValue(try value(), forKey: key)
                if refusesDuplicateKeys, replaced != nil {
                    throw Failure(problem: .duplicateKey, offset: keyOffset)
                }
                skipSpace()
                switch peek() {
                case UInt8(ascii: ","): position += 1
                case UInt8(ascii: "}"):
                    position += 1
                    break loop
                default: throw failure(.expectedCommaOrBrace)
                }
            }
        }
        depth -= 1
        return .object(members)
    }

    private mutating func descend() throws(Failure) {
        guard depth < depthLimit else { throw failure(.tooDeep) }
        depth += 1
        position += 1
    }

    private mutating func word(_ expected: StaticString) throws(Failure) {
        let length = expected.utf8CodeUnitCount
        guard count - position >= length else { throw failure(.expectedValue) }
        for index in 0..<length where base[position + index] != expected.utf8Start[index] {
            throw failure(.expectedValue)
        }
        position += length
    }

    // MARK: - Strings

    /// The next string if it is free of escapes and starts at `position`: its bytes without the quotes.
    private mutating func plainString() throws(Failure) -> (bytes: UnsafeBufferPointer<UInt8>, isASCII: Bool)? {
        let start = position + 1
        var index = start
        var seen: UInt8 = 0
        while index < count {
            let byte = base[index]
            if byte == UInt8(ascii: "\"") {
                position = index + 1
                return (UnsafeBufferPointer(start: base + start, count: index - start), seen < 0x80)
            }
            if byte == UInt8(ascii: "\\") { return nil }
            if byte < 0x20 { throw Failure(problem: .controlCharacter, offset: index) }
            seen |= byte
            index += 1
        }
        throw Failure(problem: .unterminatedString, offset: position)
    }

    private mutating func key() throws(Failure) -> String {
        let start = position
        guard let (bytes, isASCII) = try plainString() else { return try escapedString() }
        return isASCII ? keys.string(bytes) : try text(bytes, startingAt: start + 1)
    }

    private mutating func string() throws(Failure) -> String {
        let start = position
        guard let (bytes, isASCII) = try plainString() else { return try escapedString() }
        return isASCII ? String(decoding: bytes, as: UTF8.self) : try text(bytes, startingAt: start + 1)
    }

    private func text(_ bytes: UnsafeBufferPointer<UInt8>, startingAt offset: Int) throws(Failure) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Failure(problem: .invalidUTF8, offset: offset + validPrefix(bytes))
        }
        return text
    }

    private mutating func escapedString() throws(Failure) -> String {
        let start = position
        position += 1
        var bytes: [UInt8] = []
        while position < count {
            let byte = base[position]
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                guard let text = String(validating: bytes, as: UTF8.self) else {
                    // Escapes only ever add whole characters, so the fault is in the bytes as they stand.
                    let raw = UnsafeBufferPointer(start: base + start + 1, count: position - start - 2)
                    throw Failure(problem: .invalidUTF8, offset: start + 1 + validPrefix(raw))
                }
                return text
            case UInt8(ascii: "\\"):
                try escape(into: &bytes)
            case 0..<0x20:
                throw failure(.controlCharacter)
            default:
                bytes.append(byte)
                position += 1
            }
        }
        throw Failure(problem: .unterminatedString, offset: start)
    }

    private mutating func escape(into bytes: inout [UInt8]) throws(Failure) {
        let start = position
        guard count - position >= 2 else { throw failure(.unterminatedString) }
        let letter = base[position + 1]
        position += 2
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): bytes.append(letter)
        case UInt8(ascii: "b"): bytes.append(0x08)
        case UInt8(ascii: "f"): bytes.append(0x0C)
        case UInt8(ascii: "n"): bytes.append(0x0A)
        case UInt8(ascii: "r"): bytes.append(0x0D)
        case UInt8(ascii: "t"): bytes.append(0x09)
        case UInt8(ascii: "u"):
            var code = try hexadecimal()
            if code & 0xFC00 == 0xD800 {
                guard count - position >= 6, base[position] == UInt8(ascii: "\\"),
                    base[position + 1] == UInt8(ascii: "u")
                else { throw Failure(problem: .loneSurrogate, offset: start) }
                position += 2
                let low = try hexadecimal()
                guard low & 0xFC00 == 0xDC00 else { throw Failure(problem: .loneSurrogate, offset: start) }
                code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(code) else { throw Failure(problem: .loneSurrogate, offset: start) }
            bytes.append(contentsOf: UTF8.encode(scalar).unsafelyUnwrapped)
        default: throw Failure(problem: .invalidEscape, offset: start)
        }
    }

    private mutating func hexadecimal() throws(Failure) -> UInt32 {
        var code: UInt32 = 0
        for _ in 0..<4 {
            let digit: UInt8
            switch peek() {
            case let byte where byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case let byte where byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "f"):
                digit = byte - UInt8(ascii: "a") + 10
            case let byte where byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "F"):
                digit = byte - UInt8(ascii: "A") + 10
            default: throw failure(.invalidHexadecimal)
            }
            code = code << 4 | UInt32(digit)
            position += 1
        }
        return code
    }

    // MARK: - Numbers

    private mutating func number() throws(Failure) -> JSON {
        let start = position
        let isNegative = peek() == UInt8(ascii: "-")
        if isNegative { position += 1 }

        var mantissa: UInt64 = 0
        let wholeDigits = try digits(into: &mantissa)
        if wholeDigits > 1, base[position - wholeDigits] == UInt8(ascii: "0") {
            throw Failure(problem: .leadingZero, offset: position - wholeDigits)
        }

        var fractionDigits = 0
        var exponent = 0
        var isInteger = true
        if peek() == UInt8(ascii: ".") {
            isInteger = false
            position += 1
            fractionDigits = try digits(into: &mantissa)
        }
        if peek() | 0x20 == UInt8(ascii: "e") {
            isInteger = false
            position += 1
            let exponentIsNegative = peek() == UInt8(ascii: "-")
            if exponentIsNegative || peek() == UInt8(ascii: "+") { position += 1 }
            var magnitude: UInt64 = 0
            let exponentDigits = try digits(into: &magnitude)
            // Too many digits to have been counted exactly: any value beyond the quick way's range will do.
            exponent = exponentDigits > 6 ? 1_000_000 : Int(magnitude)
            if exponentIsNegative { exponent = -exponent }
        }

        // 19 decimal digits always fit 64 bits unsigned; with more, `mantissa` has wrapped around and means nothing.
        let isExact = wholeDigits + fractionDigits <= 19
        if isInteger, isExact, !(isNegative && mantissa == 0) {
            if !isNegative, let value = Int64(exactly: mantissa) { return .integer(value) }
            if isNegative, mantissa <= UInt64(Int64.max) + 1 {
                return .integer(Int64(truncatingIfNeeded: 0 &- mantissa))
            }
        }
        let scale = exponent - fractionDigits
        // Clinger's fast path: both operands are exact doubles, so the one operation rounds correctly.
        if isExact, mantissa <= 1 << 53, abs(scale) < powersOfTen.count {
            let magnitude = scale < 0 ? Double(mantissa) / powersOfTen[-scale] : Double(mantissa) * powersOfTen[scale]
            return .number(isNegative ? -magnitude : magnitude)
        }
        let text = String(decoding: UnsafeBufferPointer(start: base + start, count: position - start), as: UTF8.self)
        guard let value = Double(text), value.isFinite else {
            throw Failure(problem: .numberOutOfRange, offset: start)
        }
        return .number(value)
    }

    /// Reads at least one digit and appends them all to `mantissa`, which wraps around; returns how many there were.
    private mutating func digits(into mantissa: inout UInt64) throws(Failure) -> Int {
        let start = position
        while position < count {
            let digit = base[position] &- UInt8(ascii: "0")
            guard digit < 10 else { break }
            mantissa = mantissa &* 10 &+ UInt64(digit)
            position += 1
        }
        guard position > start else { throw failure(.expectedDigit) }
        return position - start
    }

    // MARK: - Bytes

    /// The next byte; zero, which nothing in the grammar matches, at the end.
    private func peek() -> UInt8 { position < count ? base[position] : 0 }

    private mutating func skipSpace() {
        while position < count {
            switch base[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }

    private func failure(_ problem: Problem) -> Failure { Failure(problem: problem, offset: position) }

    /// How many bytes from the start are whole, valid characters.
    private func validPrefix(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        var valid = 0
        while case .scalarValue(let scalar) = decoder.decode(&iterator) { valid += UTF8.width(scalar) }
        return valid
    }
}

/// 10⁰ to 10²², the powers of ten that a double holds exactly.
private let powersOfTen: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
]

extension JSONParser {
    /// Turns a failure into an error that tells a person where to look.
    func explain(_ failure: Failure) -> JSONParseError {
        var line = 1
        var column = 1
        for index in 0..<min(failure.offset, count) {
            if base[index] == 0x0A {
                line += 1
                column = 1
            } else if base[index] & 0xC0 != 0x80 {
                column += 1
            }
        }
        let (code, message) = describe(failure)
        return JSONParseError(code, message, line: line, column: column, offset: failure.offset)
    }

    private func describe(_ failure: Failure) -> (JSONParseError.Code, String) {
        let found = found(at: failure.offset)
        return switch failure.problem {
        case .expectedValue: (.syntax, "expected a value, found \(found)")
        case .expectedKey: (.syntax, "expected a member's name in double quotes, found \(found)")
        case .expectedColon: (.syntax, "expected ':' after the member's name, found \(found)")
        case .expectedCommaOrBracket: (.syntax, "expected ',' or ']' after the element, found \(found)")
        case .expectedCommaOrBrace: (.syntax, "expected ',' or '}' after the member, found \(found)")
        case .trailingBytes: (.syntax, "expected the end after the value, found \(found)")
        case .unterminatedString: (.syntax, "this string has no closing quote")
        case .controlCharacter: (.syntax, "\(found) must be escaped in a string")
        case .invalidEscape:
            (
                .syntax,
                "'\\' must be followed by one of \" \\ / b f n r t u, found \(self.found(at: failure.offset + 1))"
            )
        case .invalidHexadecimal: (.syntax, "'\\u' must be followed by four hexadecimal digits, found \(found)")
        case .loneSurrogate: (.invalidText, "this escape is half of a surrogate pair; the other half is missing")
        case .invalidUTF8: (.invalidText, "the bytes from here are not UTF-8 (\(found))")
        case .leadingZero: (.syntax, "a number does not start with a superfluous 0")
        case .expectedDigit: (.syntax, "expected a digit, found \(found)")
        case .numberOutOfRange: (.numberOutOfRange, "this number is beyond the range of a 64-bit floating-point number")
        case .tooDeep: (.tooDeep, "arrays and objects nest deeper than \(depthLimit) levels")
        case .duplicateKey: (.duplicateKey, "this object has a member of this name already")
        }
    }

    private func found(at offset: Int) -> String {
        guard offset < count else { return "the end" }
        let byte = base[offset]
        let hexadecimal = String(byte, radix: 16, uppercase: true)
        let padded = hexadecimal.count < 2 ? "0" + hexadecimal : hexadecimal
        if byte < 0x20 || byte == 0x7F { return "the control character U+00\(padded)" }
        if byte < 0x80 { return "'\(Unicode.Scalar(byte))'" }
        var decoder = UTF8()
        var iterator = UnsafeBufferPointer(start: base + offset, count: min(4, count - offset)).makeIterator()
        if case .scalarValue(let scalar) = decoder.decode(&iterator) { return "'\(scalar)'" }
        return "byte 0x\(padded)"
    }
}
