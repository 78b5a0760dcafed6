extension Expression {
    /// Whether it is a variable, or what fields and indices lead to.
    fileprivate var isPath: Bool {
        switch kind {
        case .identifier, .select: true
        case .call(let function, _, _): function == Operator.index
        default: false
        }
    }

    /// Whether a field of it costs no more than a step further on a path.
    fileprivate var isPlace: Bool {
        if case .call(Operator.conditional, _, _) = kind { return true }
        return isPath
    }
}

/// Runs an expression once.
struct Evaluator {
    private typealias Outcome = Result<Value, EvaluationError>

    private let program: CompiledExpression
    private let variables: [String: Value]
    private let costLimit: UInt64
    private(set) var cost: UInt64 = 0
    /// Innermost last. An accumulator can hold an error: `all` and `exists` may still get over it.
    private var locals: [(name: String, outcome: Outcome)] = []

    init(_ program: CompiledExpression, variables: [String: Value], costLimit: UInt64) {
        self.program = program
        self.variables = variables
        self.costLimit = costLimit
    }

    private mutating func charge(_ amount: UInt64) throws(EvaluationError) {
        let (sum, overflow) = cost.addingReportingOverflow(amount)
        cost = overflow ? .max : sum
        if cost > costLimit { throw .costLimit }
    }

    mutating func evaluate(_ node: Expression) throws(EvaluationError) -> Value {
        if let constant = program.constants[node.id] { return constant }
        switch node.kind {
        case .literal(let literal): return Value(literal)
        case .identifier(let name):
            try charge(1)
            return try read(name)
        case .select(let operand, let field):
            let value = try evaluate(operand)
            try charge(operand.isPlace ? 1 : 2)
            return try Self.select(.string(field), of: value)
        case .presence(let operand, let field): return .bool(try has(.string(field), in: try evaluate(operand)))
        case .call(let function, let target, let arguments): return try call(function, target, arguments, node)
        case .list(let elements): return try list(elements)
        case .map(let entries): return try map(entries)
        case .comprehension(let fold): return try evaluate(fold)
        }
    }

    private func local(_ name: String) -> Int? { locals.lastIndex { $0.name == name } }

    private func read(_ name: String) throws(EvaluationError) -> Value {
        if let index = local(name) { return try locals[index].outcome.get() }
        guard let value = variables[name] else { throw .invalid("no such attribute(s): \(name)") }
        return value
    }

    // MARK: Fields

    private static func select(_ field: Value, of value: Value) throws(EvaluationError) -> Value {
        switch value {
        case .map(let map): return try map.get(field)
        case .optional(let wrapped):
            guard let wrapped else { return .optional(nil) }
            return .optional(try existing(field, of: wrapped))
        default: throw .noSuchOverload
        }
    }

    private static func existing(_ field: Value, of value: Value) throws(EvaluationError) -> Value? {
        guard case .map(let map) = value else { throw .noSuchOverload }
        return try map.find(field)
    }

    private func has(_ field: Value, in value: Value) throws(EvaluationError) -> Bool {
        switch value {
        case .map(let map): return try map.find(field) != nil
        case .optional(let wrapped):
            guard let wrapped else { return false }
            return try has(field, in: wrapped)
        default: throw .noSuchOverload
        }
    }

    // MARK: Containers

    private mutating func list(_ elements: [Expression.Element]) throws(EvaluationError) -> Value {
        var values: [Value] = []
        values.reserveCapacity(elements.count)
        for element in elements {
            let value = try evaluate(element.value)
            if !element.isOptional {
                values.append(value)
            } else if let present = try value.optional() {
                values.append(present)
            }
        }
        try charge(CostModel.listCreation)
        return .list(values)
    }

    private mutating func map(_ entries: [Expression.Entry]) throws(EvaluationError) -> Value {
        var map = MapValue()
        for entry in entries {
            let key = try evaluate(entry.key)
            let value = try evaluate(entry.value)
            if try map.find(key) != nil { throw .invalid("Failed with repeated key: \(key.shown)") }
            if !entry.isOptional {
                try map.insert(value, for: key)
            } else if let present = try value.optional() {
                try map.insert(present, for: key)
            }
        }
        try charge(CostModel.mapCreation)
        return .map(map)
    }

