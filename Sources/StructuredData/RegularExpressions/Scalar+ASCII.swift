/// What ASCII characters are in identifiers and numbers.
extension Unicode.Scalar {
    package var isDigit: Bool { ("0"..."9").contains(self) }

    package var isIdentifierStart: Bool { ("a"..."z").contains(self) || ("A"..."Z").contains(self) || self == "_" }

    package var hexValue: UInt32? {
        switch self {
        case "0"..."9": value - 48
        case "a"..."f": value - 87
        case "A"..."F": value - 55
        default: nil
        }
    }

    package var octalValue: UInt32? { ("0"..."7").contains(self) ? value - 48 : nil }
}
