extension FunctionLibrary {
    private static let summable = ["int", "uint", "double", "duration"]
    private static let comparable = ["int", "uint", "double", "bool", "duration", "timestamp", "string", "bytes"]

    /// Kubernetes' own functions on lists.
    static let lists = FunctionLibrary(
        (comparable.flatMap { type in
            [
                "isSorted .list_\(type)_is_sorted_bool(list(\(type))) -> bool",
                "max .list_\(type)_max_\(type)(list(\(type))) -> \(type)",
                "min .list_\(type)_min_\(type)(list(\(type))) -> \(type)",
            ]
        } + summable.map { "sum .list_\($0)_sum_\($0)(list(\($0))) -> \($0)" } + [
            "indexOf .list_a_index_of_int(list(A), A) -> int",
            "lastIndexOf .list_a_last_index_of_int(list(A), A) -> int",
        ]).joined(separator: "\n"),
        [
            "isSorted": { arguments throws(EvaluationError) in
                let elements = try arguments[0].list().elements()
                for (left, right) in zip(elements, elements.dropFirst())
                where try left.order(right).map({ $0 > 0 }) ?? false {
                    return .bool(false)
                }
                return .bool(true)
            },
            "sum": { arguments throws(EvaluationError) in try sum(try arguments[0].list().elements()) },
            "min": { arguments throws(EvaluationError) in
                try extreme(try arguments[0].list().elements(), "min") { $0 < 0 }
            },
            "max": { arguments throws(EvaluationError) in
                try extreme(try arguments[0].list().elements(), "max") { $0 > 0 }
            },
            "indexOf": { arguments throws(EvaluationError) in
                let list = try arguments[0].list()
                guard arguments.count == 2 else { throw .noSuchOverload }
                for index in 0..<list.count where try list.element(index).equals(arguments[1]) {
                    return .int(Int64(index))
                }
                return .int(-1)
            },
            "lastIndexOf": { arguments throws(EvaluationError) in
                let list = try arguments[0].list()
                guard arguments.count == 2 else { throw .noSuchOverload }
                for index in (0..<list.count).reversed() where try list.element(index).equals(arguments[1]) {
                    return .int(Int64(index))
                }
                return .int(-1)
            },
        ])

    private static func sum(_ elements: [Value]) throws(EvaluationError) -> Value {
        guard var total = elements.first else { return .int(0) }
        guard let add = arithmetic.implementations[Operator.add]?.first else { throw .noSuchOverload }
        for element in elements.dropFirst() { total = try add([total, element]) }
        return total
    }

    private static func extreme(
        _ elements: [Value], _ name: String, _ isBetter: (Int) -> Bool
    ) throws(EvaluationError) -> Value {
        guard var best = elements.first else { throw .invalid("\(name) called on empty list") }
        for element in elements.dropFirst() {
            if let order = try element.order(best), isBetter(order) { best = element }
        }
        return best
    }

    /// The list extension of the language.
    static let listTransformations = FunctionLibrary(
        ([
            "slice .list_slice(list(A), int, int) -> list(A)",
            "flatten .list_flatten(list(list(A))) -> list(A)",
            "flatten .list_flatten_int(list(dyn), int) -> list(dyn)",
            "lists.range lists_range(int) -> list(int)",
            "reverse .list_reverse(list(A)) -> list(A)",
            "distinct .list_distinct(list(A)) -> list(A)",
        ]
            + comparable.flatMap { type in
                [
                    "sort .list_\(type)_sort(list(\(type))) -> list(\(type))",
                    "@sortByAssociatedKeys .list_\(type)_sortByAssociatedKeys(list(A), list(\(type))) -> list(A)",
                ]
            }).joined(separator: "\n"),
        [
            "slice": { arguments throws(EvaluationError) in
                let elements = try arguments[0].list().elements()
                let (start, end) = (try arguments[1].int(), try arguments[2].int())
                guard start >= 0, end >= 0 else {
                    throw .invalid("cannot slice(\(start), \(end)), negative indexes not supported")
                }
                guard start <= end else {
                    throw .invalid(
                        "cannot slice(\(start), \(end)), start index must be less than or equal to end index")
                }
                guard end <= elements.count else {
                    throw .invalid("cannot slice(\(start), \(end)), list is length \(elements.count)")
                }
                return .list(Array(elements[Int(start)..<Int(end)]))
            },
            "flatten": { arguments throws(EvaluationError) in
                let depth = arguments.count > 1 ? try arguments[1].int() : 1
                guard depth >= 0 else { throw .invalid("level must be non-negative") }
                var flat: [Value] = []
                try flatten(try arguments[0].list(), depth, into: &flat)
                return .list(flat)
            },
            "lists.range": { arguments throws(EvaluationError) in
                let count = try arguments[0].int()
                // Far beyond what the cost of a rule allows; not made before the cost is counted.
                guard count <= 1_000_000 else { throw .costLimit }
                return .list((0..<max(count, 0)).map { .int($0) })
            },
            "reverse": { arguments throws(EvaluationError) in .list(try arguments[0].list().elements().reversed()) },
            "distinct": { arguments throws(EvaluationError) in
                var kept: [Value] = []
                for element in try arguments[0].list().elements() {
                    var isKnown = false
                    for other in kept where try other.equals(element) {
                        isKnown = true
                        break
                    }
                    if !isKnown { kept.append(element) }
                }
                return .list(kept)
            },
            "sort": { arguments throws(EvaluationError) in
                let elements = try arguments[0].list().elements()
                return .list(try sorted(elements, by: elements))
            },
            Operator.sortByKeys: { arguments throws(EvaluationError) in
                .list(try sorted(try arguments[0].list().elements(), by: try arguments[1].list().elements()))
            },
        ])

    private static func flatten(
        _ list: ListValue, _ depth: Int64, into flat: inout [Value]
    ) throws(EvaluationError) {
        for element in try list.elements() {
            if depth > 0, case .list(let inner) = element {
                try flatten(inner, depth - 1, into: &flat)
            } else {
                flat.append(element)
            }
        }
    }

    private static func sorted(_ elements: [Value], by keys: [Value]) throws(EvaluationError) -> [Value] {
        guard elements.count == keys.count else {
            throw .invalid("expected a list of the same size as the associated keys list")
        }
        guard let first = keys.first else { return [] }
        for key in keys {
            guard key.type.erased == first.type.erased else {
                throw .invalid("list elements must have the same type")
            }
            _ = try key.order(first)
        }
        // Keys of one type have an order, or are no numbers; those stay where they are.
        let order = keys.indices.sorted { left, right in
            (try? keys[left].order(keys[right])).flatMap { $0 } ?? 0 < 0
        }
        return order.map { elements[$0] }
    }
}
