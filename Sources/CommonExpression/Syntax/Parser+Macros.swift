// The macros of the language and of the libraries that Kubernetes enables. Their expansions are those of the specification,
// because the cost of a rule is counted on them.
extension Parser {
    /// What a macro call stands for; `nil` where the call is no macro.
    mutating func expand(
        _ name: String, target: Expression?, _ arguments: [Expression], at offset: Int
    ) throws(SyntaxIssue) -> Expression? {
        guard let target else {
            return name == "has" && arguments.count == 1 ? try presence(arguments[0], at: offset) : nil
        }
        switch (name, arguments.count) {
        case ("all", 2), ("all", 3), ("exists", 2), ("exists", 3), ("exists_one", 2), ("existsOne", 2),
            ("existsOne", 3), ("exists_one", 3):
            return try quantifier(name, target, arguments, at: offset)
        case ("map", 2), ("map", 3), ("filter", 2), ("transformList", 3), ("transformList", 4):
            return try listFold(name, target, arguments, at: offset)
        case ("transformMap", 3), ("transformMap", 4), ("transformMapEntry", 3), ("transformMapEntry", 4):
            return try mapFold(name, target, arguments, at: offset)
        case ("optMap", 2), ("optFlatMap", 2): return try optionalFold(name, target, arguments, at: offset)
        case ("sortBy", 2): return try sortBy(target, arguments, at: offset)
        default: return nil
        }
    }

    private mutating func presence(_ argument: Expression, at offset: Int) throws(SyntaxIssue) -> Expression {
        guard case .select(let operand, let field) = argument.kind else {
            throw SyntaxIssue(offset: offset, message: "invalid argument to has() macro")
        }
        return try builder.make(.presence(operand, field: field), at: offset)
    }

    // MARK: Folds

    private struct Variables {
        var first: String
        var second: String?
    }

    /// The names that a macro's leading arguments give.
    private func variables(_ arguments: ArraySlice<Expression>) throws(SyntaxIssue) -> Variables {
        var names: [String] = []
        for argument in arguments {
            guard case .identifier(let name) = argument.kind else {
                throw SyntaxIssue(offset: argument.offset, message: "argument must be a simple name")
            }
            if names.contains(name) {
                throw SyntaxIssue(
                    offset: argument.offset, message: "second variable must not have the same name as the first")
            }
            names.append(name)
        }
        return Variables(first: names[0], second: names.count > 1 ? names[1] : nil)
    }

    private mutating func accumulator(_ offset: Int) throws(SyntaxIssue) -> Expression {
        try builder.identifier(Expression.Comprehension.result, at: offset)
    }

    private mutating func fold(
        _ range: Expression, _ variables: Variables, initial: Expression, condition: Expression? = nil,
        step: Expression, result: Expression? = nil, at offset: Int
    ) throws(SyntaxIssue) -> Expression {
        let always: Expression
        if let condition { always = condition } else { always = try builder.literal(.bool(true), at: offset) }
        let outcome: Expression
        if let result { outcome = result } else { outcome = try accumulator(offset) }
        return try builder.make(
            .comprehension(
                .init(
                    range: range, variable: variables.first, secondVariable: variables.second,
                    accumulator: Expression.Comprehension.result, initial: initial, condition: always, step: step,
                    result: outcome)), at: offset)
    }

    private mutating func quantifier(
        _ name: String, _ range: Expression, _ arguments: [Expression], at offset: Int
    ) throws(SyntaxIssue) -> Expression {
        let variables = try variables(arguments.dropLast())
        let predicate = arguments[arguments.count - 1]
        switch name {
        case "all":
            let initial = try builder.literal(.bool(true), at: offset)
            let condition = try builder.call(Operator.notStrictlyFalse, [try accumulator(offset)], at: offset)
            let step = try builder.call(Operator.and, [try accumulator(offset), predicate], at: offset)
            return try fold(range, variables, initial: initial, condition: condition, step: step, at: offset)
        case "exists":
            let initial = try builder.literal(.bool(false), at: offset)
            let negated = try builder.call(Operator.not, [try accumulator(offset)], at: offset)
            let condition = try builder.call(Operator.notStrictlyFalse, [negated], at: offset)
            let step = try builder.call(Operator.or, [try accumulator(offset), predicate], at: offset)
            return try fold(range, variables, initial: initial, condition: condition, step: step, at: offset)
        default:
            let initial = try builder.literal(.int(0), at: offset)
            let one = try builder.literal(.int(1), at: offset)
            let more = try builder.call(Operator.add, [try accumulator(offset), one], at: offset)
            let step = try builder.call(
                Operator.conditional, [predicate, more, try accumulator(offset)], at: offset)
            let wanted = try builder.literal(.int(1), at: offset)
            let result = try builder.call(Operator.equal, [try accumulator(offset), wanted], at: offset)
            return try fold(range, variables, initial: initial, step: step, result: result, at: offset)
        }
    }

