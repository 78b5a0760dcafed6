import StructuredData

extension FunctionLibrary {
    static let formats = FunctionLibrary(
        NamedFormat.allCases.map { "format.\($0.rawValue) format.\($0.rawValue)() -> format" }.joined(separator: "\n")
            + "\n" + """
                format.named format-named(string) -> optional(format)
                validate .format-validate(format, string) -> optional(list(string))
                """,
        Dictionary(
            uniqueKeysWithValues: NamedFormat.allCases.map { format -> (String, Implementation) in
                ("format.\(format.rawValue)", { _ throws(EvaluationError) in .format(format) })
            }
        ).merging([
            "format.named": { arguments throws(EvaluationError) in
                .optional(NamedFormat(rawValue: try arguments[0].string()).map { .format($0) })
            },
            "validate": { arguments throws(EvaluationError) in
                guard case .format(let format) = arguments[0] else { throw .noSuchOverload }
                let problems = format.problems(try arguments[1].string())
                return .optional(problems.isEmpty ? nil : .list(problems.map { .string($0) }))
            },
        ]) { first, _ in first })
}

/// Formats that names and labels of objects have.
enum NamedFormat: String, Sendable, Hashable, CaseIterable {
    case dns1123Label, dns1123Subdomain, dns1035Label, qualifiedName, dns1123LabelPrefix, dns1123SubdomainPrefix
    case dns1035LabelPrefix, labelValue, uri, uuid, byte, date, datetime

    /// What is wrong with a text; nothing if it is in the format.
    func problems(_ text: String) -> [String] {
        switch self {
        case .dns1123Label: return Self.label(text, "[a-z0-9]([-a-z0-9]*[a-z0-9])?", 63, "a lowercase RFC 1123 label")
        case .dns1035Label: return Self.label(text, "[a-z]([-a-z0-9]*[a-z0-9])?", 63, "a DNS-1035 label")
        case .dns1123Subdomain: return Self.subdomain(text)
        case .dns1123LabelPrefix:
            return Self.label(Self.prefix(text), "[a-z0-9]([-a-z0-9]*[a-z0-9])?", 63, "a lowercase RFC 1123 label")
        case .dns1035LabelPrefix:
            return Self.label(Self.prefix(text), "[a-z]([-a-z0-9]*[a-z0-9])?", 63, "a DNS-1035 label")
        case .dns1123SubdomainPrefix: return Self.subdomain(Self.prefix(text))
        case .labelValue: return Self.label(text, "(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?", 63, "a valid label")
        case .qualifiedName:
            let parts = text.components(separatedBy: "/")
            let name = String(parts.last ?? "")
            let pattern = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"
            let problems = Self.label(name, pattern, 63, "a qualified name")
            if parts.count == 2 { return Self.subdomain(String(parts[0])).map { "prefix part \($0)" } + problems }
            return parts.count == 1 ? problems : ["a qualified name must have at most one /"]
        case .uri: return URLText(text) == nil ? ["invalid URI"] : []
        case .uuid:
            return Self.matches(text, "(?i)[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}")
                ? [] : ["does not match the UUID format"]
        case .byte: return Base64.decode(text) == nil ? ["invalid base64"] : []
        case .date: return text.utf8.count == 10 && Instant("\(text)T00:00:00Z") != nil ? [] : ["invalid date"]
        case .datetime: return Instant(text) == nil ? ["invalid datetime"] : []
        }
    }

    /// The name of which a text ending in `-` is a beginning.
    private static func prefix(_ text: String) -> String { text.hasSuffix("-") ? text.dropLast() + "a" : text }

    private static func subdomain(_ text: String) -> [String] {
        let label = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
        return self.label(text, "\(label)(\\.\(label))*", 253, "a lowercase RFC 1123 subdomain")
    }

    private static func label(_ text: String, _ pattern: String, _ limit: Int, _ what: String) -> [String] {
        var problems: [String] = []
        if text.utf8.count > limit { problems.append("must be no more than \(limit) characters") }
        if !matches(text, pattern) { problems.append("\(what) must match '\(pattern)'") }
        return problems
    }

    private static func matches(_ text: String, _ pattern: String) -> Bool {
        (try? RegularExpression.cached("^(?:\(pattern))$"))?.matches(text) ?? false
    }
}
