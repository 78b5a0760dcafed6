/// A word of the language.
struct Token: Sendable, Hashable {
    enum Kind: Sendable, Hashable {
        case identifier(String)
        /// `` `a-b` ``: a field's name that is no identifier.
        case quotedIdentifier(String)
        case int(String)
        case uint(String)
        case double(String)
        case string(String)
        case bytes([UInt8])
        /// An operator, a bracket, or one of the words `in`, `true`, `false`, `null`.
        case symbol(String)
        case end
    }

    var kind: Kind
    /// Of its first scalar.
    var offset: Int

    /// As messages show it.
    var text: String {
        switch kind {
        case .identifier(let name), .int(let name), .double(let name), .symbol(let name): name
        case .uint(let digits): "\(digits)u"
        case .quotedIdentifier(let name): "`\(name)`"
        case .string(let value): "\"\(value)\""
        case .bytes: "bytes"
        case .end: "<EOF>"
        }
    }
}
