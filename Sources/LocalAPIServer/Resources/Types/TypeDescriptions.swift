/// What people read of the built-in types and their fields, in `kubectl explain` above all: the indented lines of the tables.
///
/// Only OpenAPI documents show them, so they are read when the first of these is made. A field that its type says nothing of is
/// described as the field of the same name in the type that it is `like`.
struct TypeDescriptions: Sendable {
    private struct Entry {
        var text = ""
        var fields: [String: String] = [:]
        /// The name of another type in the tables.
        var like: Substring?
    }

    /// By the names that OpenAPI documents have for the types.
    private var entries: [String: Entry] = [:]
    private var fullNames: [Substring: String] = [:]

    init(_ texts: [String]) {
        for text in texts { read(text) }
    }

    private mutating func read(_ text: String) {
        var package = Substring()
        var (name, field) = ("", String?.none)
        for line in TypeTable.Line.all(of: text) {
            switch line {
            case .package(let words): package = words[1]
            case .type(let words):
                (name, field) = (TypeTable.fullName(words, in: package), nil)
                fullNames[words[1]] = name
                entries[name] = Entry(like: words.value(of: "like="))
            case .field(let words): field = String(TypeTable.fieldName(words))
            case .description(let line):
                if let field {
                    entries[name]?.fields[field, default: ""].continue(with: line)
                } else {
                    entries[name]?.text.continue(with: line)
                }
            }
        }
    }

    /// Every type that something is said of.
    var types: [String] { Array(entries.keys) }

    /// The types that others are like and that are not there.
    var strangers: [String] { entries.values.compactMap(\.like).filter { fullNames[$0] == nil }.map(String.init) }

    /// - Parameter type: as OpenAPI documents call it.
    func text(of type: String) -> String? { entries[type]?.text }

    func text(ofField field: String, in type: String) -> String? {
        guard let entry = entries[type] else { return nil }
        return entry.fields[field] ?? entry.like.flatMap { fullNames[$0] }.flatMap { text(ofField: field, in: $0) }
    }
}

extension String {
    fileprivate mutating func `continue`(with line: Substring) {
        if !isEmpty { self += " " }
        self += line
    }
}
