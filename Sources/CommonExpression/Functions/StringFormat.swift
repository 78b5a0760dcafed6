import StructuredData

extension FunctionLibrary {
    /// `'%s is %d'.format([a, b])`
    static let stringFormat = FunctionLibrary(
        "format .string_format(string, list(dyn)) -> string",
        [
            "format": { arguments throws(EvaluationError) in
                .string(try FormatText.text(try arguments[0].string(), try arguments[1].list().elements()))
            }
        ])
}

/// Fills the verbs of a format in.
private enum FormatText {
    private static let precisionLimit = 1000

    static func text(_ format: String, _ arguments: [Value]) throws(EvaluationError) -> String {
        var result = String.UnicodeScalarView()
        var rest = Array(format.unicodeScalars)[...]
        var used = 0
        while let scalar = rest.popFirst() {
            guard scalar == "%" else {
                result.append(scalar)
                continue
            }
            if rest.first == "%" {
                rest.removeFirst()
                result.append("%")
                continue
            }
            var precision: Int?
            if rest.first == "." {
                rest.removeFirst()
                let digits = rest.prefix { $0.isDigit }
                rest = rest.dropFirst(digits.count)
                var value = 0
                for digit in digits { value = min(value * 10 + Int(digit.value - 48), precisionLimit + 1) }
                guard !digits.isEmpty, value <= precisionLimit else {
                    throw .invalid("error during formatting: the precision must be a number up to \(precisionLimit)")
                }
                precision = value
            }
            guard let verb = rest.popFirst() else {
                throw .invalid("error during formatting: unexpected end of string")
            }
            guard used < arguments.count else {
                throw .invalid("error during formatting: index \(used) out of range")
            }
            result.append(contentsOf: try text(verb, arguments[used], precision: precision).unicodeScalars)
            used += 1
        }
        return String(result)
    }

    private static func text(
        _ verb: Unicode.Scalar, _ value: Value, precision: Int?
    ) throws(EvaluationError) -> String {
        switch (verb, value) {
        case ("s", _): return try text(value)
        case ("d", .int(let value)): return String(value)
        case ("d", .uint(let value)): return String(value)
        case ("b", .int(let value)): return String(value, radix: 2)
        case ("b", .uint(let value)): return String(value, radix: 2)
        case ("b", .bool(let value)): return value ? "1" : "0"
        case ("o", .int(let value)): return String(value, radix: 8)
        case ("o", .uint(let value)): return String(value, radix: 8)
        case ("x", .int(let value)): return String(value, radix: 16)
        case ("x", .uint(let value)): return String(value, radix: 16)
        case ("X", .int(let value)): return String(value, radix: 16, uppercase: true)
        case ("X", .uint(let value)): return String(value, radix: 16, uppercase: true)
        case ("x", .string(let text)): return hexadecimal(Array(text.utf8), isUpper: false)
        case ("X", .string(let text)): return hexadecimal(Array(text.utf8), isUpper: true)
        case ("x", .bytes(let bytes)): return hexadecimal(bytes, isUpper: false)
        case ("X", .bytes(let bytes)): return hexadecimal(bytes, isUpper: true)
        case ("f", _):
            if let number = number(value) { return DecimalText.grouped(number, precision ?? 6) }
        case ("e", _):
            if let number = number(value) { return DecimalText.scientific(number, precision ?? 6) }
        default:
            if !"dboxX".unicodeScalars.contains(verb) {
                throw .invalid("error during formatting: unrecognized formatting clause \"\(verb)\"")
            }
        }
        throw .invalid("error during formatting: \(value.type.erased) cannot be formatted by %\(verb)")
    }

    private static func number(_ value: Value) -> Double? {
        switch value {
        case .double(let value): value
        case .string("NaN"): .nan
        case .string("Infinity"): .infinity
        case .string("-Infinity"): -.infinity
        default: nil
        }
    }

    private static func hexadecimal(_ bytes: [UInt8], isUpper: Bool) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: isUpper) }.joined()
    }

    private static func text(_ value: Value) throws(EvaluationError) -> String {
        switch value {
        case .string(let text): return text
        case .null: return "null"
        case .bool(let value): return value ? "true" : "false"
        case .int(let value): return String(value)
        case .uint(let value): return String(value)
        case .double(let value): return FunctionLibrary.doubleText(value)
        case .bytes(let bytes): return String(decoding: bytes, as: UTF8.self)
        case .duration(let nanoseconds): return DurationText.text(nanoseconds)
        case .timestamp(let instant): return instant.text
        case .type(let type): return type.erased.name
        case .list(let list):
            var parts: [String] = []
            for element in try list.elements() { parts.append(try literal(element)) }
            return "[" + parts.joined(separator: ", ") + "]"
        case .map(let map):
            var parts: [(key: String, value: String)] = []
            for key in map.keys { parts.append((try literal(key), try literal(try map.get(key)))) }
            return "{" + parts.sorted { $0.key < $1.key }.map { "\($0.key):\($0.value)" }.joined(separator: ", ") + "}"
        default: throw .invalid("error during formatting: \(value.type) cannot be formatted by %s")
        }
    }

    /// Within a list or map, values stand as they would in an expression.
    private static func literal(_ value: Value) throws(EvaluationError) -> String {
        let text = try text(value)
        switch value {
        case .string: return FunctionLibrary.quoted(text)
        case .bytes: return "b" + FunctionLibrary.quoted(text)
        case .double(let number):
            return number.isFinite ? DecimalText.fixed(number, 6) : FunctionLibrary.quoted(text)
        case .timestamp: return "timestamp(\"\(text)\")"
        case .duration: return "duration(\"\(text)\")"
        default: return text
        }
    }
}
