extension FunctionLibrary {
    /// Whole numbers do not wrap: overflow is an error.
    static let arithmetic = FunctionLibrary(
        """
        _+_ add_bytes(bytes, bytes) -> bytes
        _+_ add_double(double, double) -> double
        _+_ add_duration_duration(duration, duration) -> duration
        _+_ add_duration_timestamp(duration, timestamp) -> timestamp
        _+_ add_timestamp_duration(timestamp, duration) -> timestamp
        _+_ add_int64(int, int) -> int
        _+_ add_list(list(A), list(A)) -> list(A)
        _+_ add_string(string, string) -> string
        _+_ add_uint64(uint, uint) -> uint
        _-_ subtract_double(double, double) -> double
        _-_ subtract_duration_duration(duration, duration) -> duration
        _-_ subtract_int64(int, int) -> int
        _-_ subtract_timestamp_duration(timestamp, duration) -> timestamp
        _-_ subtract_timestamp_timestamp(timestamp, timestamp) -> duration
        _-_ subtract_uint64(uint, uint) -> uint
        _*_ multiply_double(double, double) -> double
        _*_ multiply_int64(int, int) -> int
        _*_ multiply_uint64(uint, uint) -> uint
        _/_ divide_double(double, double) -> double
        _/_ divide_int64(int, int) -> int
        _/_ divide_uint64(uint, uint) -> uint
        _%_ modulo_int64(int, int) -> int
        _%_ modulo_uint64(uint, uint) -> uint
        -_ negate_double(double) -> double
        -_ negate_int64(int) -> int
        """,
        [
            Operator.add: { arguments throws(EvaluationError) in try sum(arguments[0], arguments[1]) },
            Operator.subtract: { arguments throws(EvaluationError) in try difference(arguments[0], arguments[1]) },
            Operator.multiply: { arguments throws(EvaluationError) in
                switch (arguments[0], arguments[1]) {
                case (.int(let a), .int(let b)): .int(try checked(a.multipliedReportingOverflow(by: b)))
                case (.uint(let a), .uint(let b)): .uint(try checked(a.multipliedReportingOverflow(by: b)))
                case (.double(let a), .double(let b)): .double(a * b)
                default: throw .noSuchOverload
                }
            },
            Operator.divide: { arguments throws(EvaluationError) in
                switch (arguments[0], arguments[1]) {
                case (.int, .int(0)), (.uint, .uint(0)): throw .invalid("division by zero")
                case (.int(let a), .int(let b)): .int(try checked(a.dividedReportingOverflow(by: b)))
                case (.uint(let a), .uint(let b)): .uint(a / b)
                case (.double(let a), .double(let b)): .double(a / b)
                default: throw .noSuchOverload
                }
            },
            Operator.modulo: { arguments throws(EvaluationError) in
                switch (arguments[0], arguments[1]) {
                case (.int, .int(0)), (.uint, .uint(0)): throw .invalid("modulus by zero")
                case (.int(let a), .int(let b)): .int(try checked(a.remainderReportingOverflow(dividingBy: b)))
                case (.uint(let a), .uint(let b)): .uint(a % b)
                default: throw .noSuchOverload
                }
            },
            Operator.negate: { arguments throws(EvaluationError) in
                switch arguments[0] {
                case .int(let value): .int(try checked(Int64(0).subtractingReportingOverflow(value)))
                case .double(let value): .double(-value)
                default: throw .noSuchOverload
                }
            },
        ])

    private static func checked<T>(_ result: (partialValue: T, overflow: Bool)) throws(EvaluationError) -> T {
        guard !result.overflow else { throw .overflow }
        return result.partialValue
    }

    private static func later(_ instant: Instant, _ nanoseconds: Int64) throws(EvaluationError) -> Value {
        guard let sum = instant.adding(nanoseconds) else { throw .invalid("timestamp overflow") }
        return .timestamp(sum)
    }

    private static func sum(_ left: Value, _ right: Value) throws(EvaluationError) -> Value {
        switch (left, right) {
        case (.int(let a), .int(let b)): return .int(try checked(a.addingReportingOverflow(b)))
        case (.uint(let a), .uint(let b)): return .uint(try checked(a.addingReportingOverflow(b)))
        case (.double(let a), .double(let b)): return .double(a + b)
        case (.string(let a), .string(let b)): return .string(a + b)
        case (.bytes(let a), .bytes(let b)): return .bytes(a + b)
        case (.list(let a), .list(let b)): return .list(try a.adding(b))
        case (.duration(let a), .duration(let b)): return .duration(try checked(a.addingReportingOverflow(b)))
        case (.duration(let a), .timestamp(let b)), (.timestamp(let b), .duration(let a)): return try later(b, a)
        default: throw .noSuchOverload
        }
    }

    private static func difference(_ left: Value, _ right: Value) throws(EvaluationError) -> Value {
        switch (left, right) {
        case (.int(let a), .int(let b)): return .int(try checked(a.subtractingReportingOverflow(b)))
        case (.uint(let a), .uint(let b)): return .uint(try checked(a.subtractingReportingOverflow(b)))
        case (.double(let a), .double(let b)): return .double(a - b)
        case (.duration(let a), .duration(let b)): return .duration(try checked(a.subtractingReportingOverflow(b)))
        case (.timestamp(let a), .duration(let b)):
            return try later(a, try checked(Int64(0).subtractingReportingOverflow(b)))
        case (.timestamp(let a), .timestamp(let b)):
            guard let duration = a.since(b) else { throw .overflow }
            return .duration(duration)
        default: throw .noSuchOverload
        }
    }
}
