/// Reads an expression (the grammar of langdef), expanding macros as it goes.
struct Parser {
    /// In Unicode scalars, as in the real server.
    static let sourceLimit = 100_000

    private let tokens: [Token]
    private var position = 0
    private var nesting = 0
    var builder = ExpressionBuilder()

    static func parse(_ source: [Unicode.Scalar]) throws(SyntaxIssue) -> (root: Expression, nodeCount: Int) {
        guard source.count <= sourceLimit else {
            throw SyntaxIssue(
                offset: 0,
                message: "expression code point size exceeds limit: size: \(source.count), limit \(sourceLimit)")
        }
        var parser = Parser(tokens: try Lexer.tokens(of: source))
        let root = try parser.expression()
        guard parser.current.kind == .end else { throw parser.unexpected() }
        return (root, parser.builder.count)
    }

    private init(tokens: [Token]) { self.tokens = tokens }

    // MARK: Tokens

    private var current: Token { tokens[position] }

    private func unexpected() -> SyntaxIssue {
        SyntaxIssue(offset: current.offset, message: "Syntax error: unexpected '\(current.text)'")
    }

    private func sees(_ symbol: String) -> Bool { current.kind == .symbol(symbol) }

    private mutating func skip(_ symbol: String) -> Bool {
        guard sees(symbol) else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ symbol: String) throws(SyntaxIssue) {
        guard skip(symbol) else {
            throw SyntaxIssue(
                offset: current.offset,
                message: "Syntax error: mismatched input '\(current.text)' expecting '\(symbol)'")
        }
    }

    /// The operator at this place, if it is one of `symbols`.
    private mutating func takeOperator(_ symbols: [String: String]) -> (function: String, offset: Int)? {
        guard case .symbol(let symbol) = current.kind, let function = symbols[symbol] else { return nil }
        defer { position += 1 }
        return (function, current.offset)
    }

    // MARK: Operators, the loosest first

    private mutating func expression() throws(SyntaxIssue) -> Expression {
        guard nesting < ExpressionBuilder.depthLimit else {
            throw SyntaxIssue(
                offset: current.offset,
                message: "expression recursion limit exceeded: \(ExpressionBuilder.depthLimit)")
        }
        nesting += 1
        defer { nesting -= 1 }
        let condition = try disjunction()
        let offset = current.offset
        guard skip("?") else { return condition }
        let first = try disjunction()
        try expect(":")
        let second = try expression()
        return try builder.call(Operator.conditional, [condition, first, second], at: offset)
    }

    private mutating func disjunction() throws(SyntaxIssue) -> Expression {
        var terms = [try conjunction()]
        var offsets: [Int] = []
        while sees("||") {
            offsets.append(current.offset)
            position += 1
            terms.append(try conjunction())
        }
        return try balanced(Operator.or, terms[...], offsets[...])
    }

    private mutating func conjunction() throws(SyntaxIssue) -> Expression {
        var terms = [try relation()]
        var offsets: [Int] = []
        while sees("&&") {
            offsets.append(current.offset)
            position += 1
            terms.append(try relation())
        }
        return try balanced(Operator.and, terms[...], offsets[...])
    }

    /// A long chain becomes a tree of logarithmic depth: these operators are associative.
    private mutating func balanced(
        _ function: String, _ terms: ArraySlice<Expression>, _ offsets: ArraySlice<Int>
    ) throws(SyntaxIssue) -> Expression {
        if terms.count == 1, let term = terms.first { return term }
        let middle = offsets.startIndex + (offsets.count + 1) / 2 - 1
        let left = try balanced(
            function, terms[terms.startIndex...(terms.startIndex + middle - offsets.startIndex)],
            offsets[offsets.startIndex..<middle])
        let right = try balanced(
            function, terms[(terms.startIndex + middle - offsets.startIndex + 1)...], offsets[(middle + 1)...])
        return try builder.call(function, [left, right], at: offsets[middle])
    }

    private static let relations = [
        "<": Operator.less, "<=": Operator.lessOrEqual, ">": Operator.greater, ">=": Operator.greaterOrEqual,
        "==": Operator.equal, "!=": Operator.notEqual, "in": Operator.membership,
    ]
    private static let sums = ["+": Operator.add, "-": Operator.subtract]
    private static let products = ["*": Operator.multiply, "/": Operator.divide, "%": Operator.modulo]

    private mutating func relation() throws(SyntaxIssue) -> Expression {
        var left = try sum()
        while let (function, offset) = takeOperator(Self.relations) {
            let right = try sum()
            left = try builder.call(function, [left, right], at: offset)
        }
        return left
    }

    private mutating func sum() throws(SyntaxIssue) -> Expression {
        var left = try product()
        while let (function, offset) = takeOperator(Self.sums) {
            let right = try product()
            left = try builder.call(function, [left, right], at: offset)
        }
        return left
    }

    private mutating func product() throws(SyntaxIssue) -> Expression {
        var left = try unary()
        while let (function, offset) = takeOperator(Self.products) {
            let right = try unary()
            left = try builder.call(function, [left, right], at: offset)
        }
        return left
    }

    /// An even number of signs is none.
    private mutating func unary() throws(SyntaxIssue) -> Expression {
        let offset = current.offset
        if sees("!") {
            var isNegated = false
            while skip("!") { isNegated.toggle() }
            let operand = try member()
            return isNegated ? try builder.call(Operator.not, [operand], at: offset) : operand
        }
        guard sees("-"), !isNumber(at: position + 1) else { return try member() }
        var isNegated = false
        while sees("-"), !(isNegated == false && isNumber(at: position + 1)) {
            position += 1
            isNegated.toggle()
        }
        let operand = try member()
        return isNegated ? try builder.call(Operator.negate, [operand], at: offset) : operand
    }

