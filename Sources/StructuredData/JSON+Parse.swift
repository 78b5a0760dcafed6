extension JSON {
    /// How deep arrays and objects may nest in parsed input unless the caller says otherwise.
    public static let defaultDepthLimit = 256

    /// What a parser does with an object that names a member twice.
    public enum DuplicateKeys: Sendable {
        /// The later value counts, at the place of the first.
        case lastWins
        /// It is an error.
        case refused
    }

    /// Parses bytes that hold exactly one JSON value (RFC 8259, UTF-8).
    ///
    /// Stricter than the grammar in two ways: a lone surrogate, which no Swift string can hold, and a number beyond the range
    /// of a double are refused. An integer that does not fit 64 bits becomes the nearest double; so does `-0`, to keep its sign.
    public static func parse(
        _ bytes: [UInt8], depthLimit: Int = defaultDepthLimit, duplicateKeys: DuplicateKeys = .lastWins
    ) throws(JSONParseError) -> JSON {
        try parsed(
            bytes.withUnsafeBufferPointer { parsing($0, depthLimit: depthLimit, duplicateKeys: duplicateKeys) })
    }

    /// Parses a part of a larger buffer; offsets in errors count from the part's first byte.
    public static func parse(
        _ bytes: ArraySlice<UInt8>, depthLimit: Int = defaultDepthLimit, duplicateKeys: DuplicateKeys = .lastWins
    ) throws(JSONParseError) -> JSON {
        try parsed(
            bytes.withUnsafeBufferPointer { parsing($0, depthLimit: depthLimit, duplicateKeys: duplicateKeys) })
    }

    /// Parses a text that holds exactly one JSON value.
    public static func parse(
        _ text: String, depthLimit: Int = defaultDepthLimit, duplicateKeys: DuplicateKeys = .lastWins
    ) throws(JSONParseError) -> JSON {
        var text = text
        return try parsed(
            text.withUTF8 { parsing($0, depthLimit: depthLimit, duplicateKeys: duplicateKeys) })
    }

    /// Parses bytes in place. The result holds no reference to them.
    public static func parse(
        _ bytes: UnsafeBufferPointer<UInt8>, depthLimit: Int = defaultDepthLimit,
        duplicateKeys: DuplicateKeys = .lastWins
    ) throws(JSONParseError) -> JSON {
        try parsed(parsing(bytes, depthLimit: depthLimit, duplicateKeys: duplicateKeys))
    }

    private static func parsing(
        _ bytes: UnsafeBufferPointer<UInt8>, depthLimit: Int, duplicateKeys: DuplicateKeys
    ) -> Result<JSON, JSONParseError> {
        var parser = JSONParser(bytes, depthLimit: depthLimit, refusesDuplicateKeys: duplicateKeys == .refused)
        do throws(JSONParser.Failure) {
            return .success(try parser.document())
        } catch {
            return .failure(parser.explain(error))
        }
    }

    private static func parsed(_ result: Result<JSON, JSONParseError>) throws(JSONParseError) -> JSON {
        try result.get()
    }
}
