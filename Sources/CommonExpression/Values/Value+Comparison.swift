extension Value {
    /// Whether two values are equal; values of different types are not, but for numbers.
    func equals(_ other: Value) throws(EvaluationError) -> Bool {
        switch (self, other) {
        case (.null, .null): return true
        case (.bool(let a), .bool(let b)): return a == b
        case (.string(let a), .string(let b)): return a.utf8.elementsEqual(b.utf8)
        case (.bytes(let a), .bytes(let b)): return a == b
        case (.duration(let a), .duration(let b)): return a == b
        case (.timestamp(let a), .timestamp(let b)): return a == b
        case (.list(let a), .list(let b)): return try a.equals(b)
        case (.map(let a), .map(let b)): return try a.equals(b)
        case (.optional(let a), .optional(let b)):
            guard let a, let b else { return a == nil && b == nil }
            return try a.equals(b)
        case (.type(let a), .type(let b)): return a.erased == b.erased
        case (.quantity(let a), .quantity(let b)): return a == b
        case (.semver(let a), .semver(let b)): return a.order(b) == 0
        case (.url(let a), .url(let b)): return a.text.utf8.elementsEqual(b.text.utf8)
        case (.ip(let a), .ip(let b)): return a == b
        case (.cidr(let a), .cidr(let b)): return a == b
        case (.format(let a), .format(let b)): return a == b
        case (.unknown(let a), .unknown(let b)): return a == b
        default: return Self.numericOrder(self, other) == 0
        }
    }

    /// -1, 0 or 1 for numbers of any types; `nil` for what is no number or has no order.
    static func numericOrder(_ left: Value, _ right: Value) -> Int? {
        switch (left, right) {
        case (.int(let a), .int(let b)): order(a, b)
        case (.uint(let a), .uint(let b)): order(a, b)
        case (.double(let a), .double(let b)): order(a, b)
        case (.int(let a), .uint(let b)): a < 0 ? -1 : order(UInt64(a), b)
        case (.uint, .int): numericOrder(right, left).map { -$0 }
        case (.int(let a), .double(let b)): order(integer: a, b)
        case (.double, .int), (.double, .uint): numericOrder(right, left).map { -$0 }
        case (.uint(let a), .double(let b)): order(integer: a, b)
        default: nil
        }
    }

    private static func order<T: Comparable>(_ a: T, _ b: T) -> Int? { a < b ? -1 : a > b ? 1 : a == b ? 0 : nil }

    /// As doubles, as the specification says: large integers are rounded.
    private static func order<T: FixedWidthInteger>(integer a: T, _ b: Double) -> Int? { order(Double(a), b) }

    /// The order of two values of one type.
    /// - Throws: where the type has none; `nil` where a number is none.
    func order(_ other: Value) throws(EvaluationError) -> Int? {
        switch (self, other) {
        case (.bool(let a), .bool(let b)): return a == b ? 0 : (b ? -1 : 1)
        case (.string(let a), .string(let b)): return Self.order(a.utf8, b.utf8)
        case (.bytes(let a), .bytes(let b)): return Self.order(a, b)
        case (.duration(let a), .duration(let b)): return Self.order(a, b)
        case (.timestamp(let a), .timestamp(let b)): return Self.order(a, b)
        default:
            guard isNumber, other.isNumber else { throw .noSuchOverload }
            return Self.numericOrder(self, other)
        }
    }

    private static func order(_ a: some Sequence<UInt8>, _ b: some Sequence<UInt8>) -> Int {
        if a.lexicographicallyPrecedes(b) { return -1 }
        return b.lexicographicallyPrecedes(a) ? 1 : 0
    }

    var isNumber: Bool {
        switch self {
        case .int, .uint, .double: true
        default: false
        }
    }
}
