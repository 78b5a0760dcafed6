/// The type of an expression.
indirect enum ExpressionType: Sendable, Hashable {
    case null, bool, int, uint, double, string, bytes, duration, timestamp
    /// Known only when the expression runs.
    case dynamic
    case list(ExpressionType)
    case map(ExpressionType, ExpressionType)
    case optional(ExpressionType)
    /// The type of a type.
    case type(ExpressionType)
    /// An object whose fields a schema declares.
    case object(ObjectType)
    case library(LibraryType)
    /// To be found out by the checker.
    case variable(Int)

    /// The types that libraries add; each is equal only to itself.
    enum LibraryType: String, Sendable, Hashable, CaseIterable {
        case url = "kubernetes.URL"
        case quantity = "kubernetes.Quantity"
        case semver = "kubernetes.Semver"
        case format = "kubernetes.NamedFormat"
        case ip = "net.IP"
        case cidr = "net.CIDR"
    }
}

/// The fields that a schema declares, under the names by which expressions use them.
///
/// Two are the same type only if they come from the same place of the same schema.
final class ObjectType: Sendable, Hashable {
    let name: String
    let fields: [String: ExpressionType]

    init(name: String, fields: [String: ExpressionType]) {
        self.name = name
        self.fields = fields
    }

    static func == (left: ObjectType, right: ObjectType) -> Bool { left === right }
    func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}

extension ExpressionType: CustomStringConvertible {
    /// As error messages name it.
    var description: String {
        switch self {
        case .null: "null"
        case .bool: "bool"
        case .int: "int"
        case .uint: "uint"
        case .double: "double"
        case .string: "string"
        case .bytes: "bytes"
        case .duration: "google.protobuf.Duration"
        case .timestamp: "google.protobuf.Timestamp"
        case .dynamic: "dyn"
        case .list(let element): "list(\(element))"
        case .map(let key, let value): "map(\(key), \(value))"
        case .optional(let wrapped): "optional_type(\(wrapped))"
        case .type(let type): "type(\(type))"
        case .object(let object): object.name
        case .library(let library): library.rawValue
        case .variable(let number): "_var\(number)"
        }
    }

    /// What the name of the type is in expressions.
    var name: String {
        switch self {
        case .list: "list"
        case .map, .object: "map"
        case .optional: "optional_type"
        case .type: "type"
        case .null: "null_type"
        default: description
        }
    }

    /// Without its parameters: what `type(x)` compares.
    var erased: ExpressionType {
        switch self {
        case .list: .list(.dynamic)
        case .map, .object: .map(.dynamic, .dynamic)
        case .optional: .optional(.dynamic)
        case .type: .type(.dynamic)
        default: self
        }
    }

    /// The types that expressions can name.
    static let named: [String: ExpressionType] = [
        "bool": .bool, "int": .int, "uint": .uint, "double": .double, "string": .string, "bytes": .bytes,
        "list": .list(.dynamic), "map": .map(.dynamic, .dynamic), "null_type": .null, "type": .type(.dynamic),
        "optional_type": .optional(.dynamic), "dyn": .dynamic,
        "google.protobuf.Duration": .duration, "google.protobuf.Timestamp": .timestamp,
    ].merging(LibraryType.allCases.map { ($0.rawValue, .library($0)) }) { first, _ in first }
}
