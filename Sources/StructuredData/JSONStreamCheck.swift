/// Checks that a text which comes in pieces is exactly one JSON value, in memory that does not grow with it.
///
/// It takes what `JSON.parse` takes, but for numbers of more than `maxNumberBytes`.
public struct JSONStreamCheck: Sendable {
    /// What is wrong, and where.
    public struct Failure: Error, Sendable, Hashable, CustomStringConvertible {
        /// Of the first byte that does not fit, from 0.
        public var offset: Int
        public var message: String

        public var description: String { "byte \(offset): \(message)" }
    }

    public static let maxNumberBytes = 1024

    private enum State {
        /// A value is to come; after `[` its end may come as well.
        case value(canEnd: Bool)
        case name(canEnd: Bool)
        case colon
        /// A value has ended.
        case next
        case string
        /// Within a character of several bytes: how many are to come, and between which the next one lies.
        case character(Int, ClosedRange<UInt8>)
        case escape
        /// How many of the four digits are there, what they say, and the first half of a pair where this is the second.
        case hexadecimal(Int, UInt32, isLow: Bool)
        case lowBackslash
        case lowLetter
        case word(StaticString, Int)
        case number(Part)
    }

    /// Where within a number: what came last.
    private enum Part {
        case minus, zero, whole, point, fraction, exponent, sign, power

        var isEnd: Bool { self == .zero || self == .whole || self == .fraction || self == .power }
    }

    private let depthLimit: Int
    private var state = State.value(canEnd: false)
    /// Whether each container that is open is an object.
    private var open: [Bool] = []
    private var isName = false
    private var number: [UInt8] = []
    private var offset = 0

    public init(depthLimit: Int = JSON.defaultDepthLimit) { self.depthLimit = depthLimit }

    /// Takes the next piece.
    public mutating func take(_ piece: some Collection<UInt8>) throws(Failure) {
        let taken: Result<Void, Failure>? = piece.withContiguousStorageIfAvailable { bytes in
            Result { () throws(Failure) in try take(bytes: bytes) }
        }
        if let taken { return try taken.get() }
        for byte in piece {
            try take(byte)
            offset += 1
        }
    }

    /// To be called after the last piece.
    public mutating func finish() throws(Failure) {
        if case .number(let part) = state {
            guard part.isEnd else { throw failure("expected a digit, found the end") }
            try endNumber()
        }
        guard case .next = state, open.isEmpty else { throw failure("the text ends before its value does") }
    }

