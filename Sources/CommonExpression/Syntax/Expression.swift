/// A node of a parsed expression, after macros have been expanded.
struct Expression: Sendable {
    indirect enum Kind: Sendable {
        case literal(Literal)
        case identifier(String)
        case select(Expression, field: String)
        /// `has(operand.field)`
        case presence(Expression, field: String)
        case call(function: String, target: Expression?, arguments: [Expression])
        case list([Element])
        case map([Entry])
        case comprehension(Comprehension)
    }

    enum Literal: Sendable {
        case null
        case bool(Bool)
        case int(Int64)
        case uint(UInt64)
        case double(Double)
        case string(String)
        case bytes([UInt8])
    }

    struct Element: Sendable {
        var value: Expression
        /// `?value`: left out where the optional is empty.
        var isOptional: Bool
    }

    struct Entry: Sendable {
        var key: Expression
        var value: Expression
        var isOptional: Bool
    }

    /// A fold over a list or a map: what every macro but `has` becomes (langdef, "Macros").
    struct Comprehension: Sendable {
        var range: Expression
        var variable: String
        /// The second variable of `range.all(i, v, …)` and its kind.
        var secondVariable: String?
        var accumulator: String
        var initial: Expression
        var condition: Expression
        var step: Expression
        var result: Expression

        /// Whether it only gives a name to a value, as `optMap` and `sortBy` do.
        var isBinding: Bool { accumulator != Comprehension.result }

        /// A name that no source can hold.
        static let result = "@result"
    }

    /// Dense from 0: types, references and sizes are kept in arrays by it.
    let id: Int
    /// Where it stands in the source, in Unicode scalars.
    let offset: Int
    /// The longest way down, this node included.
    let depth: Int
    let kind: Kind

    var children: [Expression] { kind.children }
}

extension Expression.Kind {
    var children: [Expression] {
        switch self {
        case .literal, .identifier: []
        case .select(let operand, _), .presence(let operand, _): [operand]
        case .call(_, let target, let arguments): (target.map { [$0] } ?? []) + arguments
        case .list(let elements): elements.map(\.value)
        case .map(let entries): entries.flatMap { [$0.key, $0.value] }
        case .comprehension(let fold): [fold.range, fold.initial, fold.condition, fold.step, fold.result]
        }
    }
}

/// The functions behind the operators, by the names that messages and cost models use.
enum Operator {
    static let conditional = "_?_:_"
    static let and = "_&&_"
    static let or = "_||_"
    static let not = "!_"
    static let negate = "-_"
    static let equal = "_==_"
    static let notEqual = "_!=_"
    static let less = "_<_"
    static let lessOrEqual = "_<=_"
    static let greater = "_>_"
    static let greaterOrEqual = "_>=_"
    static let add = "_+_"
    static let subtract = "_-_"
    static let multiply = "_*_"
    static let divide = "_/_"
    static let modulo = "_%_"
    static let index = "_[_]"
    static let membership = "@in"
    static let optionalSelect = "_?._"
    static let optionalIndex = "_[?_]"
    static let notStrictlyFalse = "@not_strictly_false"
    static let insert = "cel.@mapInsert"
    static let sortByKeys = "@sortByAssociatedKeys"
}
