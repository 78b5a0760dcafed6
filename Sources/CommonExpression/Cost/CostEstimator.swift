/// Estimates what an expression can cost at most, from the bounds of the schema on the sizes of what it reads. The rules are
/// those of cel-go's estimator, because a real server admits a CustomResourceDefinition by them.
struct CostEstimator {
    /// How large the keys and values of a container are.
    struct EntrySize {
        var isList: Bool
        var key: CostRange
        var value: CostRange
    }

    private struct Local {
        var path: [String]
        var size: CostRange?
        var entrySize: EntrySize?
    }

    private let checked: CheckedExpression
    /// Of `self` and `oldSelf`.
    private let root: Declaration
    private var paths: [Int: [String]] = [:]
    private var sizes: [Int: CostRange] = [:]
    private var entrySizes: [Int: EntrySize] = [:]
    private var locals: [(name: String, local: Local)] = []

    static func cost(of expression: CompiledExpression, root: Declaration) -> CostRange {
        var estimator = CostEstimator(checked: expression.checked, root: root)
        return estimator.cost(expression.checked.root)
    }

    private init(checked: CheckedExpression, root: Declaration) {
        self.checked = checked
        self.root = root
    }

    func type(_ node: Expression) -> ExpressionType { checked.types[node.id] }

    private func local(_ name: String) -> Local? { locals.last { $0.name == name }?.local }

    // MARK: Nodes

    private mutating func cost(_ node: Expression) -> CostRange {
        switch node.kind {
        case .literal: return .zero
        case .identifier(let name):
            paths[node.id] = local(name)?.path ?? [name]
            return CostRange(1)
        case .presence(let operand, _): return cost(operand)
        case .select(let operand, let field):
            var sum = cost(operand)
            switch type(operand) {
            case .map, .object, .variable, .library(.quantity), .library(.url), .library(.semver), .library(.format):
                sum += CostRange(1)
            default: break
            }
            paths[node.id] = path(operand) + [field]
            return sum
        case .call(let function, let target, let arguments): return call(function, target, arguments, node)
        case .list(let elements): return list(elements.map(\.value), node)
        case .map(let entries): return map(entries, node)
        case .comprehension(let fold): return fold.isBinding ? binding(fold, node) : comprehension(fold, node)
        }
    }

    private mutating func list(_ elements: [Expression], _ node: Expression) -> CostRange {
        var sum = CostRange.zero
        var size = CostRange(elements.isEmpty ? 0 : .max, 0)
        for element in elements {
            sum += cost(element)
            size = size.union(computedSize(element) ?? .unknown)
        }
        entrySizes[node.id] = EntrySize(isList: true, key: CostRange(1), value: size)
        return sum + CostRange(CostModel.listCreation)
    }

    private mutating func map(_ entries: [Expression.Entry], _ node: Expression) -> CostRange {
        var sum = CostRange.zero
        var key = CostRange(entries.isEmpty ? 0 : .max, 0)
        var value = key
        for entry in entries {
            sum += cost(entry.key)
            sum += cost(entry.value)
            key = key.union(computedSize(entry.key) ?? .unknown)
            value = value.union(computedSize(entry.value) ?? .unknown)
        }
        entrySizes[node.id] = EntrySize(isList: false, key: key, value: value)
        return sum + CostRange(CostModel.mapCreation)
    }

    // MARK: Folds

    private mutating func push(_ name: String, over range: Expression, isKey: Bool?) {
        let entry = entrySize(range)
        var isList = entry?.isList ?? false
        if entry == nil, case .list = type(range) { isList = true }
        let size: CostRange?
        let step: String
        switch (isKey, isList) {
        case (true?, _): (size, step) = (entry?.key, isList ? "@indices" : "@keys")
        case (false?, _): (size, step) = (entry?.value, isList ? "@items" : "@values")
        case (nil, true): (size, step) = (entry?.value, "@items")
        case (nil, false): (size, step) = (entry?.key, "@keys")
        }
        locals.append((name, Local(path: path(range) + [step], size: size)))
    }

    private mutating func comprehension(_ fold: Expression.Comprehension, _ node: Expression) -> CostRange {
        var sum = cost(fold.range) + cost(fold.initial)
        let depth = locals.count
        pushValue(fold.accumulator, fold.initial)
        if let second = fold.secondVariable {
            push(fold.variable, over: fold.range, isKey: true)
            push(second, over: fold.range, isKey: false)
        } else {
            push(fold.variable, over: fold.range, isKey: nil)
        }
        let loop = cost(fold.condition)
        let step = cost(fold.step)
        locals.removeSubrange((depth + 1)...)
        sum += cost(fold.result)
        locals.removeSubrange(depth...)
        let count = computedSize(fold.range) ?? .unknown
        sum += count * (step + loop)
        switch fold.initial.kind {
        case .literal: sizes[node.id] = computedSize(fold.initial)
        case .list, .map:
            sizes[node.id] = count
            if let entry = entrySize(fold.step) { entrySizes[node.id] = entry }
        default: break
        }
        return sum
    }

    private mutating func pushValue(_ name: String, _ value: Expression) {
        locals.append((name, Local(path: path(value), size: computedSize(value), entrySize: entrySize(value))))
    }

