import KubernetesModel
import StructuredData

/// A value of the language.
indirect enum Value: Sendable {
    case null
    case bool(Bool)
    case int(Int64)
    case uint(UInt64)
    case double(Double)
    case string(String)
    case bytes([UInt8])
    /// In nanoseconds.
    case duration(Int64)
    case timestamp(Instant)
    case list(ListValue)
    case map(MapValue)
    case optional(Value?)
    case type(ExpressionType)
    case quantity(Quantity)
    case semver(SemanticVersion)
    case url(URLText)
    case ip(IPAddress)
    case cidr(IPNetwork)
    case format(NamedFormat)
    /// Data that the schema does not describe: kept, and comparable, but not accessible.
    case unknown(JSON)
}

extension Value {
    /// Without parameters: what `type(x)` gives.
    var type: ExpressionType {
        switch self {
        case .null: .null
        case .bool: .bool
        case .int: .int
        case .uint: .uint
        case .double: .double
        case .string: .string
        case .bytes: .bytes
        case .duration: .duration
        case .timestamp: .timestamp
        case .list: .list(.dynamic)
        case .map: .map(.dynamic, .dynamic)
        case .optional: .optional(.dynamic)
        case .type: .type(.dynamic)
        case .quantity: .library(.quantity)
        case .semver: .library(.semver)
        case .url: .library(.url)
        case .ip: .library(.ip)
        case .cidr: .library(.cidr)
        case .format: .library(.format)
        case .unknown: .dynamic
        }
    }

    init(_ literal: Expression.Literal) {
        switch literal {
        case .null: self = .null
        case .bool(let value): self = .bool(value)
        case .int(let value): self = .int(value)
        case .uint(let value): self = .uint(value)
        case .double(let value): self = .double(value)
        case .string(let value): self = .string(value)
        case .bytes(let value): self = .bytes(value)
        }
    }

    static func list(_ values: [Value]) -> Value { .list(ListValue(values)) }

    /// The size that costs are counted by; `nil`: it has none, and counts as 1.
    var size: Int? {
        switch self {
        case .string(let text): text.unicodeScalars.count
        case .bytes(let bytes): bytes.count
        case .list(let list): list.count
        case .map(let map): map.count
        case .optional(let wrapped): wrapped?.size
        case .ip(let address): address.bytes.count
        case .cidr(let network): network.address.bytes.count
        case .url(let url): url.text.utf8.count
        default: nil
        }
    }

    /// As in messages such as `no such key: x`.
    var shown: String {
        switch self {
        case .string(let text): text
        case .int(let value): String(value)
        case .uint(let value): String(value)
        case .bool(let value): String(value)
        default: type.erased.description
        }
    }
}
