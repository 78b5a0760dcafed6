/// What a portfolio program minimises over weights w: ½ wᵀPw + qᵀw, plus the expected shortfall of scenarios and the costs of
/// trading where there are any.
struct PortfolioObjective: Sendable {
    /// Returns by scenario (rows) and asset (columns), and the confidence of their expected shortfall.
    struct Scenarios: Sendable {
        var returns: Matrix
        var confidence: Double
    }

    var quadratic: Matrix?
    var linear: [Double]
    var scenarios: Scenarios?
    var costs: PortfolioCosts?
}

/// Weights that are optimal, with the rates at which the objective falls as constraints are relaxed.
public struct PortfolioSolution: Sendable {
    public internal(set) var weights: [Double]
    public internal(set) var objective: Double
    /// The change of the objective for one more of budget.
    public internal(set) var budgetRate: Double
    public internal(set) var lowerDuals: [Double]
    public internal(set) var upperDuals: [Double]
    public internal(set) var rowDuals: [Double]
    public internal(set) var tradingDual: Double
    public internal(set) var kktResidual: Double
    public internal(set) var iterations: Int
    /// For a start near by, in a program of the same shape.
    var activeSet: ActiveSet?
    var isSplit: Bool
    /// The program's variables, which weights were made of.
    var point: [Double]

    /// Brings the objective, and the rates at which it changes, to another unit.
    mutating func multiplyObjective(by factor: Double) {
        objective *= factor
        budgetRate *= factor
        tradingDual *= factor
        for index in lowerDuals.indices { lowerDuals[index] *= factor }
        for index in upperDuals.indices { upperDuals[index] *= factor }
        for index in rowDuals.indices { rowDuals[index] *= factor }
    }
}
