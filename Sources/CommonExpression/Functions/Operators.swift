extension FunctionLibrary {
    /// Those that decide what is evaluated are implemented by the evaluator.
    static let operators = FunctionLibrary(
        """
        _?_:_ conditional(bool, A, A) -> A
        _&&_ logical_and(bool, bool) -> bool
        _||_ logical_or(bool, bool) -> bool
        @not_strictly_false not_strictly_false(bool) -> bool
        !_ logical_not(bool) -> bool
        _==_ equals(A, A) -> bool
        _!=_ not_equals(A, A) -> bool
        dyn to_dyn(A) -> dyn
        type type(A) -> type(A)
        """,
        [
            Operator.not: { arguments throws(EvaluationError) in .bool(try !arguments[0].bool()) },
            Operator.equal: { arguments throws(EvaluationError) in .bool(try arguments[0].equals(arguments[1])) },
            Operator.notEqual: { arguments throws(EvaluationError) in .bool(try !arguments[0].equals(arguments[1])) },
            "dyn": { arguments throws(EvaluationError) in arguments[0] },
            "type": { arguments throws(EvaluationError) in .type(arguments[0].type) },
        ])

    static let comparisons = FunctionLibrary(
        [("_<_", "less"), ("_<=_", "less_equals"), ("_>_", "greater"), ("_>=_", "greater_equals")].map { name, id in
            let same = ["bool", "int64", "uint64", "double", "string", "bytes", "timestamp", "duration"]
            let numbers = ["int64", "uint64", "double"]
            func type(_ name: String) -> String { name.hasSuffix("64") ? String(name.dropLast(2)) : name }
            let alike = same.map { "\(name) \(id)_\($0)(\(type($0)), \(type($0))) -> bool" }
            let mixed = numbers.flatMap { left in
                numbers.filter { $0 != left }.map { right in
                    "\(name) \(id)_\(left)_\(right)(\(type(left)), \(type(right))) -> bool"
                }
            }
            return (alike + mixed).joined(separator: "\n")
        }.joined(separator: "\n"),
        [
            Operator.less: { arguments throws(EvaluationError) in
                .bool(try arguments[0].order(arguments[1]).map { $0 < 0 } ?? false)
            },
            Operator.lessOrEqual: { arguments throws(EvaluationError) in
                .bool(try arguments[0].order(arguments[1]).map { $0 <= 0 } ?? false)
            },
            Operator.greater: { arguments throws(EvaluationError) in
                .bool(try arguments[0].order(arguments[1]).map { $0 > 0 } ?? false)
            },
            Operator.greaterOrEqual: { arguments throws(EvaluationError) in
                .bool(try arguments[0].order(arguments[1]).map { $0 >= 0 } ?? false)
            },
        ])
}
