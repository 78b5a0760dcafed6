/// A value that can be told apart by hashing: a map's key, a set's element.
///
/// Texts are the same only scalar by scalar, not by how Swift compares strings; whole numbers of any type are the same when
/// their values are.
enum ValueKey: Sendable, Hashable {
    case bool(Bool)
    case integer(Int64)
    case large(UInt64)
    case double(Double)
    case text([UInt8])
    case bytes([UInt8])
    case other(String)

    init(_ value: Value) throws(EvaluationError) {
        switch value {
        case .bool(let value): self = .bool(value)
        case .int(let value): self = .integer(value)
        case .uint(let value): self = Int64(exactly: value).map { .integer($0) } ?? .large(value)
        case .double(let value): self = Int64(exactly: value).map { .integer($0) } ?? .double(value)
        case .string(let text): self = .text(Array(text.utf8))
        case .bytes(let bytes): self = .bytes(bytes)
        case .duration(let nanoseconds): self = .other("duration \(nanoseconds)")
        case .timestamp(let instant): self = .other("timestamp \(instant.seconds) \(instant.nanoseconds)")
        case .null: self = .other("null")
        default: throw .invalid("unsupported key type: \(value.type.erased)")
        }
    }
}