    /// `step`, only where the filter holds.
    private mutating func filtered(
        _ step: Expression, by filter: Expression?, at offset: Int
    ) throws(SyntaxIssue) -> Expression {
        guard let filter else { return step }
        return try builder.call(Operator.conditional, [filter, step, try accumulator(offset)], at: offset)
    }

    private mutating func listFold(
        _ name: String, _ range: Expression, _ arguments: [Expression], at offset: Int
    ) throws(SyntaxIssue) -> Expression {
        let variables = try variables(name == "transformList" ? arguments[..<2] : arguments[..<1])
        var filter: Expression?
        let value: Expression
        if name == "filter" {
            filter = arguments[1]
            value = try builder.identifier(variables.first, at: offset)
        } else {
            if arguments.count == (variables.second == nil ? 3 : 4) { filter = arguments[arguments.count - 2] }
            value = arguments[arguments.count - 1]
        }
        let initial = try builder.make(.list([]), at: offset)
        let element = try builder.make(.list([.init(value: value, isOptional: false)]), at: offset)
        let step = try builder.call(Operator.add, [try accumulator(offset), element], at: offset)
        return try fold(
            range, variables, initial: initial, step: try filtered(step, by: filter, at: offset), at: offset)
    }

    private mutating func mapFold(
        _ name: String, _ range: Expression, _ arguments: [Expression], at offset: Int
    ) throws(SyntaxIssue) -> Expression {
        let variables = try variables(arguments[..<2])
        let filter = arguments.count == 4 ? arguments[2] : nil
        let value = arguments[arguments.count - 1]
        let initial = try builder.make(.map([]), at: offset)
        var inserted = [try accumulator(offset)]
        if name == "transformMap" { inserted.append(try builder.identifier(variables.first, at: offset)) }
        inserted.append(value)
        let step = try builder.call(Operator.insert, inserted, at: offset)
        return try fold(
            range, variables, initial: initial, step: try filtered(step, by: filter, at: offset), at: offset)
    }

    // MARK: Bindings

    /// Gives a name to a value: a fold over nothing, whose accumulator is the name.
    private mutating func bind(
        _ name: String, to value: Expression, in body: Expression, at offset: Int
    ) throws(SyntaxIssue) -> Expression {
        let nothing = try builder.make(.list([]), at: offset)
        let never = try builder.literal(.bool(false), at: offset)
        let step = try builder.identifier(name, at: offset)
        return try builder.make(
            .comprehension(
                .init(
                    range: nothing, variable: "#unused", secondVariable: nil, accumulator: name, initial: value,
                    condition: never, step: step, result: body)), at: offset)
    }

    private mutating func optionalFold(
        _ name: String, _ target: Expression, _ arguments: [Expression], at offset: Int
    ) throws(SyntaxIssue) -> Expression {
        let variable = try variables(arguments[..<1]).first
        let hasValue = try builder.call("hasValue", target: target, [], at: offset)
        let value = try builder.call("value", target: try builder.copy(target), [], at: offset)
        var body = try bind(variable, to: value, in: arguments[1], at: offset)
        if name == "optMap" { body = try builder.call("optional.of", [body], at: offset) }
        let none = try builder.call("optional.none", [], at: offset)
        return try builder.call(Operator.conditional, [hasValue, body, none], at: offset)
    }

    private mutating func sortBy(
        _ target: Expression, _ arguments: [Expression], at offset: Int
    ) throws(SyntaxIssue) -> Expression {
        let name = "@sortByInput"
        let input = try builder.identifier(name, at: offset)
        guard let keys = try expand("map", target: input, arguments, at: offset) else { return target }
        let sorted = try builder.call(
            Operator.sortByKeys, target: try builder.identifier(name, at: offset), [keys], at: offset)
        return try bind(name, to: target, in: sorted, at: offset)
    }
}
