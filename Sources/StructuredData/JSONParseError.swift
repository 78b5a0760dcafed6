/// Why bytes are not one JSON value, and where.
public struct JSONParseError: Error, Sendable, Hashable, CustomStringConvertible {
    public struct Code: RawRepresentable, Sendable, Hashable {
        public var rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The bytes break the grammar of RFC 8259.
        public static let syntax = Code(rawValue: "syntax")
        /// A string holds bytes that are not UTF-8, or half of a surrogate pair.
        public static let invalidText = Code(rawValue: "invalidText")
        /// A number is beyond the range of a double.
        public static let numberOutOfRange = Code(rawValue: "numberOutOfRange")
        /// Arrays and objects nest deeper than the caller allows.
        public static let tooDeep = Code(rawValue: "tooDeep")
        /// An object names a member twice, and the caller refuses that.
        public static let duplicateKey = Code(rawValue: "duplicateKey")
    }

    public var code: Code
    public var message: String
    /// The line of the first byte that does not fit, from 1.
    public var line: Int
    /// Its column in characters (Unicode scalars), from 1.
    public var column: Int
    /// Its offset in bytes, from 0.
    public var offset: Int

    public init(_ code: Code, _ message: String, line: Int, column: Int, offset: Int) {
        self.code = code
        self.message = message
        self.line = line
        self.column = column
        self.offset = offset
    }

    public var description: String { "line \(line), column \(column): \(message)" }
}