    private mutating func take(bytes: UnsafeBufferPointer<UInt8>) throws(Failure) {
        var index = 0
        while index < bytes.count {
            if case .string = state {
                // Most of what is large is text.
                let start = index
                while index < bytes.count, Self.isPlain(bytes[index]) { index += 1 }
                offset += index - start
                if index == bytes.count { return }
            }
            try take(bytes[index])
            index += 1
            offset += 1
        }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte < 0x80 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    private mutating func take(_ byte: UInt8) throws(Failure) {
        switch state {
        case .value(let canEnd): try takeValue(byte, canEnd)
        case .name(let canEnd): try takeName(byte, canEnd)
        case .colon:
            if Self.isSpace(byte) { return }
            guard byte == UInt8(ascii: ":") else { throw failure("expected ':' after the member's name") }
            state = .value(canEnd: false)
        case .next: try takeNext(byte)
        case .string: try takeText(byte)
        case .character(let rest, let range):
            guard range.contains(byte) else { throw failure("the text is not UTF-8") }
            state = rest == 1 ? .string : .character(rest - 1, 0x80...0xBF)
        case .escape: try takeEscape(byte)
        case .hexadecimal(let count, let code, let isLow): try takeDigit(byte, count, code, isLow)
        case .lowBackslash:
            guard byte == UInt8(ascii: "\\") else { throw halfPair }
            state = .lowLetter
        case .lowLetter:
            guard byte == UInt8(ascii: "u") else { throw halfPair }
            state = .hexadecimal(0, 0, isLow: true)
        case .word(let word, let index):
            guard byte == word.utf8Start[index] else { throw failure("expected a value") }
            state = index + 1 == word.utf8CodeUnitCount ? .next : .word(word, index + 1)
        case .number(let part): try takeNumber(byte, part)
        }
    }

    // MARK: Structure

    private mutating func takeValue(_ byte: UInt8, _ canEnd: Bool) throws(Failure) {
        switch byte {
        case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t"): break
        case UInt8(ascii: "]") where canEnd: close()
        case UInt8(ascii: "\""):
            isName = false
            state = .string
        case UInt8(ascii: "{"):
            try descend(isObject: true)
            state = .name(canEnd: true)
        case UInt8(ascii: "["):
            try descend(isObject: false)
            state = .value(canEnd: true)
        case UInt8(ascii: "t"): state = .word("true", 1)
        case UInt8(ascii: "f"): state = .word("false", 1)
        case UInt8(ascii: "n"): state = .word("null", 1)
        case UInt8(ascii: "-"): state = .number(.minus)
        case UInt8(ascii: "0"): state = .number(.zero)
        case UInt8(ascii: "1")...UInt8(ascii: "9"): state = .number(.whole)
        default: throw failure("expected a value")
        }
        if case .number = state { number = [byte] }
    }

    private mutating func takeName(_ byte: UInt8, _ canEnd: Bool) throws(Failure) {
        if Self.isSpace(byte) { return }
        if canEnd, byte == UInt8(ascii: "}") { return close() }
        guard byte == UInt8(ascii: "\"") else { throw failure("expected a member's name in double quotes") }
        isName = true
        state = .string
    }

    private mutating func takeNext(_ byte: UInt8) throws(Failure) {
        if Self.isSpace(byte) { return }
        guard let isObject = open.last else { throw failure("expected the end after the value") }
        switch byte {
        case UInt8(ascii: ","): state = isObject ? .name(canEnd: false) : .value(canEnd: false)
        case UInt8(ascii: "}") where isObject: close()
        case UInt8(ascii: "]") where !isObject: close()
        default:
            throw failure(isObject ? "expected ',' or '}' after the member" : "expected ',' or ']' after the element")
        }
    }

    private mutating func descend(isObject: Bool) throws(Failure) {
        guard open.count < depthLimit else {
            throw failure("arrays and objects nest deeper than \(depthLimit) levels")
        }
        open.append(isObject)
    }

    private mutating func close() {
        open.removeLast()
        state = .next
    }

    // MARK: Strings

    private mutating func takeText(_ byte: UInt8) throws(Failure) {
        switch byte {
        case UInt8(ascii: "\""): state = isName ? .colon : .next
        case UInt8(ascii: "\\"): state = .escape
        case 0..<0x20: throw failure("a control character must be escaped in a string")
        case 0x20..<0x80: break
        // RFC 3629, section 4.
        case 0xC2...0xDF: state = .character(1, 0x80...0xBF)
        case 0xE0: state = .character(2, 0xA0...0xBF)
        case 0xED: state = .character(2, 0x80...0x9F)
        case 0xE1...0xEF: state = .character(2, 0x80...0xBF)
        case 0xF0: state = .character(3, 0x90...0xBF)
        case 0xF1...0xF3: state = .character(3, 0x80...0xBF)
        case 0xF4: state = .character(3, 0x80...0x8F)
        default: throw failure("the text is not UTF-8")
        }
    }

    private mutating func takeEscape(_ byte: UInt8) throws(Failure) {
        if byte == UInt8(ascii: "u") {
            state = .hexadecimal(0, 0, isLow: false)
        } else if "\"\\/bfnrt".utf8.contains(byte) {
            state = .string
        } else {
            throw failure("'\\' must be followed by one of \" \\ / b f n r t u")
        }
    }

    private mutating func takeDigit(_ byte: UInt8, _ count: Int, _ code: UInt32, _ isLow: Bool) throws(Failure) {
        guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
            throw failure("'\\u' must be followed by four hexadecimal digits")
        }
        let code = code << 4 | UInt32(digit)
        guard count == 3 else {
            state = .hexadecimal(count + 1, code, isLow: isLow)
            return
        }
        if isLow {
            guard code & 0xFC00 == 0xDC00 else { throw halfPair }
            state = .string
        } else {
            guard code & 0xFC00 != 0xDC00 else { throw halfPair }
            state = code & 0xFC00 == 0xD800 ? .lowBackslash : .string
        }
    }

    private var halfPair: Failure { failure("an escape is half of a surrogate pair; the other half is missing") }

    // MARK: Numbers

    private mutating func takeNumber(_ byte: UInt8, _ part: Part) throws(Failure) {
        let isDigit = byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
        let next: Part? =
            switch part {
            case .minus: isDigit ? (byte == UInt8(ascii: "0") ? .zero : .whole) : nil
            case .zero, .whole:
                if isDigit {
                    part == .whole ? .whole : nil
                } else {
                    byte == UInt8(ascii: ".") ? .point : byte | 0x20 == UInt8(ascii: "e") ? .exponent : nil
                }
            case .point, .fraction:
                isDigit ? .fraction : part == .fraction && byte | 0x20 == UInt8(ascii: "e") ? .exponent : nil
            case .exponent:
                isDigit ? .power : byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+") ? .sign : nil
            case .sign, .power: isDigit ? .power : nil
            }
        if let next {
            guard number.count < Self.maxNumberBytes else {
                throw failure("a number has more than \(Self.maxNumberBytes) bytes")
            }
            number.append(byte)
            state = .number(next)
            return
        }
        guard part.isEnd else { throw failure("expected a digit") }
        if isDigit { throw failure("a number does not start with a superfluous 0") }
        try endNumber()
        try takeNext(byte)
    }

    private mutating func endNumber() throws(Failure) {
        state = .next
        // Few are long enough to be out of range.
        if number.count < 300, !number.contains(where: { $0 | 0x20 == UInt8(ascii: "e") }) { return }
        guard let value = Double(String(decoding: number, as: UTF8.self)), value.isFinite else {
            throw failure("a number is beyond the range of a 64-bit floating-point number")
        }
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }

    private func failure(_ message: String) -> Failure { Failure(offset: offset, message: message) }
}
