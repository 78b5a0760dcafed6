/// Portfolios of n assets that are optimal under linear constraints.
///
/// Weights w, covariance Σ and expected returns μ are of one period. Every function throws ``QuadraticProgramError`` where the
/// constraints contradict each other.
public struct PortfolioOptimizer: Sendable {
    public let constraints: PortfolioConstraints
    /// A solution that is expected to be near by, of the same program under nearly the same constraints.
    var start: PortfolioSolution?
    /// What trading costs, of a period and in the unit of returns; it is taken off what is maximised, and added to what is
    /// minimised.
    var costs: PortfolioCosts?

    public init(constraints: PortfolioConstraints) { self.constraints = constraints }

    init(constraints: PortfolioConstraints, start: PortfolioSolution?, costs: PortfolioCosts? = nil) {
        self.constraints = constraints
        self.start = start
        self.costs = costs
    }

    /// Minimises wᵀΣw.
    public func minimumVariance(_ covariance: Matrix) throws(QuadraticProgramError) -> PortfolioSolution {
        try solve(2 * covariance, constraints.lower.map { _ in 0 }, nil, costs)
    }

    /// Minimises wᵀΣw subject to μᵀw ≥ `floor`; the row for the return is the last of the solution's rows.
    public func minimumVariance(
        _ covariance: Matrix, expected: [Double], atLeast floor: Double
    ) throws(QuadraticProgramError) -> PortfolioSolution {
        try constrained(expected, floor).minimumVariance(covariance)
    }

    /// Maximises μᵀw − ½ δ wᵀΣw; the objective is its negative.
    public func maximumUtility(
        _ covariance: Matrix, expected: [Double], riskAversion: Double
    ) throws(QuadraticProgramError) -> PortfolioSolution {
        try solve(riskAversion * covariance, expected.map { -$0 }, nil, costs)
    }

    /// Minimises the expected shortfall of the portfolio's returns in the scenarios (rows of `returns`), as a linear program
    /// (Rockafellar and Uryasev 2000).
    ///
    /// A portfolio's expected shortfall grows with the returns' unit, so that they are brought to the size of weights, by which the
    /// program's tolerances are meant.
    public func minimumExpectedShortfall(
        _ returns: Matrix, confidence: Double
    ) throws(QuadraticProgramError) -> PortfolioSolution {
        let prices = costs.map { Vector.largestMagnitude($0.proportional + $0.impact) } ?? 0
        let size = max(returns.largestMagnitude, prices)
        let unit = size > 0 && size.isFinite ? size : 1
        var solution = try solve(
            nil, constraints.lower.map { _ in 0 }, .init(returns: (1 / unit) * returns, confidence: confidence),
            costs.map { (1 / unit) * $0 })
        solution.multiplyObjective(by: unit)
        return solution
    }

    /// The same subject to μᵀw ≥ `floor`; the row for the return is the last of the solution's rows.
    public func minimumExpectedShortfall(
        _ returns: Matrix, confidence: Double, expected: [Double], atLeast floor: Double
    ) throws(QuadraticProgramError) -> PortfolioSolution {
        try constrained(expected, floor).minimumExpectedShortfall(returns, confidence: confidence)
    }

    /// Maximises μᵀw; the objective is its negative.
    public func maximumReturn(_ expected: [Double]) throws(QuadraticProgramError) -> PortfolioSolution {
        try solve(nil, expected.map { -$0 }, nil, costs)
    }

    func constrained(_ expected: [Double], _ floor: Double) -> PortfolioOptimizer {
        PortfolioOptimizer(
            constraints: constraints.adding(.init(coefficients: expected.map { -$0 }, limit: -floor)), start: nil,
            costs: costs)
    }

    /// μᵀw less the costs.
    func earned(_ expected: [Double], _ weights: [Double]) -> Double {
        Vector.dot(expected, weights) - (costs?.cost(of: weights) ?? 0)
    }

    private func solve(
        _ quadratic: Matrix?, _ linear: [Double], _ scenarios: PortfolioObjective.Scenarios?, _ costs: PortfolioCosts?
    ) throws(QuadraticProgramError) -> PortfolioSolution {
        let objective = PortfolioObjective(
            quadratic: quadratic, linear: linear, scenarios: scenarios, costs: costs)
        return try PortfolioProgram(objective: objective, constraints: constraints).solve(from: start)
    }
}
