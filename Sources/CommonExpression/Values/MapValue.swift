import StructuredData

/// A map: made by an expression, or an object, whose fields go by the names of `FieldName`.
struct MapValue: Sendable {
    private enum Storage: Sendable {
        case entries(keys: [Value], values: [ValueKey: Value])
        /// Read by the schema of the object, when a field is asked for.
        case data(JSONObject, StructuralSchema)
    }

    private var storage: Storage

    init() { storage = .entries(keys: [], values: [:]) }

    /// - Parameter schema: of the object itself.
    init(_ members: JSONObject, schema: StructuralSchema) { storage = .data(members, schema) }

    var count: Int {
        switch storage {
        case .entries(let keys, _): keys.count
        case .data(let members, _): members.count
        }
    }

    /// The value of a key; `nil` where there is none.
    func find(_ key: Value) throws(EvaluationError) -> Value? {
        switch storage {
        case .entries(_, let values):
            guard let key = try? ValueKey(key) else { return nil }
            return values[key]
        case .data(let members, let schema):
            guard case .string(let name) = key else { throw .noSuchOverload }
            return try Self.find(name, in: members, schema)
        }
    }

    private static func find(
        _ name: String, in members: JSONObject, _ schema: StructuralSchema
    ) throws(EvaluationError) -> Value? {
        guard schema.hasDeclaredProperties else {
            guard let additional = schema.additionalProperties, let member = members[name] else { return nil }
            return try Value(member, schema: additional)
        }
        // A null in an optional field is the same as its absence.
        guard let field = FieldName.unescaped(name), let member = members[field], !member.isNull,
            let property = schema.properties[field]
        else { return nil }
        return try Value(member, schema: property)
    }

    func get(_ key: Value) throws(EvaluationError) -> Value {
        guard let value = try find(key) else { throw .noSuchKey(key.shown) }
        return value
    }

    /// What a fold goes over: the declared fields of an object, every key of a map.
    var keys: [Value] {
        switch storage {
        case .entries(let keys, _): return keys
        case .data(let members, let schema):
            if schema.hasDeclaredProperties {
                return members.keys.filter { schema.properties[$0] != nil }
                    .map { .string(FieldName.escaped($0) ?? $0) }
            }
            return schema.additionalProperties == nil ? [] : members.keys.map { .string($0) }
        }
    }

    /// - Throws: where the key is there, or can be none.
    mutating func insert(_ value: Value, for key: Value) throws(EvaluationError) {
        guard case .entries(var keys, var values) = storage else {
            var copy = MapValue()
            for known in self.keys { try copy.insert(try get(known), for: known) }
            self = copy
            return try insert(value, for: key)
        }
        let hashed = try ValueKey(key)
        guard values[hashed] == nil else { throw .invalid("insert failed: key \(key.shown) already exists") }
        storage = .entries(keys: [], values: [:])
        keys.append(key)
        values[hashed] = value
        storage = .entries(keys: keys, values: values)
    }

    func equals(_ other: MapValue) throws(EvaluationError) -> Bool {
        guard count == other.count else { return false }
        for key in keys {
            guard let left = try find(key), let right = try other.find(key) else {
                if try (find(key) == nil) != (other.find(key) == nil) { return false }
                continue
            }
            if try !left.equals(right) { return false }
        }
        return sameUndeclared(as: other)
    }

    /// Whether what the schema does not describe is the same, as far as a real server looks: it compares the fields that
    /// both have.
    private func sameUndeclared(as other: MapValue) -> Bool {
        guard case .data(let members, let schema) = storage, case .data(let others, _) = other.storage,
            schema.hasDeclaredProperties || schema.additionalProperties == nil
        else { return true }
        return members.allSatisfy { name, value in
            schema.properties[name] != nil || others[name] == nil || others[name] == value
        }
    }
}
