import CommonExpression
import KubernetesModel
import StructuredData

/// The `format` keyword of strings, as the real server's library reads it: hyphens in names do not count, and formats that are not
/// named here are notes to the reader and accept everything.
enum SchemaFormat {
    private static let hexadecimal = "[0-9a-fA-F]"

    /// Formats that are patterns.
    private static let patterns: [String: String] = {
        let h = hexadecimal
        let octet = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
        func mac(_ octets: Int) -> String {
            [":", "-"].map { "(\(h){2}\($0)){\(octets - 1)}\(h){2}" }.joined(separator: "|")
        }
        func words(_ count: Int) -> String { "(\(h){4}\\.){\(count - 1)}\(h){4}" }
        let letter = "[a-zA-Z0-9\\p{S}\\p{L}]"
        let label = "\(letter)(([a-zA-Z0-9\\-\\p{S}\\p{L}]{0,61}\(letter))?)"
        let units =
            "(ns|nanos?|nanoseconds?|us|µs|μs|micros?|microseconds?|ms|millis?|milliseconds?|s|secs?|seconds?|m|mins?|minutes?"
            + "|h|hrs?|hours?|d|days?|w|wks?|weeks?)"
        return [
            "bsonobjectid": "\(h){24}",
            "hostname": "(\(letter)((-?\(letter){0,62})?)|(\(label)\\.)+[a-zA-Z\\p{L}]{2,63})",
            "mac": [mac(6), mac(8), mac(20), words(3), words(4), words(10)].joined(separator: "|"),
            "uuid": "\(h){8}-?\(h){4}-?\(h){4}-?\(h){4}-?\(h){12}",
            "uuid3": "\(h){8}-?\(h){4}-?3\(h){3}-?\(h){4}-?\(h){12}",
            "uuid4": "\(h){8}-?\(h){4}-?4\(h){3}-?[89abAB]\(h){3}-?\(h){12}",
            "uuid5": "\(h){8}-?\(h){4}-?5\(h){3}-?[89abAB]\(h){3}-?\(h){12}",
            "creditcard":
                "(4[0-9]{12}([0-9]{3})?|5[1-5][0-9]{14}|6(011|5[0-9][0-9])[0-9]{12}|3[47][0-9]{13}"
                + "|3(0[0-5]|[68][0-9])[0-9]{11}|(2131|1800|35[0-9]{3})[0-9]{11})",
            "ssn": "[0-9]{3}[- ]?[0-9]{2}[- ]?[0-9]{4}",
            "hexcolor": "#?(\(h){3}|\(h){6})",
            "rgbcolor": "rgb\\(\\s*\(octet)\\s*,\\s*\(octet)\\s*,\\s*\(octet)\\s*\\)",
            "email": "([^<>@]*<)?[^\\s@<>\",;:]+@[^\\s@<>\",;:]+>?",
            "duration": "0|[-+]?(\\s*([0-9]+(\\.[0-9]*)?|\\.[0-9]+)\\s*\(units))+",
            "uri": "/.*|[a-zA-Z][a-zA-Z0-9+.\\-]*:(//[^/?#\\s]*([/?#].*)?|(/?[^/].*)?)",
        ]
    }()

    private static let others: Set = [
        "ipv4", "ipv6", "cidr", "isbn", "isbn10", "isbn13", "byte", "password", "date", "datetime", "k8sshortname",
        "k8slongname",
    ]

    private static func normalized(_ format: String) -> String { format.filter { $0 != "-" } }

    /// Whether a format means anything to the server.
    static func isKnown(_ format: String, type: String) -> Bool {
        switch type {
        case "", "string": patterns[normalized(format)] != nil || others.contains(normalized(format))
        case "integer": ["int32", "int64"].contains(format)
        case "number": ["float", "double"].contains(format)
        default: false
        }
    }

    static func accepts(_ text: String, format: String) -> Bool {
        let name = normalized(format)
        switch name {
        case "datetime": return Timestamp.microseconds(text) != nil
        case "date": return text.utf8.count == 10 && Timestamp.seconds("\(text)T00:00:00Z") != nil
        case "byte": return isBase64(text)
        case "ipv4": return isIPv4(text)
        case "ipv6": return text.contains(":") && IPAddress(text) != nil
        case "cidr": return IPNetwork(text) != nil
        case "isbn": return isISBN10(text) || isISBN13(text)
        case "isbn10": return isISBN10(text)
        case "isbn13": return isISBN13(text)
        case "k8sshortname": return LabelSyntax.isDNSLabel(text)
        case "k8slongname": return LabelSyntax.isSubdomain(text)
        case "creditcard": return matches(text.filter(\.isNumber), name)
        case "hostname":
            return matches(text, name)
                && text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy {
                    (1...63).contains($0.utf8.count)
                }
        default: return matches(text, name)
        }
    }

    private static func matches(_ text: String, _ name: String) -> Bool {
        guard let pattern = patterns[name] else { return true }
        // The patterns above are tested to be good ones.
        return (try? RegularExpression.cached("^(\(pattern))$"))?.matches(text) ?? true
    }

    static func isQuantity(_ text: String) -> Bool { (try? Quantity(parsing: text)) != nil }

    /// Standard alphabet, padded.
    static func isBase64(_ text: String) -> Bool {
        let bytes = text.utf8
        guard bytes.count.isMultiple(of: 4) else { return false }
        let padding = bytes.reversed().prefix { $0 == UInt8(ascii: "=") }.count
        guard padding <= 2 else { return false }
        return bytes.dropLast(padding).allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"):
                true
            default: false
            }
        }
    }

    static func isIPv4(_ text: String) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
    }

    // MARK: Book numbers

    private static func digits(_ text: String) -> [Character] { text.filter { $0 != "-" && $0 != " " } }

    private static func isISBN10(_ text: String) -> Bool {
        let characters = digits(text)
        guard characters.count == 10 else { return false }
        var sum = 0
        for (index, character) in characters.enumerated() {
            let isCheck = index == 9 && (character == "X" || character == "x")
            guard let value = isCheck ? 10 : character.isASCII ? character.wholeNumberValue : nil else { return false }
            sum += (10 - index) * value
        }
        return sum % 11 == 0
    }

    private static func isISBN13(_ text: String) -> Bool {
        let values = digits(text).compactMap { $0.isASCII ? $0.wholeNumberValue : nil }
        guard values.count == 13, digits(text).count == 13 else { return false }
        let sum = values.enumerated().reduce(0) { $0 + $1.element * ($1.offset.isMultiple(of: 2) ? 1 : 3) }
        return sum % 10 == 0
    }
}