    // MARK: Calls

    private mutating func call(
        _ function: String, _ target: Expression?, _ arguments: [Expression], _ node: Expression
    ) throws(EvaluationError) -> Value {
        switch function {
        case Operator.and: return try logical(arguments, decisive: false)
        case Operator.or: return try logical(arguments, decisive: true)
        case Operator.conditional:
            return try evaluateInPlace(try evaluate(arguments[0]).bool() ? arguments[1] : arguments[2])
        case Operator.notStrictlyFalse:
            let outcome = attempt(arguments[0])
            if case .failure(let error) = outcome, error.code == .costLimitExceeded { throw error }
            try charge(1)
            if case .success(.bool(false)) = outcome { return .bool(false) }
            return .bool(true)
        case Operator.optionalSelect:
            let value = try evaluate(arguments[0])
            try charge(1)
            guard case .literal(.string(let field)) = arguments[1].kind else { throw .noSuchOverload }
            if case .optional = value { return try Self.select(.string(field), of: value) }
            return .optional(try Self.existing(.string(field), of: value))
        case Operator.index:
            let container = try evaluate(arguments[0])
            let index = try evaluateInPlace(arguments[1])
            try charge(arguments[0].isPlace ? 1 : 2)
            return try run(node, [container, index])
        case Operator.add:
            if let appended = try appended(arguments) { return appended }
        case Operator.insert:
            if let inserted = try inserted(arguments) { return inserted }
        case "or", "orValue":
            if let target, arguments.count == 1 {
                guard case .optional(let wrapped) = try evaluate(target) else { throw .noSuchOverload }
                if let wrapped { return function == "or" ? .optional(wrapped) : wrapped }
                return try evaluate(arguments[0])
            }
        case Operator.membership:
            // A list that is known is a set: what is in it is found at once.
            if case .list? = program.constants[arguments[1].id] {
                return try run(node, [try evaluate(arguments[0]), try evaluate(arguments[1])])
            }
        default: break
        }
        var values: [Value] = []
        values.reserveCapacity(arguments.count + 1)
        let isMember = program.checked.qualifiedNames[node.id] == nil
        var failure: EvaluationError?
        // A call costs the same whether its arguments have values or not.
        for operand in (isMember ? target.map { [$0] } ?? [] : []) + arguments {
            switch attempt(operand) {
            case .success(let value): values.append(value)
            case .failure(let error):
                if error.code == .costLimitExceeded { throw error }
                failure = failure ?? error
                values.append(.null)
            }
        }
        if let failure {
            try charge(CostModel.callCost(program.functions[node.id], values, .null))
            throw failure
        }
        let result = try run(node, values)
        try charge(CostModel.callCost(program.functions[node.id], values, result))
        return result
    }

    /// A variable that only stands for a choice or an index is not counted again.
    private mutating func evaluateInPlace(_ node: Expression) throws(EvaluationError) -> Value {
        let value = try evaluate(node)
        if program.constants[node.id] == nil, node.isPath { cost -= 1 }
        return value
    }

    private func run(_ node: Expression, _ values: [Value]) throws(EvaluationError) -> Value {
        for implementation in program.implementations[node.id] {
            do throws(EvaluationError) {
                return try implementation(values)
            } catch  where error.code == .noSuchOverload {
                continue
            }
        }
        throw .noSuchOverload
    }

    private mutating func attempt(_ node: Expression) -> Outcome {
        do throws(EvaluationError) {
            return .success(try evaluate(node))
        } catch {
            return .failure(error)
        }
    }

