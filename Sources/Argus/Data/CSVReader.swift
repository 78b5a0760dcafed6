/// Splits CSV text (RFC 4180, with LF or CRLF) into records of fields, in place.
struct CSVReader {
    /// A field's bytes, without the quotes around it.
    struct Field {
        var range: Range<Int>
        /// Whether quotes inside it are doubled.
        var hasDoubledQuotes = false
    }

    let bytes: [UInt8]
    private var position: Int
    /// The line of the record read last, counted from 1.
    private(set) var line = 0
    private var nextLine = 1

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        // A byte-order mark, as spreadsheets write it.
        position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    }

    /// A quoted field that never ends.
    struct UnterminatedQuote: Error { var line: Int }

    /// Reads the next record that is not an empty line into `fields`; `false` at the end.
    mutating func next(into fields: inout [Field]) throws(UnterminatedQuote) -> Bool {
        repeat {
            guard position < bytes.count else { return false }
            fields.removeAll(keepingCapacity: true)
            line = nextLine
            var isLast = false
            while !isLast { fields.append(try field(isLast: &isLast)) }
        } while fields.count == 1 && fields[0].range.isEmpty
        return true
    }

    private mutating func field(isLast: inout Bool) throws(UnterminatedQuote) -> Field {
        var field: Field
        if position < bytes.count, bytes[position] == UInt8(ascii: "\"") {
            field = try quoted()
        } else {
            let start = position
            while position < bytes.count, bytes[position] != UInt8(ascii: ","), bytes[position] != UInt8(ascii: "\n") {
                position += 1
            }
            var end = position
            if end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
            field = Field(range: start..<end)
        }
        guard position < bytes.count else {
            isLast = true
            return field
        }
        if bytes[position] == UInt8(ascii: "\n") {
            isLast = true
            nextLine += 1
        }
        position += 1
        return field
    }

    private mutating func quoted() throws(UnterminatedQuote) -> Field {
        position += 1
        var field = Field(range: position..<position)
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                if position + 1 < bytes.count, bytes[position + 1] == UInt8(ascii: "\"") {
                    field.hasDoubledQuotes = true
                    position += 1
                } else {
                    field.range = field.range.lowerBound..<position
                    position += 1
                    // Whatever stands between the quote and the separator is no part of the field.
                    while position < bytes.count, bytes[position] != UInt8(ascii: ","),
                        bytes[position] != UInt8(ascii: "\n")
                    {
                        position += 1
                    }
                    return field
                }
            } else if byte == UInt8(ascii: "\n") {
                nextLine += 1
            }
            position += 1
        }
        throw UnterminatedQuote(line: line)
    }

    /// A field as text, without blanks around it.
    func text(_ field: Field) -> String {
        let text = String(decoding: bytes[trimmed(field.range)], as: UTF8.self)
        return field.hasDoubledQuotes
            ? text.split(separator: "\"\"", omittingEmptySubsequences: false).joined(separator: "\"") : text
    }

    /// What a field says where a number must stand.
    enum Number {
        case value(Double)
        /// Nothing, `NaN`, `NA`, `N/A` or `null`.
        case missing
        case invalid
    }

    func number(_ field: Field) -> Number {
        let range = trimmed(field.range)
        guard !range.isEmpty else { return .missing }
        if let value = DecimalParser.parse(bytes, range) { return .value(value) }
        return Self.missingWords.contains(String(decoding: bytes[range], as: UTF8.self).lowercased())
            ? .missing : .invalid
    }

    private static let missingWords: Set<String> = ["nan", "na", "n/a", "null"]

    private func trimmed(_ range: Range<Int>) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        while start < end, isBlank(bytes[start]) { start += 1 }
        while end > start, isBlank(bytes[end - 1]) { end -= 1 }
        return start..<end
    }
}

/// Decimal numbers from bytes. Unlike Swift's own parser it takes no hexadecimal numbers, infinities and NaN.
enum DecimalParser {
    /// The powers of ten that a double holds exactly.
    private static let exactPowers: [Double] = {
        var powers = [1.0]
        for _ in 1...22 { powers.append(powers[powers.count - 1] * 10) }
        return powers
    }()

    static func parse(_ bytes: [UInt8], _ range: Range<Int>) -> Double? {
        var position = range.lowerBound
        let end = range.upperBound
        var isNegative = false
        if position < end, bytes[position] == UInt8(ascii: "-") || bytes[position] == UInt8(ascii: "+") {
            isNegative = bytes[position] == UInt8(ascii: "-")
            position += 1
        }
        var mantissa: UInt64 = 0
        var digits = 0
        var decimals = 0
        var seesPoint = false
        var hasExponent = false
        scan: while position < end {
            switch bytes[position] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                digits += 1
                if digits <= 19 { mantissa = mantissa &* 10 &+ UInt64(bytes[position] - UInt8(ascii: "0")) }
                if seesPoint { decimals += 1 }
            case UInt8(ascii: "."):
                guard !seesPoint else { return nil }
                seesPoint = true
            case UInt8(ascii: "e"), UInt8(ascii: "E"):
                hasExponent = true
                break scan
            default:
                return nil
            }
            position += 1
        }
        guard digits > 0 else { return nil }
        // Both numbers exact, so that the one division rounds once (Clinger, "How to Read Floating Point Numbers
        // Accurately", 1990).
        if !hasExponent, digits <= 19, mantissa <= 1 << 53, decimals < exactPowers.count {
            let value = Double(mantissa) / exactPowers[decimals]
            return isNegative ? -value : value
        }
        if hasExponent, !isExponent(bytes[(position + 1)..<end]) { return nil }
        guard let value = Double(String(decoding: bytes[range], as: UTF8.self)), value.isFinite else { return nil }
        return value
    }

    private static func isExponent(_ bytes: ArraySlice<UInt8>) -> Bool {
        let digits =
            bytes.first.map { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") } == true
            ? bytes.dropFirst() : bytes
        return !digits.isEmpty && digits.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }
}
