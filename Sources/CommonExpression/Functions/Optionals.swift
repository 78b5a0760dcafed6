import KubernetesModel

extension FunctionLibrary {
    /// `or` and `orValue` are implemented by the evaluator, which evaluates their argument only where it is needed.
    static let optionals = FunctionLibrary(
        """
        optional.of optional_of(A) -> optional(A)
        optional.ofNonZeroValue optional_ofNonZeroValue(A) -> optional(A)
        optional.none optional_none() -> optional(A)
        optional.unwrap optional_unwrap(list(optional(A))) -> list(A)
        unwrapOpt .optional_unwrapOpt(list(optional(A))) -> list(A)
        value .optional_value(optional(A)) -> A
        hasValue .optional_hasValue(optional(A)) -> bool
        or .optional_or_optional(optional(A), optional(A)) -> optional(A)
        orValue .optional_orValue_value(optional(A), A) -> A
        first .list_first(list(A)) -> optional(A)
        last .list_last(list(A)) -> optional(A)
        """,
        [
            "optional.of": { arguments throws(EvaluationError) in .optional(arguments[0]) },
            "optional.ofNonZeroValue": { arguments throws(EvaluationError) in
                .optional(arguments[0].isZero ? nil : arguments[0])
            },
            "optional.none": { _ throws(EvaluationError) in .optional(nil) },
            "optional.unwrap": { arguments throws(EvaluationError) in try unwrapped(arguments[0]) },
            "unwrapOpt": { arguments throws(EvaluationError) in try unwrapped(arguments[0]) },
            "value": { arguments throws(EvaluationError) in
                guard let value = try arguments[0].optional() else { throw .invalid("optional.none() dereference") }
                return value
            },
            "hasValue": { arguments throws(EvaluationError) in .bool(try arguments[0].optional() != nil) },
            "first": { arguments throws(EvaluationError) in
                let list = try arguments[0].list()
                return .optional(list.count == 0 ? nil : try list.element(0))
            },
            "last": { arguments throws(EvaluationError) in
                let list = try arguments[0].list()
                return .optional(list.count == 0 ? nil : try list.element(list.count - 1))
            },
        ])

    private static func unwrapped(_ list: Value) throws(EvaluationError) -> Value {
        var values: [Value] = []
        for element in try list.list().elements() {
            if let value = try element.optional() { values.append(value) }
        }
        return .list(values)
    }
}

extension Value {
    /// Whether it is the value that a field has when nothing is set.
    fileprivate var isZero: Bool {
        switch self {
        case .null: true
        case .bool(let value): !value
        case .int(let value): value == 0
        case .uint(let value): value == 0
        case .double(let value): value == 0
        case .duration(let value): value == 0
        case .string, .bytes, .list, .map: size == 0
        case .optional(let value): value == nil
        case .quantity(let value): value.isZero
        default: false
        }
    }
}
