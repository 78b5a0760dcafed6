/// YAML as Kubernetes reads and writes it, by way of libyaml.
public enum YAML {
    /// How much the aliases of one text may add to it, in bytes of JSON, so that a few lines cannot expand without bound.
    public static let aliasLimitBytes = 10 << 20

    /// The documents of a text, in order; those that are empty are left out.
    ///
    /// Plain scalars mean what they mean to `kubectl`, which reads YAML 1.1 with the go-yaml v2 library: `y`, `yes`, `on` and
    /// their opposites are booleans besides `true` and `false`, `0777` and `0o777` are octal, timestamps stay strings. Keys that
    /// are numbers or booleans become strings. A merge key `<<` adds members that the mapping does not have itself. Unlike
    /// there, a key set twice is an error, and so are `.inf` and `.nan`, which JSON does not have.
    ///
    /// A text that is one JSON value is read as JSON, whose escapes YAML parsers do not all know.
    ///
    /// - Parameter file: the file's name for error messages.
    public static func parse(_ text: String, file: String? = nil) throws(YAMLError) -> [JSON] {
        try parse(Array(text.utf8), file: file)
    }

    /// The documents of a text in UTF-8 (or UTF-16 with a byte order mark).
    public static func parse(_ bytes: [UInt8], file: String? = nil) throws(YAMLError) -> [JSON] {
        let first = bytes.first { !" \n\r\t".utf8.contains($0) }
        if first == UInt8(ascii: "{") || first == UInt8(ascii: "["),
            let value = try? JSON.parse(bytes, duplicateKeys: .refused)
        {
            return [value]
        }
        var composer = YAMLComposer(bytes, file: file)
        return try composer.documents()
    }

    /// A key that a mapping sets again.
    public struct DuplicateKey: Sendable, Hashable {
        public var key: String
        /// Where it stands the second time, from 1.
        public var line: Int
    }

    /// The same, but of a key that is set again the last value counts.
    ///
    /// - Parameter duplicates: collects those keys, in order.
    public static func parse(_ bytes: [UInt8], duplicates: inout [DuplicateKey]) throws(YAMLError) -> [JSON] {
        var composer = YAMLComposer(bytes, file: nil, keepsLastDuplicate: true)
        let documents = try composer.documents()
        duplicates = composer.duplicates
        return documents
    }

    /// A value as a YAML document in block style, without `---` in front.
    ///
    /// Strings are quoted where some reader of YAML 1.1 or 1.2 would take them for something else, and stand as literal
    /// blocks (`|`) where they have several lines. What is written reads back as the same value.
    public static func serialize(_ json: JSON) -> String { serialize(documents: [json]) }

    /// Values as the documents of one text, with `---` between them.
    public static func serialize(documents: [JSON]) -> String {
        var writer = YAMLWriter()
        return writer.text(of: documents)
    }
}
