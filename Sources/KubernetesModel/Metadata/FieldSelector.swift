public import StructuredData

/// A selector over an object's fields as query parameters write it: `metadata.name=x,status.phase!=Running`.
public struct FieldSelector: Sendable, Hashable {
    /// All must hold; none selects everything.
    public var requirements: [Requirement]

    public init(_ requirements: [Requirement] = []) { self.requirements = requirements }

    public struct Requirement: Sendable, Hashable {
        /// A dotted path, such as `spec.nodeName`.
        public var field: String
        public var value: String
        /// Whether the field must have the value, or must not.
        public var isEqual: Bool

        public init(field: String, value: String, isEqual: Bool = true) {
            self.field = field
            self.value = value
            self.isEqual = isEqual
        }
    }

    /// Reads the syntax of the `fieldSelector` query parameter. An empty text selects everything. `\` escapes `,`, `=`
    /// and itself in values.
    public static func parse(_ text: String) throws(SelectorError) -> FieldSelector {
        var requirements: [Requirement] = []
        for term in split(text) where !term.isEmpty {
            requirements.append(try requirement(term, in: text))
        }
        return FieldSelector(requirements)
    }

    /// Whether the object's fields fulfil the selector. A missing field counts as the empty text; numbers and booleans
    /// compare by their text.
    public func matches(_ object: JSON) -> Bool {
        requirements.allSatisfy { (Self.text($0.field, in: object) == $0.value) == $0.isEqual }
    }

    /// The value that the field must equal, where the selector says so.
    public func value(of field: String) -> String? {
        requirements.first { $0.field == field && $0.isEqual }?.value
    }

    private static func text(_ field: String, in object: JSON) -> String {
        var value = object
        for part in field.split(separator: ".") {
            guard let member = value[String(part)] else { return "" }
            value = member
        }
        switch value {
        case .string(let text): return text
        case .bool(let value): return value ? "true" : "false"
        case .integer(let value): return String(value)
        case .number(let value): return String(value)
        case .null, .array, .object: return ""
        }
    }

    private static func split(_ text: String) -> [Substring] {
        var terms: [Substring] = []
        var start = text.startIndex
        var index = start
        var isEscaped = false
        while index < text.endIndex {
            if isEscaped {
                isEscaped = false
            } else if text[index] == "\\" {
                isEscaped = true
            } else if text[index] == "," {
                terms.append(text[start..<index])
                start = text.index(after: index)
            }
            index = text.index(after: index)
        }
        terms.append(text[start...])
        return terms
    }

    private static func requirement(_ term: Substring, in text: String) throws(SelectorError) -> Requirement {
        guard let equals = term.firstIndex(of: "="), equals > term.startIndex else {
            throw SelectorError("invalid field selector \"\(text)\": \"\(term)\" is not of the form field=value")
        }
        let before = term.index(before: equals)
        var value = term[term.index(after: equals)...]
        let isEqual = term[before] != "!"
        let field = isEqual ? term[..<equals] : term[..<before]
        if isEqual, value.first == "=" { value = value.dropFirst() }
        guard !field.isEmpty else {
            throw SelectorError("invalid field selector \"\(text)\": \"\(term)\" names no field")
        }
        return Requirement(field: String(field), value: try unescape(value, in: text), isEqual: isEqual)
    }

    private static func unescape(_ value: Substring, in text: String) throws(SelectorError) -> String {
        guard value.contains(where: { "\\=".contains($0) }) else { return String(value) }
        var plain = ""
        var isEscaped = false
        for character in value {
            if isEscaped {
                guard "\\,=".contains(character) else {
                    throw SelectorError("invalid field selector \"\(text)\": \"\\\(character)\" is no escape")
                }
                plain.append(character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else if character == "=" {
                throw SelectorError("invalid field selector \"\(text)\": a '=' in a value must be written \"\\=\"")
            } else {
                plain.append(character)
            }
        }
        guard !isEscaped else { throw SelectorError("invalid field selector \"\(text)\": it ends with an escape") }
        return plain
    }
}

extension FieldSelector: CustomStringConvertible {
    /// The selector in the syntax that `parse` reads.
    public var description: String {
        requirements.map { requirement in
            var value = ""
            for character in requirement.value {
                if "\\,=".contains(character) { value.append("\\") }
                value.append(character)
            }
            return "\(requirement.field)\(requirement.isEqual ? "=" : "!=")\(value)"
        }.joined(separator: ",")
    }
}
