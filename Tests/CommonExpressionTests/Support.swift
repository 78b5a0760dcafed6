import StructuredData
import Testing

@testable import CommonExpression

/// Evaluates `source` on an object that a schema describes.
struct Subject {
    var schema: JSON = ["type": "object"]
    var object: JSON = [:]
    var isRoot = false

    func evaluate(_ source: String, costLimit: UInt64 = RuleValidator.callCostLimit) throws -> Evaluation {
        let schema = StructuralSchema(schema, isRoot: isRoot)
        let declaration = try #require(Declaration.make(schema, name: "self"))
        let program = try CompiledExpression(source, variables: ["self": declaration.type])
        return program.evaluate(["self": try Value(object, schema: schema)], costLimit: costLimit)
    }

    /// What an expression without variables gives, as a text that tells types apart.
    static func shown(_ source: String) -> String {
        do {
            return show(try Subject().evaluate(source).result)
        } catch {
            return "error: \(error)"
        }
    }

    private static func show(_ result: Result<Value, EvaluationError>) -> String {
        switch result {
        case .success(let value): text(value)
        case .failure(let error): "error: \(error)"
        }
    }

    static func text(_ value: Value) -> String {
        switch value {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .int(let value): "\(value)"
        case .uint(let value): "\(value)u"
        case .double(let value): "\(value)"
        case .string(let text): "'\(text)'"
        case .bytes(let bytes): "b\(bytes)"
        case .duration(let nanoseconds): "duration(\(DurationText.text(nanoseconds)))"
        case .timestamp(let instant): "timestamp(\(instant.text))"
        case .list(let list): "[" + ((try? list.elements()) ?? []).map(text).joined(separator: ", ") + "]"
        case .map(let map):
            "{" + map.keys.map { "\(text($0)): \((try? map.get($0)).map(text) ?? "")" }.joined(separator: ", ") + "}"
        case .optional(let value): "optional(\(value.map(text) ?? ""))"
        case .type(let type): "\(type.erased)"
        case .quantity(let quantity): "quantity(\(quantity))"
        case .cidr(let network): "cidr(\(network.text))"
        case .ip(let address): "ip(\(address.text))"
        default: "\(value.type)"
        }
    }
}
