extension CostEstimator {
    /// An argument, as far as its cost goes.
    struct Operand {
        /// From a variable to it; empty where none leads there.
        var path: [String]
        var type: ExpressionType
        var node: Expression
        var size: CostRange?
    }

    struct Call {
        var function: String
        var overload: String
        var target: Operand?
        var arguments: [Operand]
        var argumentCosts: [CostRange]
    }

    struct Estimate {
        var cost: CostRange
        /// Of a text or container that the call makes.
        var resultSize: CostRange?

        init(_ cost: CostRange, size: CostRange? = nil) {
            self.cost = cost
            resultSize = size
        }
    }

    func estimate(_ call: Call) -> Estimate {
        let argumentCost = call.argumentCosts.reduce(.zero, +)
        switch call.overload {
        case "logical_and", "logical_or":
            let (left, right) = (call.argumentCosts[0], call.argumentCosts[1])
            return Estimate(CostRange(left.minimum, (left + right).maximum))
        case "conditional":
            let size = size(call.arguments[1]).union(size(call.arguments[2]))
            return Estimate(call.argumentCosts[0] + call.argumentCosts[1].union(call.argumentCosts[2]), size: size)
        default: break
        }
        var estimate = listEstimate(call) ?? libraryEstimate(call) ?? standardEstimate(call)
        estimate.cost += argumentCost
        return estimate
    }

    private func size(_ operand: Operand) -> CostRange {
        operand.size ?? declaredSize(at: operand.path) ?? .unknown
    }

    private func traversed(_ size: CostRange) -> CostRange { size.scaled(by: CostModel.traversal) }

    // MARK: Lists and sets of the language's extensions

    private func listEstimate(_ call: Call) -> Estimate? {
        func made(_ factor: Double, _ size: CostRange) -> Estimate {
            Estimate(size.scaled(by: factor) + CostRange(1 + CostModel.listCreation), size: size)
        }
        func literal(_ index: Int, default other: UInt64) -> UInt64 {
            guard case .literal(.int(let value)) = call.arguments[index].node.kind else { return other }
            return UInt64(max(value, 0))
        }
        func compared(_ operand: Operand) -> Estimate {
            let size = size(operand)
            let isText = call.overload.hasPrefix("list_string_") || call.overload.hasPrefix("list_bytes_")
            return made(isText ? 2 + CostModel.traversal : 2, size * size)
        }
        switch (call.function, call.target) {
        case ("slice", let target?):
            let end = literal(1, default: size(target).maximum)
            return made(1, CostRange(end &- literal(0, default: 0)))
        case ("lists.range", nil): return made(1, CostRange(literal(0, default: .max)))
        case ("reverse", let target?): return made(1, size(target))
        case ("flatten", let target?):
            let depth = call.arguments.isEmpty ? 1 : literal(0, default: .max)
            return made(Double(depth), size(target))
        case ("distinct", let target?):
            let size = size(target)
            return made(2, size * size)
        case ("sort", let target?): return compared(target)
        case (Operator.sortByKeys, .some): return compared(call.arguments[0])
        case ("sets.contains", nil), ("sets.intersects", nil), ("sets.equivalent", nil):
            let factor = call.function == "sets.equivalent" ? 2.0 : 1.0
            let pairs = size(call.arguments[0]) * size(call.arguments[1])
            return Estimate(pairs.scaled(by: factor) + CostRange(1))
        default: return nil
        }
    }

    // MARK: Kubernetes' libraries

    private static let accessors: Set<String> = [
        "masked", "prefixLength", "family", "isUnspecified", "isLoopback", "isLinkLocalMulticast",
        "isLinkLocalUnicast", "isGlobalUnicast", "format.named", "sign", "asInteger", "isInteger",
        "asApproximateFloat", "isGreaterThan", "isLessThan", "compareTo", "add", "sub", "major", "minor", "patch",
        "getScheme", "getHostname", "getHost", "getPort", "getEscapedPath", "getQuery",
    ]

    private func libraryEstimate(_ call: Call) -> Estimate? {
        if Self.accessors.contains(call.function) { return Estimate(CostRange(1)) }
        let first = call.arguments.first
        switch (call.function, call.target) {
        case ("isSorted", let target?), ("sum", let target?), ("max", let target?), ("min", let target?),
            ("indexOf", let target?), ("lastIndexOf", let target?):
            return searched(target)
        case ("url", _):
            return first.map { Estimate(traversed(size($0)), size: size($0)) }
        case ("lowerAscii", let target?), ("upperAscii", let target?), ("substring", let target?),
            ("trim", let target?):
            return Estimate(traversed(size(target)), size: size(target))
        case ("replace", let target?) where call.arguments.count >= 2:
            return replaced(size(target), size(call.arguments[0]), size(call.arguments[1]))
        case ("split", let target?):
            var most = size(target).maximum
            if call.arguments.count > 1, case .literal(.int(let limit)) = call.arguments[1].node.kind {
                most = UInt64(bitPattern: limit)
            }
            return Estimate(size(target).scaled(by: 2 * CostModel.traversal), size: CostRange(0, most))
        case ("join", let target?): return joined(target, separator: first)
        case ("find", let target?), ("findAll", let target?):
            guard let first else { return nil }
            let pattern = size(first).scaled(by: CostModel.patternScalar)
            return Estimate(
                traversed(size(target) + CostRange(1)) * pattern, size: CostRange(0, size(target).maximum))
        case ("ip", _) where call.overload == "cidr_ip": return Estimate(CostRange(1))
        case ("cidr", _), ("isIP", _), ("isCIDR", _), ("ip", _), ("quantity", _), ("isQuantity", _), ("semver", _),
            ("isSemver", _):
            return first.map { Estimate(traversed(size($0))) }
        case ("ip.isCanonical", _):
            return first.map { Estimate(size($0).scaled(by: 2 * CostModel.traversal)) }
        case ("containsIP", _), ("containsCIDR", _): return first.map { contained(call, $0) }
        case ("validate", _):
            return first.map {
                Estimate(
                    traversed(size($0))
                        .scaled(by: Double(CostModel.formatPatternLength) * CostModel.patternScalar))
            }
        case (Operator.equal, nil): return libraryEquality(call)
        default: return nil
        }
    }

