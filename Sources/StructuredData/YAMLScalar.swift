/// A YAML scalar and what it means.
///
/// Kubernetes reads manifests with go-yaml v2 (`sigs.k8s.io/yaml`), so that library's reading of YAML 1.1 is followed, with
/// its additions from 1.2 (`0o`) and without base-60 numbers.
struct YAMLScalar {
    enum Meaning: Equatable {
        case value(JSON)
        /// A float that JSON cannot hold.
        case notFinite
    }

    var text: String
    /// The tag as written out by the parser (`tag:yaml.org,2002:int`), if there is one.
    var tag: String?
    /// Whether it stands without quotes and not as a block.
    var isPlain: Bool

    struct Refused: Error {
        var message: String
    }

    var isEmptyPlain: Bool { isPlain && tag == nil && text.isEmpty }

    /// Whether this, as a key, merges what its value holds.
    var isMergeKey: Bool { text == "<<" && (isPlain && tag == nil || tag == "tag:yaml.org,2002:merge") }

    func json() throws(Refused) -> JSON {
        switch tag {
        case nil:
            return isPlain ? try Self.finite(Self.meaning(ofPlain: text), text) : .string(text)
        case "tag:yaml.org,2002:null":
            if case .value(.null) = Self.meaning(ofPlain: text) { return .null }
            throw Refused(message: "\(JSON.string(text)) is no null (!!null)")
        case "tag:yaml.org,2002:bool":
            if case .value(.bool(let value)) = Self.meaning(ofPlain: text) { return .bool(value) }
            throw Refused(message: "\(JSON.string(text)) is no boolean (!!bool)")
        case "tag:yaml.org,2002:int":
            if let number = Self.number(text), number.intValue != nil || number.typeName == "integer" { return number }
            throw Refused(message: "\(JSON.string(text)) is no integer (!!int)")
        case "tag:yaml.org,2002:float":
            let value = try Self.finite(Self.meaning(ofPlain: text), text)
            if let number = value.doubleValue { return .number(number) }
            throw Refused(message: "\(JSON.string(text)) is no number (!!float)")
        case "tag:yaml.org,2002:binary":
            throw Refused(message: "!!binary has no JSON form; give base64 text as a string")
        default:
            return .string(text)
        }
    }

    private static func finite(_ meaning: Meaning, _ text: String) throws(Refused) -> JSON {
        switch meaning {
        case .value(let value): return value
        case .notFinite: throw Refused(message: "\(text) has no JSON form; quote it if it is meant as a text")
        }
    }

    /// What a scalar without quotes and tag means.
    static func meaning(ofPlain text: String) -> Meaning {
        switch text {
        case "", "~", "null", "Null", "NULL": return .value(.null)
        case "y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON": return .value(.bool(true))
        case "n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF": return .value(.bool(false))
        case ".nan", ".NaN", ".NAN", ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF":
            return .notFinite
        default: return .value(number(text) ?? .string(text))
        }
    }

    /// Whether a plain scalar of this text would be read as something else than this text by go-yaml, or by other readers of
    /// YAML 1.1 or 1.2, who know base-60 numbers (`1:30`), digit groups and timestamps.
    static func needsQuotes(_ text: String) -> Bool {
        if meaning(ofPlain: text) != .value(.string(text)) { return true }
        if text == "<<" || text == "=" { return true }
        let bytes = text.utf8
        let isDate =
            bytes.count > 4 && bytes.prefix(4).allSatisfy(isDigit) && bytes.dropFirst(4).first == UInt8(ascii: "-")
        let isGrouped = bytes.contains { ":_".utf8.contains($0) }
        return isDate || isGrouped && bytes.allSatisfy { isDigit($0) || ":_.+-eE".utf8.contains($0) }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    // MARK: - Numbers

    private static func number(_ text: String) -> JSON? {
        guard let first = text.utf8.first else { return nil }
        switch first {
        case UInt8(ascii: "."): return float(Array(text.utf8))
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"):
            let bytes = text.utf8.filter { $0 != UInt8(ascii: "_") }
            return integer(bytes) ?? float(bytes)
        default: return nil
        }
    }

    /// Decimal, `0x`, `0o`, `0b`, and octal by a leading 0.
    private static func integer(_ bytes: [UInt8]) -> JSON? {
        var digits = bytes[...]
        let isNegative = digits.first == UInt8(ascii: "-")
        if isNegative || digits.first == UInt8(ascii: "+") { digits = digits.dropFirst() }
        var radix = 10
        if digits.first == UInt8(ascii: "0"), digits.count > 1 {
            digits = digits.dropFirst()
            switch digits.first {
            case UInt8(ascii: "x"), UInt8(ascii: "X"): radix = 16
            case UInt8(ascii: "o"), UInt8(ascii: "O"): radix = 8
            case UInt8(ascii: "b"), UInt8(ascii: "B"): radix = 2
            default:
                radix = 8
                digits = [UInt8(ascii: "0")] + digits
            }
            if digits.first != UInt8(ascii: "0") { digits = digits.dropFirst() }
        }
        // The initialiser would take a second sign.
        guard let first = digits.first, first != UInt8(ascii: "+"), first != UInt8(ascii: "-") else { return nil }
        let text = String(decoding: digits, as: UTF8.self)
        if let value = Int64(isNegative ? "-" + text : text, radix: radix) { return .integer(value) }
        if !isNegative, let value = UInt64(text, radix: radix) { return .number(Double(value)) }
        return nil
    }

    /// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?` within a double's range.
    private static func float(_ bytes: [UInt8]) -> JSON? {
        var rest = bytes[...]
        func skip(_ any: String) -> Bool {
            guard let first = rest.first, any.utf8.contains(first) else { return false }
            rest = rest.dropFirst()
            return true
        }
        func digits() -> Int {
            let count = rest.prefix(while: isDigit).count
            rest = rest.dropFirst(count)
            return count
        }

        _ = skip("+-")
        let whole = digits()
        let fraction = skip(".") ? digits() : 0
        guard whole + fraction > 0 else { return nil }
        if skip("eE") {
            _ = skip("+-")
            guard digits() > 0 else { return nil }
        }
        guard rest.isEmpty else { return nil }
        var text = String(decoding: bytes, as: UTF8.self)
        if text.hasPrefix("+") { text.removeFirst() }
        guard let value = Double(text), value.isFinite else { return nil }
        return .number(value)
    }
}
