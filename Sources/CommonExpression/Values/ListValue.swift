import StructuredData

/// A list: made by an expression, or part of an object.
struct ListValue: Sendable {
    private enum Storage: Sendable {
        case values([Value])
        /// Read by the schema of the list, when an element is asked for.
        case data([JSON], StructuralSchema)
    }

    private var storage: Storage

    init(_ values: [Value]) { storage = .values(values) }

    /// - Parameter schema: of the list itself.
    init(_ elements: [JSON], schema: StructuralSchema) { storage = .data(elements, schema) }

    var count: Int {
        switch storage {
        case .values(let values): values.count
        case .data(let elements, _): elements.count
        }
    }

    /// How the schema says that it is merged and compared.
    var listType: StructuralSchema.ListType {
        switch storage {
        case .values: .atomic
        case .data(_, let schema): schema.listType
        }
    }

    /// - Precondition: `index` lies within the list.
    func element(_ index: Int) throws(EvaluationError) -> Value {
        switch storage {
        case .values(let values): return values[index]
        case .data(let elements, let schema): return try Value(elements[index], schema: schema.items)
        }
    }

    func elements() throws(EvaluationError) -> [Value] {
        guard case .data(let elements, let schema) = storage else {
            if case .values(let values) = storage { return values }
            return []
        }
        var values: [Value] = []
        values.reserveCapacity(elements.count)
        for element in elements { values.append(try Value(element, schema: schema.items)) }
        return values
    }

    /// Adds an element in place.
    mutating func append(_ value: Value) throws(EvaluationError) {
        guard case .values(var values) = storage else {
            storage = .values(try elements() + [value])
            return
        }
        storage = .values([])
        values.append(value)
        storage = .values(values)
    }
}

extension ListValue {
    /// Concatenation, which for sets is a union, and for maps a merge by key.
    func adding(_ other: ListValue) throws(EvaluationError) -> ListValue {
        var sum = try elements()
        switch listType {
        case .atomic: sum += try other.elements()
        case .set:
            var known = Set<ValueKey>()
            for value in sum { known.insert(try ValueKey(value)) }
            for value in try other.elements() where known.insert(try ValueKey(value)).inserted { sum.append(value) }
        case .map(let keys):
            var places: [[ValueKey?]: Int] = [:]
            for (index, value) in sum.enumerated() { places[try value.identity(keys)] = index }
            for value in try other.elements() {
                let identity = try value.identity(keys)
                if let index = places[identity] {
                    sum[index] = value
                } else {
                    places[identity] = sum.count
                    sum.append(value)
                }
            }
        }
        return ListValue(sum)
    }

    func equals(_ other: ListValue) throws(EvaluationError) -> Bool {
        guard count == other.count else { return false }
        let (left, right) = (try elements(), try other.elements())
        switch listType {
        case .atomic:
            for (a, b) in zip(left, right) where try !a.equals(b) { return false }
            return true
        case .set:
            var keys = Set<ValueKey>()
            for value in left { keys.insert(try ValueKey(value)) }
            var seen = Set<ValueKey>()
            for value in right {
                let key = try ValueKey(value)
                guard keys.contains(key) else { return false }
                seen.insert(key)
            }
            return seen.count == keys.count
        case .map(let keys):
            var byIdentity: [[ValueKey?]: Value] = [:]
            for value in left { byIdentity[try value.identity(keys)] = value }
            var seen = Set<[ValueKey?]>()
            for value in right {
                let identity = try value.identity(keys)
                guard let own = byIdentity[identity], try own.equals(value) else { return false }
                seen.insert(identity)
            }
            return seen.count == byIdentity.count
        }
    }

    func contains(_ value: Value) throws(EvaluationError) -> Bool {
        for index in 0..<count where try element(index).equals(value) { return true }
        return false
    }
}

extension Value {
    /// The values of the fields that tell the elements of a list of type `map` apart.
    fileprivate func identity(_ fields: [String]) throws(EvaluationError) -> [ValueKey?] {
        guard case .map(let map) = self else {
            throw .invalid("unexpected data format for element of array with x-kubernetes-list-type=map")
        }
        var identity: [ValueKey?] = []
        for field in fields {
            guard let value = try map.find(.string(field)) else {
                identity.append(nil)
                continue
            }
            identity.append(try ValueKey(value))
        }
        return identity
    }
}
