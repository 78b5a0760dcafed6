/// `fieldPath` of a rule: which field below is to blame, as `.spec['max-size']`.
enum FieldReference {
    /// The path as errors show it; `nil` where it is no path, or leads to no declared field.
    static func path(_ reference: String, below schema: StructuralSchema) -> String? {
        var schema = schema
        var path = ""
        var rest = Array(reference.unicodeScalars)[...]
        guard !rest.isEmpty else { return nil }
        while let first = rest.popFirst() {
            let name: String?
            switch first {
            case ".":
                let scalars = rest.prefix { !".[]".unicodeScalars.contains($0) }
                rest = rest.dropFirst(scalars.count)
                name = scalars.isEmpty ? nil : String(String.UnicodeScalarView(scalars))
            case "[": name = quoted(&rest)
            default: name = nil
            }
            guard let name else { return nil }
            if let properties = schema.writtenProperties {
                guard let property = properties[name] else { return nil }
                path += path.isEmpty ? name : ".\(name)"
                schema = property
            } else {
                guard let additional = schema.additionalProperties else { return nil }
                path += "[\(name)]"
                schema = additional
            }
        }
        return path
    }

    /// `'name']`
    private static func quoted(_ rest: inout ArraySlice<Unicode.Scalar>) -> String? {
        guard rest.popFirst() == "'" else { return nil }
        let escapes: [Unicode.Scalar: Unicode.Scalar] = [
            "a": "\u{07}", "b": "\u{08}", "f": "\u{0C}", "n": "\n", "r": "\r", "t": "\t", "v": "\u{0B}", "'": "'",
            "\\": "\\",
        ]
        var name = String.UnicodeScalarView()
        while let scalar = rest.popFirst() {
            switch scalar {
            case "'": return rest.popFirst() == "]" && !name.isEmpty ? String(name) : nil
            case "\\":
                guard let next = rest.popFirst(), let escaped = escapes[next] else { return nil }
                name.append(escaped)
            default: name.append(scalar)
            }
        }
        return nil
    }
}
