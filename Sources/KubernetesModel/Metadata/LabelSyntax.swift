/// What labels may look like.
public enum LabelSyntax {
    /// An optional DNS subdomain and `/`, then a name of at most 63 characters.
    public static func isKey(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        switch parts.count {
        case 1: return isName(parts[0])
        case 2: return isSubdomain(String(parts[0])) && isName(parts[1])
        default: return false
        }
    }

    /// Empty, or at most 63 letters, digits, `-`, `_` and `.`, with a letter or digit at both ends.
    public static func isValue(_ text: String) -> Bool { text.isEmpty || isName(text[...]) }

    /// A DNS subdomain (RFC 1123): lower-case labels with dots between them, at most 253 characters.
    public static func isSubdomain(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 253
            && text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy(isLabel)
    }

    /// A DNS label (RFC 1123): lower-case letters, digits and `-`, at most 63 characters.
    public static func isDNSLabel(_ text: String) -> Bool { text.utf8.count <= 63 && isLabel(text.utf8[...]) }

    private static func isName(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, let last = text.utf8.last, text.utf8.count <= 63 else { return false }
        return isAlphanumeric(first) && isAlphanumeric(last)
            && text.utf8.allSatisfy {
                isAlphanumeric($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ".")
            }
    }

    private static func isLabel(_ text: Substring.UTF8View) -> Bool {
        guard let first = text.first, let last = text.last else { return false }
        return isLowerAlphanumeric(first) && isLowerAlphanumeric(last)
            && text.allSatisfy { isLowerAlphanumeric($0) || $0 == UInt8(ascii: "-") }
    }

    private static func isLowerAlphanumeric(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        isLowerAlphanumeric(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
    }
}
