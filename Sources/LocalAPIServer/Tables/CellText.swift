import KubernetesModel
import StructuredData

/// The texts of table cells.
enum CellText {
    static func name(_ object: JSON) -> JSON { object["metadata"]?["name"] ?? "" }

    static func age(_ object: JSON, _ now: Int64) -> JSON {
        .string(since(object["metadata"]?["creationTimestamp"]?.stringValue, now))
    }

    static func since(_ time: String?, _ now: Int64) -> String {
        guard let time, let seconds = Timestamp.seconds(time) else { return "<unknown>" }
        return duration(now - seconds)
    }

    /// A duration for people, as kubectl writes it: two units while they matter (`5d3h`), one later.
    static func duration(_ seconds: Int64) -> String {
        if seconds < -1 { return "<invalid>" }
        if seconds < 0 { return "0s" }
        if seconds < 60 * 2 { return "\(seconds)s" }
        let minutes = seconds / 60
        if minutes < 10 {
            let rest = seconds % 60
            return rest == 0 ? "\(minutes)m" : "\(minutes)m\(rest)s"
        }
        if minutes < 60 * 3 { return "\(minutes)m" }
        let hours = minutes / 60
        if hours < 8 {
            let rest = minutes % 60
            return rest == 0 ? "\(hours)h" : "\(hours)h\(rest)m"
        }
        if hours < 48 { return "\(hours)h" }
        let days = hours / 24
        if hours < 24 * 8 {
            let rest = hours % 24
            return rest == 0 ? "\(days)d" : "\(days)d\(rest)h"
        }
        if days < 365 * 2 { return "\(days)d" }
        let years = days / 365
        if days < 365 * 8 {
            let rest = days % 365
            return rest == 0 ? "\(years)y" : "\(years)y\(rest)d"
        }
        return "\(years)y"
    }

    /// The cell of a CustomResourceDefinition's column.
    static func custom(_ path: JSONPath, _ type: String, _ object: JSON, _ now: Int64) -> JSON {
        let values = path.values(in: object)
        guard let first = values.first else { return .null }
        switch type {
        case "date": return first.stringValue.map { .string(since($0, now)) } ?? .null
        // What is not of the column's type is not shown.
        case "integer":
            return first.doubleValue.flatMap { Int64(exactly: $0.rounded(.towardZero)) }.map(JSON.integer) ?? .null
        case "number": return first.doubleValue == nil ? .null : first
        case "boolean": return first.boolValue == nil ? .null : first
        default:
            if values.count == 1, let text = first.stringValue { return .string(text) }
            return .string(values.map { $0.stringValue ?? $0.text() }.joined(separator: ","))
        }
    }

    /// A label selector in the syntax of queries.
    static func selector(_ selector: JSON?) -> JSON {
        guard let selector, let parsed = try? selector.decode(LabelSelector.self),
            let expression = try? parsed.expression(), !expression.requirements.isEmpty
        else { return "<none>" }
        return .string(expression.description)
    }

    static func labels(_ labels: JSON?) -> JSON {
        let pairs = (labels?.objectValue ?? [:]).map { "\($0.key)=\($0.value.stringValue ?? "")" }
        return pairs.isEmpty ? "<none>" : .string(pairs.sorted().joined(separator: ","))
    }

    /// The first few of several texts, and how many more there are.
    static func list(_ texts: [String], orNone none: String, most: Int = 3, separator: String = ",") -> JSON {
        if texts.isEmpty { return .string(none) }
        let more = texts.count > most ? " + \(texts.count - most) more..." : ""
        return .string(texts.prefix(most).joined(separator: separator) + more)
    }

    /// Where a load balancer is reached.
    static func loadBalancer(_ status: JSON?) -> String {
        let places = (status?["loadBalancer"]?["ingress"]?.arrayValue ?? []).compactMap {
            $0["ip"]?.stringValue ?? $0["hostname"]?.stringValue
        }
        return Set(places).sorted().joined(separator: ",")
    }

    /// The names, or images, of a template's containers.
    static func containers(_ template: JSON?, _ member: String) -> JSON {
        let texts = (template?["spec"]?["containers"]?.arrayValue ?? []).compactMap { $0[member]?.stringValue }
        return .string(texts.joined(separator: ","))
    }
}
