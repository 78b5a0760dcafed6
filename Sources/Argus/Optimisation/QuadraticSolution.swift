/// A point and multipliers of a quadratic program.
///
/// At the optimum Px + q + Aᵀ·equality + Rᵀ·row − lower + upper = 0, where all but the equalities' multipliers are not
/// negative. A multiplier is the rate at which the objective falls as its constraint is relaxed.
public struct QuadraticSolution: Sendable {
    public var point: [Double]
    public var objective = 0.0
    public var equalityDuals: [Double]
    /// Between 0 and the row's penalty.
    public var rowDuals: [Double]
    public var lowerDuals: [Double]
    public var upperDuals: [Double]
    /// The largest violation of the Karush–Kuhn–Tucker conditions: of a constraint (relative to its largest
    /// coefficient), of the equation above (relative to the objective's), or of complementarity (to both).
    public var kktResidual = Double.infinity
    /// Linear systems solved on the way.
    public var iterations = 0
    /// What held at the end; for a start near by.
    var activeSet: ActiveSet?
}

extension QuadraticProgram {
    /// The largest violation of the optimality conditions; for a program whose objective is scaled to 1.
    func kktResidual(of solution: QuadraticSolution) -> Double {
        let x = solution.point
        var residual = 0.0
        var gradient = gradient(at: x)
        equalities.addProduct(with: solution.equalityDuals, transposed: true, to: &gradient)
        rows.addProduct(with: solution.rowDuals, transposed: true, to: &gradient)
        func note(_ violation: Double) { residual = max(residual, violation.isNaN ? .infinity : violation) }
        for index in x.indices {
            note(abs(gradient[index] - solution.lowerDuals[index] + solution.upperDuals[index]))
            note(lower[index] - x[index])
            note(x[index] - upper[index])
            note(-min(solution.lowerDuals[index], solution.upperDuals[index]))
            if lower[index].isFinite { note(abs(solution.lowerDuals[index] * (x[index] - lower[index]))) }
            if upper[index].isFinite { note(abs(solution.upperDuals[index] * (upper[index] - x[index]))) }
        }
        for (value, wanted) in zip(equalities * x, equalityValues) { note(abs(value - wanted)) }
        for (index, value) in (rows * x).enumerated() {
            let (excess, dual) = (value - rowLimits[index], solution.rowDuals[index])
            note(-dual)
            note(abs(dual * min(0, excess)))
            if rowPenalties[index].isFinite {
                note(dual - rowPenalties[index])
                note(abs((rowPenalties[index] - dual) * max(0, excess)))
            } else {
                note(excess)
            }
        }
        return residual
    }
}
