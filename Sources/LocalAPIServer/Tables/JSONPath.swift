import StructuredData

/// The part of JSON path that printer columns use: `.a.b`, `['a']`, `[0]`, `[*]` and `[?(@.type=="Ready")]`.
struct JSONPath: Sendable {
    private enum Step: Sendable {
        case member(String)
        case index(Int)
        case all
        /// Elements whose member at `path` equals `value`, or has one where there is no value.
        case filter(path: [String], value: JSON?)
    }

    private var steps: [Step] = []

    /// An unreadable path finds nothing.
    init(_ text: String) {
        var rest = text[...]
        if rest.first == "{", rest.last == "}" { rest = rest.dropFirst().dropLast() }
        if rest.first == "$" { rest = rest.dropFirst() }
        while let first = rest.first {
            if first == "." {
                rest = rest.dropFirst()
                let (name, after) = Self.name(rest)
                if !name.isEmpty { steps.append(.member(name)) }
                rest = after
            } else if first == "[", let end = Self.closing(rest) {
                if let step = Self.bracket(rest[rest.index(after: rest.startIndex)..<end]) { steps.append(step) }
                rest = rest[rest.index(after: end)...]
            } else {
                let (name, after) = Self.name(rest)
                guard !name.isEmpty else { break }
                steps.append(.member(name))
                rest = after
            }
        }
    }

    /// Everything that the path leads to.
    func values(in root: JSON) -> [JSON] {
        var values = [root]
        for step in steps {
            values = values.flatMap { value in
                switch step {
                case .member(let name): value[name].map { [$0] } ?? []
                case .index(let index):
                    value[index >= 0 ? index : (value.arrayValue?.count ?? 0) + index].map { [$0] } ?? []
                case .all: value.arrayValue ?? value.objectValue?.values ?? []
                case .filter(let path, let expected):
                    (value.arrayValue ?? []).filter { element in
                        let found = element.value(at: path)
                        return expected == nil ? found != nil : found == expected
                    }
                }
            }
        }
        return values
    }

    /// A member's name; a backslash takes the next character as it is.
    private static func name(_ text: Substring) -> (String, Substring) {
        var name = ""
        var rest = text
        while let character = rest.first, character != ".", character != "[" {
            rest = rest.dropFirst()
            if character == "\\", let next = rest.first {
                name.append(next)
                rest = rest.dropFirst()
            } else {
                name.append(character)
            }
        }
        return (name, rest)
    }

    private static func closing(_ text: Substring) -> Substring.Index? {
        var quote: Character?
        var depth = 0
        for index in text.indices {
            let character = text[index]
            if let open = quote {
                if character == open { quote = nil }
            } else if character == "'" || character == "\"" {
                quote = character
            } else if character == "[" {
                depth += 1
            } else if character == "]" {
                depth -= 1
                if depth == 0 { return index }
            }
        }
        return nil
    }

    private static func bracket(_ text: Substring) -> Step? {
        if text == "*" { return .all }
        if let index = Int(text) { return .index(index) }
        if text.count >= 2, let quote = text.first, quote == "'" || quote == "\"", text.last == quote {
            return .member(String(text.dropFirst().dropLast()))
        }
        guard text.hasPrefix("?("), text.hasSuffix(")") else { return nil }
        let condition = text.dropFirst(2).dropLast()
        guard let equals = condition.firstRange(of: "==") else { return .filter(path: members(condition), value: nil) }
        return .filter(
            path: members(condition[..<equals.lowerBound]), value: literal(condition[equals.upperBound...]))
    }

    private static func members(_ text: Substring) -> [String] {
        text.filter { $0 != " " && $0 != "@" }.split(separator: ".").map(String.init)
    }

    private static func literal(_ text: Substring) -> JSON {
        let trimmed = text.drop(while: { $0 == " " })
        let word = trimmed.last == " " ? Substring(trimmed.split(separator: " ").first ?? "") : trimmed
        if let quote = word.first, quote == "'" || quote == "\"" {
            return .string(String(word.dropFirst().dropLast()))
        }
        return (try? JSON.parse(String(word))) ?? .string(String(word))
    }
}