    private mutating func binding(_ fold: Expression.Comprehension, _ node: Expression) -> CostRange {
        var sum = cost(fold.range) + cost(fold.initial)
        pushValue(fold.accumulator, fold.initial)
        sum += cost(fold.result)
        locals.removeLast()
        copySizes(to: node, from: fold.result)
        return sum
    }

    private mutating func copySizes(to node: Expression, from other: Expression) {
        if let size = computedSize(other) { sizes[node.id] = size }
        if let entry = entrySize(other) { entrySizes[node.id] = entry }
    }

    // MARK: Calls

    private mutating func call(
        _ function: String, _ target: Expression?, _ arguments: [Expression], _ node: Expression
    ) -> CostRange {
        if function == "dyn", target == nil {
            let cost = cost(arguments[0])
            copySizes(to: node, from: arguments[0])
            return cost + CostRange(1)
        }
        let name = checked.qualifiedNames[node.id]
        var costs: [CostRange] = []
        var operands: [Operand] = []
        for argument in arguments {
            costs.append(cost(argument))
            operands.append(operand(argument))
        }
        let overloads = checked.overloads[node.id]
        guard !overloads.isEmpty else { return .zero }
        var sum = CostRange.zero
        var receiver: Operand?
        if let target, name == nil {
            sum += cost(target)
            receiver = operand(target)
        }
        var total = CostRange(.max, 0)
        var resultSize: CostRange?
        for overload in overloads {
            let call = Call(
                function: name ?? function, overload: overload, target: receiver, arguments: operands,
                argumentCosts: costs)
            let estimate = estimate(call)
            total = total.union(estimate.cost)
            if let size = estimate.resultSize { resultSize = resultSize?.union(size) ?? size }
            noteEntries(of: node, overload, arguments)
            switch overload {
            case "index_list", "index_map":
                resultSize = entrySize(arguments[0])?.value
                paths[node.id] = path(arguments[0]) + [overload == "index_list" ? "@items" : "@values"]
            default: break
            }
            if resultSize == nil { resultSize = computedSize(node) }
        }
        if let resultSize { sizes[node.id] = resultSize }
        return sum + total
    }

    /// What is known about the entries of a sum or a choice is what is known about both sides.
    private mutating func noteEntries(of node: Expression, _ overload: String, _ arguments: [Expression]) {
        let sides: [Expression]
        switch overload {
        case "conditional": sides = [arguments[1], arguments[2]]
        case "add_list", "add_string", "add_bytes": sides = arguments
        default: return
        }
        guard sides.count == 2, let first = entrySize(sides[0]), let second = entrySize(sides[1]) else { return }
        entrySizes[node.id] = EntrySize(
            isList: first.isList, key: first.key.union(second.key), value: first.value.union(second.value))
    }

    private mutating func operand(_ node: Expression) -> Operand {
        let path = path(node)
        return Operand(
            path: path.first == Expression.Comprehension.result ? [] : path, type: type(node), node: node,
            size: computedSize(node))
    }

    // MARK: Sizes

    private func path(_ node: Expression) -> [String] {
        if case .identifier(let name) = node.kind, let local = local(name) { return local.path }
        return paths[node.id] ?? []
    }

    private func entrySize(_ node: Expression) -> EntrySize? {
        if let known = entrySizes[node.id] { return known }
        guard case .identifier(let name) = node.kind else { return nil }
        return local(name)?.entrySize
    }

    private mutating func computedSize(_ node: Expression) -> CostRange? {
        if let known = sizes[node.id] { return known }
        if let written = Self.writtenSize(node) { return written }
        if let declared = declaredSize(at: path(node)) {
            sizes[node.id] = declared
            return declared
        }
        if Self.isScalar(type(node)) { return CostRange(1) }
        guard case .identifier(let name) = node.kind else { return nil }
        return local(name)?.size
    }

    private static func writtenSize(_ node: Expression) -> CostRange? {
        switch node.kind {
        case .literal(.string(let text)): CostRange(UInt64(text.unicodeScalars.count))
        case .literal(.bytes(let bytes)): CostRange(UInt64(bytes.count))
        case .literal: CostRange(1)
        case .list(let elements): CostRange(UInt64(elements.count))
        case .map(let entries): CostRange(UInt64(entries.count))
        default: nil
        }
    }

    private static func isScalar(_ type: ExpressionType) -> Bool {
        switch type {
        case .bool, .double, .duration, .int, .timestamp, .uint: true
        case .optional(let wrapped): isScalar(wrapped)
        default: false
        }
    }

    /// What the schema says about the size of what a path leads to. The path's first part is the variable.
    func declaredSize(at path: [String]) -> CostRange? {
        guard !path.isEmpty else { return nil }
        var declaration = root
        for step in path.dropFirst() {
            let next: Declaration? =
                switch step {
                case "@items", "@values": declaration.element
                case "@keys": declaration.key
                default: declaration.fields[step]
                }
            guard let next else { return nil }
            declaration = next
        }
        return CostRange(0, UInt64(max(declaration.maxElements, 0)))
    }
}
