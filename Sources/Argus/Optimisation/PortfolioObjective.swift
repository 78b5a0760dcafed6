/// What a portfolio program minimises over weights w: ½ wᵀPw + qᵀw, plus the expected shortfall of scenarios where there are
/// any.
struct PortfolioObjective: Sendable {
    /// Returns by scenario (rows) and asset (columns), and the confidence of their expected shortfall.
    struct Scenarios: Sendable {
        var returns: Matrix
        var confidence: Double
    }

    var quadratic: Matrix?
    var linear: [Double]
    var scenarios: Scenarios?
}

/// Weights that are optimal, with the rates at which the objective falls as constraints are relaxed.
struct PortfolioSolution: Sendable {
    var weights: [Double]
    var objective: Double
    /// The change of the objective for one more of budget.
    var budgetRate: Double
    var lowerDuals: [Double]
    var upperDuals: [Double]
    var rowDuals: [Double]
    var tradingDual: Double
    var kktResidual: Double
    var iterations: Int
    /// For a start near by, in a program of the same shape.
    var activeSet: ActiveSet?
    var isSplit: Bool
}
