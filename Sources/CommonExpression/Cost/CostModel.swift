/// The units in which the work of expressions is counted, and what calls cost when they run. The numbers are those of cel-go
/// and of Kubernetes' libraries: a rule must be within the same budget here as on a real server.
enum CostModel {
    static let listCreation: UInt64 = 10
    static let mapCreation: UInt64 = 30
    /// A scalar of a text that is gone over once.
    static let traversal = 0.1
    /// A scalar of a pattern.
    static let patternScalar = 0.25
    /// What a format's pattern counts as.
    static let formatPatternLength: UInt64 = 128
    static let longestFormat: UInt64 = 64

    private static func scaled(_ size: Double, _ factor: Double) -> UInt64 { UInt64((size * factor).rounded(.up)) }

    /// - Parameter arguments: with the receiver first.
    static func callCost(_ function: String, _ arguments: [Value], _ result: Value) -> UInt64 {
        func size(_ index: Int) -> Double { index < arguments.count ? Double(arguments[index].size ?? 1) : 1 }
        switch function {
        case "isSorted", "sum", "max", "min", "indexOf", "lastIndexOf": return traversalCost(arguments[0])
        case "url", "lowerAscii", "upperAscii", "substring", "trim", "cidr", "isIP", "isCIDR", "quantity",
            "isQuantity", "semver", "isSemver":
            return scaled(size(0), traversal)
        case "ip":
            if case .cidr = arguments[0] { return 1 }
            return scaled(size(0), traversal)
        case "replace", "split", "ip.isCanonical": return scaled(size(0), 2 * traversal)
        case "join": return scaled(Double(result.size ?? 1), 2 * traversal)
        case "find", "findAll", "matches":
            return scaled(1 + size(0), traversal) * scaled(size(1), patternScalar)
        case "validate": return scaled(1 + size(1), traversal) * scaled(Double(formatPatternLength), patternScalar)
        case "containsIP", "containsCIDR":
            let isText = if case .string? = arguments.last { true } else { false }
            var cost = scaled(2 * size(0), traversal) + (isText ? scaled(size(1), traversal) : 0)
            if function == "containsCIDR" { cost += scaled(size(0), traversal) + 1 }
            return cost
        case "slice", "lists.range", "reverse": return listCost(Double(result.size ?? 0), 1)
        case "flatten":
            var depth = 1.0
            if arguments.count > 1, case .int(let given) = arguments[1] { depth = Double(given) }
            return listCost(size(0), depth)
        case "distinct", "sort": return comparisonCost(arguments[0])
        case Operator.sortByKeys: return comparisonCost(arguments[1])
        case "sets.contains", "sets.intersects": return 1 + UInt64(size(0) * size(1))
        case "sets.equivalent": return 1 + UInt64(size(0) * size(1) * 2)
        case Operator.equal, Operator.notEqual: return equalityCost(arguments)
        default: return standardCost(function, arguments)
        }
    }

    private static func standardCost(_ function: String, _ arguments: [Value]) -> UInt64 {
        func size(_ index: Int) -> Double { Double(arguments[index].size ?? 1) }
        switch (function, arguments.first) {
        case ("startsWith", _), ("endsWith", _): return scaled(size(1), traversal)
        case ("format", _), ("strings.quote", _), ("bytes", .string),
            ("string", .bytes):
            return scaled(size(0), traversal)
        case (Operator.membership, _):
            if case .list = arguments[1] { return UInt64(size(1)) }
            return 1
        case (Operator.less, .string), (Operator.lessOrEqual, .string), (Operator.greater, .string),
            (Operator.greaterOrEqual, .string), (Operator.less, .bytes), (Operator.lessOrEqual, .bytes),
            (Operator.greater, .bytes), (Operator.greaterOrEqual, .bytes):
            return scaled(min(size(0), size(1)), traversal)
        case (Operator.add, .string), (Operator.add, .bytes): return scaled(size(0) + size(1), traversal)
        case ("contains", _): return scaled(size(0), traversal) * scaled(size(1), traversal)
        default: return 1
        }
    }

    private static func equalityCost(_ arguments: [Value]) -> UInt64 {
        switch arguments[0] {
        case .quantity, .ip, .cidr, .format, .url, .semver: 1
        default: scaled(Double(min(arguments[0].size ?? 1, arguments[1].size ?? 1)), traversal)
        }
    }

    private static func listCost(_ size: Double, _ factor: Double) -> UInt64 {
        UInt64(min(size * factor, 1e18)) + 1 + listCreation
    }

    /// Of every element with every other.
    private static func comparisonCost(_ value: Value) -> UInt64 {
        guard case .list(let list) = value, list.count > 0 else { return 1 + listCreation }
        var factor = 2.0
        switch try? list.element(0) {
        case .string, .bytes: factor += traversal
        default: break
        }
        return listCost(Double(list.count) * Double(list.count), factor)
    }

    private static func traversalCost(_ value: Value) -> UInt64 {
        switch value {
        case .string(let text): UInt64(Double(text.utf8.count) * traversal)
        case .bytes(let bytes): UInt64(Double(bytes.count) * traversal)
        case .list(let list):
            ((try? list.elements()) ?? []).reduce(0) { $0 + traversalCost($1) }
        case .map(let map):
            map.keys.reduce(0) { sum, key in
                sum + traversalCost(key) + (((try? map.find(key)) ?? nil).map(traversalCost) ?? 0)
            }
        default: 1
        }
    }
}
