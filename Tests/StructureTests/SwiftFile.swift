/// A Swift file as these tests see it: its imports, what it declares, and every word it uses.
struct SwiftFile: Sendable {
    /// From the root.
    var path: String
    var lines: [Substring]
    /// The modules that it imports.
    var imports: [String]
    /// The names that it declares at top level, and the members of its extensions.
    var declarations: Set<String>
    /// The types that it extends.
    var extended: Set<String>
    /// Every identifier outside line comments.
    var words: Set<Substring>

    /// `Sources/X/…` and `Tests/X/…`: X.
    var module: String { String(path.split(separator: "/")[1]) }
    var name: String { path.split(separator: "/").last.map(String.init) ?? path }
    var isProgramEntry: Bool { name == "main.swift" || lines.contains { $0 == "@main" } }

    var isPublic: Bool { lines.contains { $0.hasPrefix("public ") || $0.hasPrefix("    public ") } }

    init(path: String, text: String) {
        self.path = path
        lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        if lines.last == "" { lines.removeLast() }
        imports = []
        declarations = []
        extended = []
        words = []
        var isInExtension = false
        for line in lines {
            let tokens = Self.words(of: line)
            words.formUnion(tokens)
            let depth = line.prefix { $0 == " " }.count
            if depth == 0, !tokens.isEmpty { isInExtension = false }
            guard let declaration = Declaration(tokens) else { continue }
            if case .imported(let module) = declaration { imports.append(module) }
            guard depth == 0 || (depth == 4 && isInExtension) else { continue }
            switch declaration {
            case .imported: break
            case .extended(let type):
                extended.insert(type)
                isInExtension = true
            case .named(let name): declarations.insert(name)
            }
        }
    }

    /// The identifiers of a line up to a comment.
    private static func words(of line: Substring) -> [Substring] {
        let utf8 = line.utf8
        var words: [Substring] = []
        var start: String.Index?
        var index = utf8.startIndex
        while index < utf8.endIndex {
            let byte = utf8[index]
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                if start == nil { start = index }
            default:
                if let from = start { words.append(line[from..<index]) }
                start = nil
                let next = utf8.index(after: index)
                if byte == UInt8(ascii: "/"), next < utf8.endIndex, utf8[next] == byte { return words }
            }
            index = utf8.index(after: index)
        }
        if let from = start { words.append(line[from...]) }
        return words
    }
}

/// What the words of a line declare.
private enum Declaration {
    case imported(String)
    case extended(String)
    case named(String)

    private static let modifiers: Set<Substring> = [
        "public", "package", "internal", "private", "fileprivate", "open", "final", "static", "class", "indirect",
        "nonisolated", "mutating", "override", "lazy", "weak", "unowned", "set", "isolated", "consuming", "borrowing",
        "testable", "preconcurrency", "main", "discardableResult", "inlinable", "usableFromInline", "unchecked",
        "unsafe",
        "available", "Sendable", "TaskLocal", "MainActor", "Test", "Suite", "convenience", "required", "sending",
    ]
    private static let kinds: Set<Substring> = [
        "struct", "class", "enum", "actor", "protocol", "func", "typealias", "let", "var", "case", "associatedtype",
    ]

    init?(_ words: [Substring]) {
        var rest = words[...]
        while let word = rest.first, let next = rest.dropFirst().first {
            switch word {
            case "import":
                // `import struct A.B`: the module follows the kind.
                let isScoped = Self.kinds.contains(next)
                guard let module = isScoped ? rest.dropFirst(2).first : next else { return nil }
                self = .imported(String(module))
                return
            case "extension":
                self = .extended(String(next))
                return
            case _ where Self.kinds.contains(word) && !Self.modifiers.contains(next) && !Self.kinds.contains(next):
                self = .named(String(next))
                return
            case _ where Self.modifiers.contains(word): rest.removeFirst()
            default: return nil
            }
        }
        return nil
    }
}
