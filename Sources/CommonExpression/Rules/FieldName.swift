import StructuredData

/// The names by which expressions know fields whose own names are no identifiers.
enum FieldName {
    private static let reserved: Set<String> = [
        "true", "false", "null", "in", "as", "break", "const", "continue", "else", "for", "function", "if", "import",
        "let", "loop", "package", "namespace", "return", "var", "void", "while",
    ]

    /// `nil` where an expression cannot name the field.
    static func escaped(_ name: String) -> String? {
        if reserved.contains(name) { return "__\(name)__" }
        let scalars = Array(name.unicodeScalars)
        guard let first = scalars.first, !first.isDigit else { return nil }
        var escaped = ""
        var index = 0
        while index < scalars.count {
            let scalar = scalars[index]
            index += 1
            switch scalar {
            case "_" where index < scalars.count && scalars[index] == "_":
                escaped += "__underscores__"
                index += 1
            case ".": escaped += "__dot__"
            case "-": escaped += "__dash__"
            case "/": escaped += "__slash__"
            default:
                guard scalar.isIdentifierStart || scalar.isDigit else { return nil }
                escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    /// `nil` where no field has this name.
    static func unescaped(_ name: String) -> String? {
        guard name.contains("__") else { return name }
        if name.hasPrefix("__"), name.hasSuffix("__"), name.utf8.count > 4 {
            let word = String(name.dropFirst(2).dropLast(2))
            if reserved.contains(word) { return word }
        }
        let parts = name.components(separatedBy: "__")
        // The escapes are every other part.
        guard !parts.count.isMultiple(of: 2) else { return nil }
        var unescaped = ""
        for (index, part) in parts.enumerated() {
            guard !index.isMultiple(of: 2) else {
                unescaped += part
                continue
            }
            switch part {
            case "underscores": unescaped += "__"
            case "dot": unescaped += "."
            case "dash": unescaped += "-"
            case "slash": unescaped += "/"
            default: return nil
            }
        }
        return unescaped
    }
}
