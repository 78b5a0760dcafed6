extension FunctionLibrary {
    static let containers = FunctionLibrary(
        """
        _[_] index_list(list(A), int) -> A
        _[_] index_map(map(A, B), A) -> B
        _[_] optional_list_index_value(optional(list(A)), int) -> optional(A)
        _[_] optional_map_index_value(optional(map(A, B)), A) -> optional(B)
        _[?_] list_optindex_optional_int(list(A), int) -> optional(A)
        _[?_] optional_list_optindex_optional_int(optional(list(A)), int) -> optional(A)
        _[?_] map_optindex_optional_value(map(A, B), A) -> optional(B)
        _[?_] optional_map_optindex_optional_value(optional(map(A, B)), A) -> optional(B)
        @in in_list(A, list(A)) -> bool
        @in in_map(A, map(A, B)) -> bool
        size size_string(string) -> int
        size .string_size(string) -> int
        size size_bytes(bytes) -> int
        size .bytes_size(bytes) -> int
        size size_list(list(A)) -> int
        size .list_size(list(A)) -> int
        size size_map(map(A, B)) -> int
        size .map_size(map(A, B)) -> int
        cel.@mapInsert @mapInsert_map_key_value(map(A, B), A, B) -> map(A, B)
        cel.@mapInsert @mapInsert_map_map(map(A, B), map(A, B)) -> map(A, B)
        """,
        [
            Operator.index: { arguments throws(EvaluationError) in
                guard case .optional(let wrapped) = arguments[0] else {
                    return try element(arguments[1], of: arguments[0])
                }
                guard let wrapped else { return .optional(nil) }
                return .optional(try existing(arguments[1], of: wrapped))
            },
            Operator.optionalIndex: { arguments throws(EvaluationError) in
                guard case .optional(let wrapped) = arguments[0] else {
                    return .optional(try existing(arguments[1], of: arguments[0]))
                }
                guard let wrapped else { return .optional(nil) }
                return .optional(try existing(arguments[1], of: wrapped))
            },
            Operator.membership: { arguments throws(EvaluationError) in
                switch arguments[1] {
                case .list(let list): .bool(try list.contains(arguments[0]))
                case .map(let map): .bool(try map.find(arguments[0]) != nil)
                default: throw .noSuchOverload
                }
            },
            "size": { arguments throws(EvaluationError) in
                switch arguments[0] {
                case .string, .bytes, .list, .map: .int(Int64(arguments[0].size ?? 0))
                default: throw .noSuchOverload
                }
            },
            Operator.insert: { arguments throws(EvaluationError) in
                guard case .map(var map) = arguments[0] else { throw .noSuchOverload }
                if arguments.count == 3 {
                    try map.insert(arguments[2], for: arguments[1])
                } else {
                    guard case .map(let more) = arguments[1] else { throw .noSuchOverload }
                    for key in more.keys { try map.insert(try more.get(key), for: key) }
                }
                return .map(map)
            },
        ])

    /// A whole number, of whatever type, as a place in a list.
    private static func place(_ index: Value) throws(EvaluationError) -> Int {
        switch index {
        case .int(let value): return Int(value)
        case .uint(let value): return Int(clamping: value)
        case .double(let value):
            guard let exact = Int(exactly: value) else { throw .invalid("unsupported index value: \(value)") }
            return exact
        default: throw .noSuchOverload
        }
    }

    private static func element(_ key: Value, of container: Value) throws(EvaluationError) -> Value {
        switch container {
        case .list(let list):
            let index = try place(key)
            guard (0..<list.count).contains(index) else { throw .invalid("index out of bounds: \(index)") }
            return try list.element(index)
        case .map(let map): return try map.get(key)
        default: throw .noSuchOverload
        }
    }

    private static func existing(_ key: Value, of container: Value) throws(EvaluationError) -> Value? {
        switch container {
        case .list(let list):
            let index = try place(key)
            return (0..<list.count).contains(index) ? try list.element(index) : nil
        case .map(let map): return try map.find(key)
        default: throw .noSuchOverload
        }
    }
}
