public import StructuredData

/// One step from a value to a part of it, as ownership of fields is written down.
public enum PathElement: Sendable, Hashable {
    /// A member of an object.
    case field(String)
    /// The item of a list whose members have these values; the members are sorted by name.
    case key([KeyMember])
    /// The item of a set.
    case value(JSON)
    /// The item at a position; kept where it is read, never made here.
    case index(Int)

    public struct KeyMember: Sendable, Hashable {
        public var name: String
        public var value: JSON

        public init(name: String, value: JSON) {
            self.name = name
            self.value = value
        }
    }
}

extension PathElement: CustomStringConvertible {
    /// As conflict messages write it: `.spec`, `[name="x"]`, `[="x"]`, `[0]`.
    public var description: String {
        switch self {
        case .field(let name): ".\(name)"
        case .key(let members): "[\(members.map { "\($0.name)=\($0.value.text())" }.joined(separator: ","))]"
        case .value(let value): "[=\(value.text())]"
        case .index(let index): "[\(index)]"
        }
    }
}

extension PathElement: Comparable {
    public static func < (left: PathElement, right: PathElement) -> Bool {
        switch (left, right) {
        case (.field(let a), .field(let b)): a < b
        case (.index(let a), .index(let b)): a < b
        default: left.rank != right.rank ? left.rank < right.rank : left.description < right.description
        }
    }

    private var rank: Int {
        switch self {
        case .field: 0
        case .key: 1
        case .value: 2
        case .index: 3
        }
    }
}

extension PathElement {
    /// Reads a member name of fieldsV1: `f:spec`, `k:{"name":"x"}`, `v:"x"`, `i:0`. `nil` for anything else.
    init?(fieldsV1 text: String) {
        let content = String(text.dropFirst(2))
        switch text.prefix(2) {
        case "f:":
            self = .field(content)
        case "k:":
            guard case .object(let members) = try? JSON.parse(content), !members.isEmpty else { return nil }
            self = .key(members.map { KeyMember(name: $0.key, value: $0.value) }.sorted { $0.name < $1.name })
        case "v:":
            guard let value = try? JSON.parse(content) else { return nil }
            self = .value(value)
        case "i:":
            guard let index = Int(content) else { return nil }
            self = .index(index)
        default:
            return nil
        }
    }

    /// The member name in fieldsV1.
    var fieldsV1: String {
        switch self {
        case .field(let name): "f:\(name)"
        case .key(let members): "k:\(JSON.object(JSONObject(members.map { ($0.name, $0.value) })).text())"
        case .value(let value): "v:\(value.text())"
        case .index(let index): "i:\(index)"
        }
    }
}
