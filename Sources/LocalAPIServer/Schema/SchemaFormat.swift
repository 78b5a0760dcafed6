import KubernetesModel

/// The `format` keyword of strings. Formats that are not named here are notes to the reader and accept everything, as on
/// the real server.
enum SchemaFormat {
    static func accepts(_ text: String, format: String) -> Bool {
        switch format {
        case "date-time", "datetime": Timestamp.microseconds(text) != nil
        case "date": text.utf8.count == 10 && Timestamp.seconds("\(text)T00:00:00Z") != nil
        case "byte": isBase64(text)
        case "quantity": (try? Quantity(parsing: text)) != nil
        case "uuid": isUUID(text)
        case "ipv4": isIPv4(text)
        default: true
        }
    }

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

    private static func isUUID(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        return parts.map(\.count) == [8, 4, 4, 4, 12] && parts.allSatisfy { $0.allSatisfy(\.isHexDigit) }
    }

    static func isIPv4(_ text: String) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
    }
}
