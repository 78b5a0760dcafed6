extension JSON {
    public struct SerializationOptions: OptionSet, Sendable {
        public var rawValue: Int
        public init(rawValue: Int) { self.rawValue = rawValue }

        /// One member or element a line, indented by two spaces.
        public static let pretty = SerializationOptions(rawValue: 1)
        /// Members in the order of their names' UTF-8 bytes, at every level.
        public static let sortedKeys = SerializationOptions(rawValue: 2)
    }

    /// The value as JSON text in UTF-8 (RFC 8259).
    ///
    /// Doubles are written with the fewest digits that read back as the same double, integral ones without a fraction (`1.0`
    /// is `1`). Infinities and NaN, which JSON does not have, are written as `null`.
    public func serialized(_ options: SerializationOptions = []) -> [UInt8] {
        var writer = JSONWriter(options)
        writer.write(self)
        return writer.bytes
    }

    /// The value as JSON text.
    public func text(_ options: SerializationOptions = []) -> String {
        String(decoding: serialized(options), as: UTF8.self)
    }
}

extension JSON: CustomStringConvertible {
    public var description: String { text() }
}