    /// One unit for each element, and what it takes to compare it.
    private func searched(_ target: Operand) -> Estimate {
        let element: ExpressionType
        switch target.type {
        case .list(let inner), .map(let inner, _), .optional(let inner): element = inner
        default: return Estimate(traversed(size(target)))
        }
        var each = CostRange(1)
        if element == .string || element == .bytes { each += traversed(elementSize(of: target)) }
        return Estimate(size(target) * each)
    }

    private func elementSize(of list: Operand) -> CostRange {
        list.path.isEmpty ? .unknown : declaredSize(at: list.path + ["@items"]) ?? .unknown
    }

    private func replaced(_ text: CostRange, _ part: CostRange, _ new: CostRange) -> Estimate {
        var count = CostRange.zero
        var kept = CostRange.zero
        func times(_ size: UInt64, _ length: UInt64) -> UInt64 {
            let quotient = (Double(size) / Double(length)).rounded(.up)
            return quotient >= 0x1p64 ? .max : UInt64(quotient)
        }
        if part.minimum == 0 {
            count.maximum = CostRange.add(text.maximum, 1)
            kept.maximum = text.maximum
        } else if new.maximum <= part.minimum {
            kept.maximum = text.maximum
        } else {
            count.maximum = times(text.maximum, part.minimum)
        }
        if part.maximum == 0 {
            count.minimum = CostRange.add(text.minimum, 1)
            kept.minimum = text.minimum
        } else if part.maximum <= new.minimum {
            kept.minimum = text.minimum
        } else {
            count.minimum = times(text.minimum, part.maximum)
        }
        return Estimate(text.scaled(by: 2 * CostModel.traversal), size: count * new + kept)
    }

    private func joined(_ target: Operand, separator: Operand?) -> Estimate {
        let list = size(target)
        var result = CostRange.zero
        if case .list = target.type { result = list * elementSize(of: target) }
        if let separator {
            let separators = CostRange(list.minimum > 0 ? list.minimum - 1 : 0, list.maximum > 0 ? list.maximum - 1 : 0)
            result += size(separator) * separators
        }
        return Estimate(traversed(result), size: result)
    }

    private func contained(_ call: Call, _ other: Operand) -> Estimate {
        let address = CostRange(4, 16)
        var cost = traversed(address + address)
        if call.function == "containsCIDR" { cost += traversed(address) + CostRange(1) }
        if call.overload.hasSuffix("_string") { cost += traversed(size(other)) }
        return Estimate(cost)
    }

    private func libraryEquality(_ call: Call) -> Estimate? {
        guard call.arguments.count == 2, call.arguments[0].type == call.arguments[1].type,
            case .library(let type) = call.arguments[0].type
        else { return nil }
        switch type {
        case .ip, .cidr, .quantity, .semver: return Estimate(CostRange(1))
        case .format: return Estimate(traversed(CostRange(1, CostModel.longestFormat)))
        case .url: return Estimate(traversed(CostRange(1, call.arguments[1].size?.maximum ?? 1)))
        }
    }

    // MARK: The language itself

    private func standardEstimate(_ call: Call) -> Estimate {
        func argument(_ index: Int) -> CostRange { size(call.arguments[index]) }
        switch call.overload {
        case "string_format":
            if let target = call.target { return Estimate(traversed(size(target))) }
        case "string_to_bytes":
            let text = argument(0)
            return Estimate(traversed(text), size: CostRange(text.minimum, CostRange.multiply(text.maximum, 4)))
        case "bytes_to_string":
            return Estimate(traversed(argument(0)), size: CostRange(argument(0).minimum / 4, argument(0).maximum))
        case "strings_quote":
            let text = argument(0)
            return Estimate(traversed(text), size: text + text + CostRange(2))
        case "starts_with_string", "ends_with_string": return Estimate(traversed(argument(0)))
        case "in_list": return Estimate(argument(1))
        case "matches_string":
            if let target = call.target {
                let pattern = argument(0).scaled(by: CostModel.patternScalar)
                return Estimate(traversed(size(target) + CostRange(1)) * pattern)
            }
        case "contains_string":
            if let target = call.target { return Estimate(traversed(size(target)) * traversed(argument(0))) }
        case "add_list": return Estimate(CostRange(1), size: argument(0) + argument(1))
        case "add_string", "add_bytes":
            let sum = argument(0) + argument(1)
            return Estimate(traversed(sum), size: sum)
        case "less_string", "greater_string", "less_equals_string", "greater_equals_string", "less_bytes",
            "greater_bytes", "less_equals_bytes", "greater_equals_bytes", "equals", "not_equals":
            let most = min(argument(0).maximum, argument(1).maximum)
            return Estimate(traversed(CostRange(most > 0 ? 1 : 0, most)))
        default: break
        }
        return Estimate(CostRange(1))
    }
}
