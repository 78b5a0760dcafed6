/// An expression whose types fit, with what the checker found out about each node, by the node's number.
struct CheckedExpression: Sendable {
    var root: Expression
    var types: [ExpressionType]
    /// The overloads that a call may mean; several where an argument is dynamic.
    var overloads: [[String]]
    /// The function of a call such as `sets.contains(…)`, whose target is no value but part of the name.
    var qualifiedNames: [Int: String]
    /// Names of types, and what else is known before the expression runs.
    var constants: [Int: Value]
    /// The variables that the expression reads.
    var variables: Set<String>

    var type: ExpressionType { types[root.id] }
}
