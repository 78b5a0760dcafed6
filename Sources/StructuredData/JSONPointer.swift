/// The place of a value inside another (RFC 6901), such as `/spec/containers/0/image`.
public struct JSONPointer: Sendable, Hashable {
    /// Member names and element indexes on the way from the root, unescaped; none for the root itself.
    public var tokens: [String]

    public static let root = JSONPointer(tokens: [])

    public init(tokens: [String]) { self.tokens = tokens }

    /// Reads the text form, where `~1` stands for a slash and `~0` for a tilde inside a token.
    public init(parsing text: String) throws(StructuredDataError) {
        guard !text.isEmpty else {
            tokens = []
            return
        }
        guard text.utf8.first == UInt8(ascii: "/") else {
            throw StructuredDataError(
                .invalidPointer, "\(JSON.string(text).shortDescription) is no JSON pointer: it must start with '/'")
        }
        tokens = []
        for part in text.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            tokens.append(try Self.unescaped(part, of: text))
        }
    }

    public func appending(_ token: String) -> JSONPointer { JSONPointer(tokens: tokens + [token]) }
    public func appending(_ index: Int) -> JSONPointer { JSONPointer(tokens: tokens + [String(index)]) }

    private static func unescaped(_ part: Substring.UTF8View, of text: String) throws(StructuredDataError) -> String {
        var bytes: [UInt8] = []
        var isEscape = false
        for byte in part {
            switch (isEscape, byte) {
            case (false, UInt8(ascii: "~")): isEscape = true
            case (false, _): bytes.append(byte)
            case (true, UInt8(ascii: "0")), (true, UInt8(ascii: "1")):
                bytes.append(byte == UInt8(ascii: "0") ? UInt8(ascii: "~") : UInt8(ascii: "/"))
                isEscape = false
            default: throw strayTilde(text)
            }
        }
        if isEscape { throw strayTilde(text) }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func strayTilde(_ text: String) -> StructuredDataError {
        StructuredDataError(
            .invalidPointer,
            "\(JSON.string(text).shortDescription) is no JSON pointer: '~' must be followed by 0 or 1 (write ~0 for ~)")
    }

    /// The index that a token means in an array: decimal digits without a superfluous zero.
    static func index(_ token: String) -> Int? {
        let digits = token.utf8
        guard digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            digits.count == 1 || digits.first != UInt8(ascii: "0")
        else { return nil }
        return Int(token)
    }
}

extension JSONPointer: CustomStringConvertible {
    public var description: String {
        var bytes: [UInt8] = []
        for token in tokens {
            bytes.append(UInt8(ascii: "/"))
            for byte in token.utf8 {
                switch byte {
                case UInt8(ascii: "~"): bytes += [UInt8(ascii: "~"), UInt8(ascii: "0")]
                case UInt8(ascii: "/"): bytes += [UInt8(ascii: "~"), UInt8(ascii: "1")]
                default: bytes.append(byte)
                }
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension JSONPointer: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        do {
            try self.init(parsing: try container.decode(String.self))
        } catch let error as StructuredDataError {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: error.message)
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
