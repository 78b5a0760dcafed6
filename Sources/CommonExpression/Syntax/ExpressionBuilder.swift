/// Numbers the nodes of an expression, and bounds how many there are and how deep they nest.
struct ExpressionBuilder {
    /// Deeper ones would need too much stack to check and to evaluate.
    static let depthLimit = 250
    /// `optMap` copies its operand, so that short sources can be large expressions.
    static let nodeLimit = 65_536

    private(set) var count = 0

    mutating func make(_ kind: Expression.Kind, at offset: Int) throws(SyntaxIssue) -> Expression {
        let depth = 1 + (kind.children.map(\.depth).max() ?? 0)
        guard depth <= Self.depthLimit else {
            throw SyntaxIssue(offset: offset, message: "expression recursion limit exceeded: \(Self.depthLimit)")
        }
        guard count < Self.nodeLimit else {
            throw SyntaxIssue(offset: offset, message: "expression has more than \(Self.nodeLimit) parts")
        }
        defer { count += 1 }
        return Expression(id: count, offset: offset, depth: depth, kind: kind)
    }

    mutating func call(
        _ function: String, target: Expression? = nil, _ arguments: [Expression], at offset: Int
    ) throws(SyntaxIssue) -> Expression {
        try make(.call(function: function, target: target, arguments: arguments), at: offset)
    }

    mutating func identifier(_ name: String, at offset: Int) throws(SyntaxIssue) -> Expression {
        try make(.identifier(name), at: offset)
    }

    mutating func literal(_ value: Expression.Literal, at offset: Int) throws(SyntaxIssue) -> Expression {
        try make(.literal(value), at: offset)
    }

    /// The same expression under new numbers.
    mutating func copy(_ expression: Expression) throws(SyntaxIssue) -> Expression {
        let kind: Expression.Kind
        switch expression.kind {
        case .literal, .identifier: kind = expression.kind
        case .select(let operand, let field): kind = .select(try copy(operand), field: field)
        case .presence(let operand, let field): kind = .presence(try copy(operand), field: field)
        case .call(let function, let target, let arguments):
            var copied: Expression?
            if let target { copied = try copy(target) }
            kind = .call(function: function, target: copied, arguments: try copy(arguments))
        case .list(let elements):
            var copies: [Expression.Element] = []
            for element in elements {
                copies.append(.init(value: try copy(element.value), isOptional: element.isOptional))
            }
            kind = .list(copies)
        case .map(let entries):
            var copies: [Expression.Entry] = []
            for entry in entries {
                copies.append(
                    .init(key: try copy(entry.key), value: try copy(entry.value), isOptional: entry.isOptional))
            }
            kind = .map(copies)
        case .comprehension(var fold):
            fold.range = try copy(fold.range)
            fold.initial = try copy(fold.initial)
            fold.condition = try copy(fold.condition)
            fold.step = try copy(fold.step)
            fold.result = try copy(fold.result)
            kind = .comprehension(fold)
        }
        return try make(kind, at: expression.offset)
    }

    private mutating func copy(_ expressions: [Expression]) throws(SyntaxIssue) -> [Expression] {
        var copies: [Expression] = []
        for expression in expressions { copies.append(try copy(expression)) }
        return copies
    }
}