    /// `&&` and `||`: one decisive side is enough, whatever is wrong with the other.
    private mutating func logical(_ sides: [Expression], decisive: Bool) throws(EvaluationError) -> Value {
        var failure: EvaluationError?
        for side in sides {
            switch attempt(side) {
            case .success(.bool(let value)): if value == decisive { return .bool(decisive) }
            case .success: failure = failure ?? .noSuchOverload
            case .failure(let error):
                if error.code == .costLimitExceeded { throw error }
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        return .bool(!decisive)
    }

    // MARK: Folds

    private mutating func evaluate(_ fold: Expression.Comprehension) throws(EvaluationError) -> Value {
        if fold.isBinding {
            let depth = locals.count
            locals.append((fold.accumulator, attempt(fold.initial)))
            defer { locals.removeSubrange(depth...) }
            return try evaluate(fold.result)
        }
        let range = try Range(try evaluate(fold.range), hasTwo: fold.secondVariable != nil)
        let depth = locals.count
        locals.append((fold.accumulator, attempt(fold.initial)))
        defer { locals.removeSubrange(depth...) }
        let isQuantifier = program.constants[fold.condition.id] == nil
        for index in 0..<range.count {
            let (first, second) = try range.element(index)
            locals.append((fold.variable, .success(first)))
            if let name = fold.secondVariable, let second { locals.append((name, .success(second))) }
            defer { locals.removeSubrange((depth + 1)...) }
            if isQuantifier, case .bool(false) = try evaluate(fold.condition) { break }
            let outcome = attempt(fold.step)
            if case .failure(let error) = outcome, error.code == .costLimitExceeded || !isQuantifier { throw error }
            locals[depth].outcome = outcome
        }
        return try evaluate(fold.result)
    }

    /// What a fold goes over.
    private struct Range {
        private enum Elements {
            case list(ListValue, hasTwo: Bool)
            case map(MapValue, keys: [Value], hasTwo: Bool)
        }

        private let elements: Elements

        init(_ value: Value, hasTwo: Bool) throws(EvaluationError) {
            switch value {
            case .list(let list): elements = .list(list, hasTwo: hasTwo)
            case .map(let map): elements = .map(map, keys: map.keys, hasTwo: hasTwo)
            default: throw .noSuchOverload
            }
        }

        var count: Int {
            switch elements {
            case .list(let list, _): list.count
            case .map(_, let keys, _): keys.count
            }
        }

        func element(_ index: Int) throws(EvaluationError) -> (Value, Value?) {
            switch elements {
            case .list(let list, let hasTwo):
                let element = try list.element(index)
                return hasTwo ? (.int(Int64(index)), element) : (element, nil)
            case .map(let map, let keys, let hasTwo): return (keys[index], hasTwo ? try map.get(keys[index]) : nil)
            }
        }
    }

    /// The accumulator, taken out so that it has one owner and grows in place: a fold stays linear.
    private mutating func takeAccumulator(_ node: Expression) throws(EvaluationError) -> Value? {
        guard case .identifier(Expression.Comprehension.result) = node.kind,
            let index = local(Expression.Comprehension.result)
        else { return nil }
        let value = try locals[index].outcome.get()
        locals[index].outcome = .success(.null)
        return value
    }

    /// `accumulator + [element]`
    private mutating func appended(_ arguments: [Expression]) throws(EvaluationError) -> Value? {
        guard case .identifier(Expression.Comprehension.result) = arguments[0].kind,
            case .list(let elements) = arguments[1].kind, elements.count == 1, !elements[0].isOptional
        else { return nil }
        let element = try evaluate(elements[0].value)
        let isConstant = program.constants[arguments[1].id] != nil
        try charge(2 + (isConstant ? 0 : CostModel.listCreation))
        guard case .list(var list)? = try takeAccumulator(arguments[0]) else { throw .noSuchOverload }
        try list.append(element)
        return .list(list)
    }

    /// `cel.@mapInsert(accumulator, …)`
    private mutating func inserted(_ arguments: [Expression]) throws(EvaluationError) -> Value? {
        guard case .identifier(Expression.Comprehension.result) = arguments[0].kind else { return nil }
        var values: [Value] = []
        for argument in arguments.dropFirst() { values.append(try evaluate(argument)) }
        try charge(2)
        guard case .map(var map)? = try takeAccumulator(arguments[0]) else { throw .noSuchOverload }
        if values.count == 2 {
            try map.insert(values[1], for: values[0])
        } else {
            guard case .map(let more) = values[0] else { throw .noSuchOverload }
            for key in more.keys { try map.insert(try more.get(key), for: key) }
        }
        return .map(map)
    }
}