    private func isNumber(at index: Int) -> Bool {
        guard index < tokens.count else { return false }
        switch tokens[index].kind {
        case .int, .double: return true
        default: return false
        }
    }

    // MARK: Members

    private mutating func member() throws(SyntaxIssue) -> Expression {
        var operand = try primary()
        while true {
            let offset = current.offset
            if skip(".") {
                operand = try selection(of: operand, at: offset)
            } else if skip("[") {
                let isOptional = skip("?")
                let index = try expression()
                try expect("]")
                operand = try builder.call(
                    isOptional ? Operator.optionalIndex : Operator.index, [operand, index], at: offset)
            } else {
                return operand
            }
        }
    }

    private mutating func selection(of operand: Expression, at offset: Int) throws(SyntaxIssue) -> Expression {
        let isOptional = skip("?")
        switch current.kind {
        case .identifier(let name):
            position += 1
            let open = current.offset
            guard !isOptional, skip("(") else {
                return try field(name, of: operand, isOptional: isOptional, at: offset)
            }
            let arguments = try self.arguments()
            if let expanded = try expand(name, target: operand, arguments, at: open) { return expanded }
            return try builder.call(name, target: operand, arguments, at: open)
        case .quotedIdentifier(let name):
            position += 1
            return try field(name, of: operand, isOptional: isOptional, at: offset)
        default: throw unexpected()
        }
    }

    private mutating func field(
        _ name: String, of operand: Expression, isOptional: Bool, at offset: Int
    ) throws(SyntaxIssue) -> Expression {
        guard isOptional else { return try builder.make(.select(operand, field: name), at: offset) }
        let literal = try builder.literal(.string(name), at: offset)
        return try builder.call(Operator.optionalSelect, [operand, literal], at: offset)
    }

    /// After the opening parenthesis.
    private mutating func arguments() throws(SyntaxIssue) -> [Expression] {
        var arguments: [Expression] = []
        if skip(")") { return arguments }
        repeat { arguments.append(try expression()) } while skip(",")
        try expect(")")
        return arguments
    }

    // MARK: Primaries

    private static let reserved: Set<String> = [
        "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package",
        "namespace", "return", "var", "void", "while",
    ]

    private mutating func primary() throws(SyntaxIssue) -> Expression {
        let offset = current.offset
        if skip("(") {
            let inner = try expression()
            try expect(")")
            return inner
        }
        if skip("[") { return try list(at: offset) }
        if skip("{") { return try map(at: offset) }
        if sees(".") || isIdentifier { return try identifierOrCall(at: offset) }
        return try literal(at: offset)
    }

    private var isIdentifier: Bool { if case .identifier = current.kind { true } else { false } }

    private mutating func identifierOrCall(at offset: Int) throws(SyntaxIssue) -> Expression {
        // A leading point asks for the root scope; there is no other.
        _ = skip(".")
        guard case .identifier(let name) = current.kind else { throw unexpected() }
        guard !Self.reserved.contains(name) else {
            throw SyntaxIssue(offset: current.offset, message: "reserved identifier: \(name)")
        }
        position += 1
        let open = current.offset
        if skip("(") {
            let arguments = try self.arguments()
            if let expanded = try expand(name, target: nil, arguments, at: open) { return expanded }
            return try builder.call(name, arguments, at: open)
        }
        if sees("{") {
            throw SyntaxIssue(offset: open, message: "undeclared reference to '\(name)' (in container '')")
        }
        return try builder.identifier(name, at: offset)
    }

    private mutating func list(at offset: Int) throws(SyntaxIssue) -> Expression {
        var elements: [Expression.Element] = []
        while !sees("]") {
            let isOptional = skip("?")
            elements.append(.init(value: try expression(), isOptional: isOptional))
            if !skip(",") { break }
        }
        try expect("]")
        return try builder.make(.list(elements), at: offset)
    }

    private mutating func map(at offset: Int) throws(SyntaxIssue) -> Expression {
        var entries: [Expression.Entry] = []
        while !sees("}") {
            let isOptional = skip("?")
            let key = try expression()
            try expect(":")
            entries.append(.init(key: key, value: try expression(), isOptional: isOptional))
            if !skip(",") { break }
        }
        try expect("}")
        return try builder.make(.map(entries), at: offset)
    }

    private mutating func literal(at offset: Int) throws(SyntaxIssue) -> Expression {
        let sign = skip("-") ? "-" : ""
        let value: Expression.Literal?
        switch current.kind {
        case .int(let digits): value = Self.integer(digits, sign: sign).map { .int($0) }
        case .double(let digits): value = Double(sign + digits).flatMap { $0.isFinite ? .double($0) : nil }
        case .uint(let digits) where sign.isEmpty:
            value = (digits.hasPrefix("0x") ? UInt64(digits.dropFirst(2), radix: 16) : UInt64(digits)).map { .uint($0) }
        case .string(let text) where sign.isEmpty: value = .string(text)
        case .bytes(let bytes) where sign.isEmpty: value = .bytes(bytes)
        case .symbol("true") where sign.isEmpty: value = .bool(true)
        case .symbol("false") where sign.isEmpty: value = .bool(false)
        case .symbol("null") where sign.isEmpty: value = .null
        default: throw unexpected()
        }
        guard let value else {
            throw SyntaxIssue(offset: offset, message: "invalid number literal: \(sign)\(current.text)")
        }
        position += 1
        return try builder.literal(value, at: offset)
    }

    private static func integer(_ digits: String, sign: String) -> Int64? {
        digits.hasPrefix("0x") ? Int64(sign + digits.dropFirst(2), radix: 16) : Int64(sign + digits)
    }
}
