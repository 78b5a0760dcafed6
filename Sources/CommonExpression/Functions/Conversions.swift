extension FunctionLibrary {
    static let conversions = FunctionLibrary(
        """
        bool bool_to_bool(bool) -> bool
        bool string_to_bool(string) -> bool
        bytes bytes_to_bytes(bytes) -> bytes
        bytes string_to_bytes(string) -> bytes
        double double_to_double(double) -> double
        double int64_to_double(int) -> double
        double string_to_double(string) -> double
        double uint64_to_double(uint) -> double
        duration duration_to_duration(duration) -> duration
        duration int64_to_duration(int) -> duration
        duration string_to_duration(string) -> duration
        int int64_to_int64(int) -> int
        int double_to_int64(double) -> int
        int duration_to_int64(duration) -> int
        int string_to_int64(string) -> int
        int timestamp_to_int64(timestamp) -> int
        int uint64_to_int64(uint) -> int
        string string_to_string(string) -> string
        string bool_to_string(bool) -> string
        string bytes_to_string(bytes) -> string
        string double_to_string(double) -> string
        string duration_to_string(duration) -> string
        string int64_to_string(int) -> string
        string timestamp_to_string(timestamp) -> string
        string uint64_to_string(uint) -> string
        timestamp timestamp_to_timestamp(timestamp) -> timestamp
        timestamp int64_to_timestamp(int) -> timestamp
        timestamp string_to_timestamp(string) -> timestamp
        uint uint64_to_uint64(uint) -> uint
        uint double_to_uint64(double) -> uint
        uint int64_to_uint64(int) -> uint
        uint string_to_uint64(string) -> uint
        """,
        [
            "bool": { arguments throws(EvaluationError) in
                switch arguments[0] {
                case .bool: return arguments[0]
                case .string("true"), .string("True"), .string("TRUE"), .string("t"), .string("1"): return .bool(true)
                case .string("false"), .string("False"), .string("FALSE"), .string("f"), .string("0"):
                    return .bool(false)
                case .string(let text): throw unreadable(text, "bool")
                default: throw .noSuchOverload
                }
            },
            "bytes": { arguments throws(EvaluationError) in
                switch arguments[0] {
                case .bytes: arguments[0]
                case .string(let text): .bytes(Array(text.utf8))
                default: throw .noSuchOverload
                }
            },
            "double": { arguments throws(EvaluationError) in
                switch arguments[0] {
                case .double: return arguments[0]
                case .int(let value): return .double(Double(value))
                case .uint(let value): return .double(Double(value))
                case .string(let text):
                    guard let value = Double(text) else { throw unreadable(text, "double") }
                    return .double(value)
                default: throw .noSuchOverload
                }
            },
            "int": { arguments throws(EvaluationError) in .int(try int(arguments[0])) },
            "uint": { arguments throws(EvaluationError) in .uint(try uint(arguments[0])) },
            "string": { arguments throws(EvaluationError) in .string(try string(arguments[0])) },
            "duration": { arguments throws(EvaluationError) in
                switch arguments[0] {
                case .duration: return arguments[0]
                case .int(let nanoseconds): return .duration(nanoseconds)
                case .string(let text):
                    guard let value = DurationText.parse(text) else { throw unreadable(text, "duration") }
                    return .duration(value)
                default: throw .noSuchOverload
                }
            },
            "timestamp": { arguments throws(EvaluationError) in
                switch arguments[0] {
                case .timestamp: return arguments[0]
                case .int(let seconds):
                    guard let value = Instant(seconds: seconds) else { throw .invalid("timestamp overflow") }
                    return .timestamp(value)
                case .string(let text):
                    guard let value = Instant(text) else { throw unreadable(text, "timestamp") }
                    return .timestamp(value)
                default: throw .noSuchOverload
                }
            },
        ])

    static func unreadable(_ text: String, _ type: String) -> EvaluationError {
        .invalid("type conversion error from 'string' to '\(type)': \(text)")
    }

    private static func int(_ value: Value) throws(EvaluationError) -> Int64 {
        switch value {
        case .int(let value): return value
        case .uint(let value):
            guard let exact = Int64(exactly: value) else { throw .overflow }
            return exact
        case .double(let value):
            // The bounds themselves are refused: a double cannot tell them from what lies beyond.
            guard value.isFinite, value > -9.223372036854775808e18, value < 9.223372036854775808e18 else {
                throw .overflow
            }
            return Int64(value)
        case .duration(let nanoseconds): return nanoseconds
        case .timestamp(let instant): return instant.seconds
        case .string(let text):
            guard let value = Int64(text) else { throw unreadable(text, "int") }
            return value
        default: throw .noSuchOverload
        }
    }

    private static func uint(_ value: Value) throws(EvaluationError) -> UInt64 {
        switch value {
        case .uint(let value): return value
        case .int(let value):
            guard let exact = UInt64(exactly: value) else { throw .overflow }
            return exact
        case .double(let value):
            guard value.isFinite, value >= 0, value < 1.8446744073709551616e19 else { throw .overflow }
            return UInt64(value)
        case .string(let text):
            guard let value = UInt64(text) else { throw unreadable(text, "uint") }
            return value
        default: throw .noSuchOverload
        }
    }

    private static func string(_ value: Value) throws(EvaluationError) -> String {
        switch value {
        case .string(let text): return text
        case .bool(let value): return value ? "true" : "false"
        case .int(let value): return String(value)
        case .uint(let value): return String(value)
        case .double(let value): return doubleText(value)
        case .duration(let nanoseconds): return DurationText.text(nanoseconds)
        case .timestamp(let instant): return instant.text
        case .bytes(let bytes):
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw .invalid("invalid UTF-8 in bytes, cannot convert to string")
            }
            return text
        default: throw .noSuchOverload
        }
    }

    /// The shortest text that reads back as the same number; without a point for whole numbers.
    static func doubleText(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        var text = "\(value)"
        if text.hasSuffix(".0") { text.removeLast(2) }
        return text.replacing(".0e", with: "e")
    }
}
