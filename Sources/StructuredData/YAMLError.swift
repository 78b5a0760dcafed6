/// Why a text is not YAML that has a JSON form, and where.
public struct YAMLError: Error, Sendable, Hashable, CustomStringConvertible {
    public struct Code: RawRepresentable, Sendable, Hashable {
        public var rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The text breaks the grammar of YAML.
        public static let syntax = Code(rawValue: "syntax")
        /// A mapping names a key twice.
        public static let duplicateKey = Code(rawValue: "duplicateKey")
        /// A value, key or tag that JSON has no counterpart for.
        public static let notJSON = Code(rawValue: "notJSON")
        /// An alias without its anchor, or one inside what it stands for.
        public static let alias = Code(rawValue: "alias")
        /// Mappings and sequences nest too deep, or aliases expand to too much.
        public static let tooLarge = Code(rawValue: "tooLarge")
    }

    public var code: Code
    public var message: String
    /// The file's name, where the caller gave one.
    public var file: String?
    /// From 1.
    public var line: Int
    /// In characters, from 1.
    public var column: Int

    public init(_ code: Code, _ message: String, file: String?, line: Int, column: Int) {
        self.code = code
        self.message = message
        self.file = file
        self.line = line
        self.column = column
    }

    public var description: String {
        let place = file.map { "\($0):\(line):\(column)" } ?? "line \(line), column \(column)"
        return "\(place): \(message)"
    }
}
