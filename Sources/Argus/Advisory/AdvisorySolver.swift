internal import StructuredData

/// Solves for the objective that was asked for.
struct AdvisorySolver: Sendable {
    /// Weights that are optimal.
    struct Outcome: Sendable {
        var weights: [Double]
        /// Of a period, in the direction that is reported: what is maximised is not negated.
        var objective: Double
        /// The change of the objective for a unit of relaxation, of limits that weights rest on.
        var rates: [AdvisoryLimit: Double] = [:]
        var kktResidual: Double?
        var iterations = 0
        /// The program's solution; `nil` where no program was solved.
        var solution: PortfolioSolution?

        /// What holds with equality, to tell whether it is the same after a change.
        var activeSet: ActiveSet? { solution?.activeSet }
    }

    var constraints: AdvisoryConstraints
    /// Proportional and impact costs as shares of the value, of a period; `nil` where weights do not look at costs.
    var costs: PortfolioCosts?
    /// The fixed costs of the orders there are to be, likewise.
    var fixedCosts = 0.0
    private var market: AdvisoryMarket { constraints.market }
    private var parameters: AdvisoryParameters { constraints.parameters }

    /// A limit that is looser than asked for.
    struct Relaxation: Sendable {
        var limit: AdvisoryLimit
        var amount: Double
    }

    /// - Returns: `nil` where the objective itself cannot be reached: a target risk, or an excess over the risk-free return.
    /// - Parameter start: an outcome that is expected to be near by.
    func solve(relaxing relaxation: Relaxation? = nil, from start: Outcome? = nil) throws(QuadraticProgramError)
        -> Outcome?
    {
        let portfolio = constraints.portfolio(relaxing: relaxation?.limit, by: relaxation?.amount ?? 0)
        var optimizer = PortfolioOptimizer(constraints: portfolio, start: start?.solution, costs: costs)
        switch parameters.objective {
        case .minimumVariance, .targetReturn:
            // A cost is worth the variance that weighs as much in μᵀw − ½ δ wᵀΣw.
            let price = 2 / parameters.riskAversion
            optimizer.costs = costs.map { price * $0 }
            var outcome = outcome(try optimizer.minimumVariance(market.covariance), portfolio) { -$0 }
            outcome.objective += price * fixedCosts
            return outcome
        case .meanCVaR:
            let solution = try optimizer.minimumExpectedShortfall(market.returns, confidence: parameters.confidence)
            var outcome = outcome(solution, portfolio) { -$0 }
            outcome.objective += fixedCosts
            return outcome
        case .blackLitterman:
            let solution = try optimizer.maximumUtility(
                market.covariance, expected: expectedOfPeriod, riskAversion: parameters.riskAversion)
            var outcome = outcome(solution, portfolio) { $0 }
            outcome.objective = -solution.objective - fixedCosts
            return outcome
        case .maximumSharpe: return try sharpe(optimizer, portfolio)
        case .targetRisk:
            let extra = relaxation?.limit == .targetRisk ? relaxation?.amount ?? 0 : 0
            return try targetRisk(optimizer, portfolio, volatility: (parameters.target ?? 0) + extra)
        case .equalRisk, .hrp: preconditionFailure("\(parameters.objective.rawValue) is no program")
        }
    }

    var expectedOfPeriod: [Double] { market.expected.map { $0 / parameters.periodsPerYear } }

    private func sharpe(
        _ optimizer: PortfolioOptimizer, _ portfolio: PortfolioConstraints
    ) throws(QuadraticProgramError) -> Outcome? {
        let shift = -parameters.riskFree / parameters.periodsPerYear - fixedCosts
        guard
            let point = try optimizer.maximumSharpe(market.covariance, expected: expectedOfPeriod, shift: shift),
            point.tradeoff.isFinite
        else { return nil }
        let weights = point.solution.weights
        let excess = optimizer.earned(expectedOfPeriod, weights) + shift
        let variance = market.covariance.quadraticForm(weights)
        guard excess > 0, variance > 0 else { return nil }
        let deviation = variance.squareRoot()
        // With L = ½σ² − λe at its minimum for λ = σ²/e, a change of L changes e/σ by −e/σ³ of it.
        var outcome = outcome(point.solution, portfolio) { $0 * excess / (variance * deviation) }
        outcome.objective = excess / deviation
        let mismatch = abs(point.tradeoff * excess / variance - 1)
        outcome.kktResidual = max(point.solution.kktResidual, mismatch)
        return outcome
    }

    private func targetRisk(
        _ optimizer: PortfolioOptimizer, _ portfolio: PortfolioConstraints, volatility: Double
    ) throws(QuadraticProgramError) -> Outcome? {
        let limit = volatility * volatility / parameters.periodsPerYear
        guard
            let point = try optimizer.maximumReturn(
                market.covariance, expected: expectedOfPeriod, varianceAtMost: limit)
        else { return nil }
        let weights = point.solution.weights
        // With L = ½σ² − λe at its minimum and σ held, a change of L changes e by −1/λ of it.
        var outcome = outcome(point.solution, portfolio) { point.tradeoff > 0 ? $0 / point.tradeoff : 0 }
        outcome.objective = optimizer.earned(expectedOfPeriod, weights) - fixedCosts
        if point.tradeoff > 0, point.tradeoff.isFinite {
            let reached = market.covariance.quadraticForm(weights)
            outcome.kktResidual = max(point.solution.kktResidual, abs(reached / limit - 1))
            // e rises by ½/λ with σ², whose rise with a year's volatility v is 2v/P.
            outcome.rates[.targetRisk] = volatility / (point.tradeoff * parameters.periodsPerYear)
        }
        return outcome
    }

    /// - Parameter rate: what a multiplier of the program says of the objective that is reported.
    private func outcome(
        _ solution: PortfolioSolution, _ portfolio: PortfolioConstraints, rate: (Double) -> Double
    ) -> Outcome {
        var outcome = Outcome(
            weights: solution.weights, objective: solution.objective, kktResidual: solution.kktResidual,
            iterations: solution.iterations, solution: solution)
        for index in market.symbols.indices where portfolio.lower[index] < portfolio.upper[index] {
            if solution.lowerDuals[index] > 0 { outcome.rates[.minimum(index)] = rate(solution.lowerDuals[index]) }
            if solution.upperDuals[index] > 0 { outcome.rates[.maximum(index)] = rate(solution.upperDuals[index]) }
        }
        for (limit, dual) in zip(constraints.rowLimits, solution.rowDuals) where dual > 0 {
            // A target's row is of a period, the target of a year.
            outcome.rates[limit] = rate(dual) / (limit == .targetReturn ? parameters.periodsPerYear : 1)
        }
        if solution.tradingDual > 0 { outcome.rates[.turnover] = rate(2 * solution.tradingDual) }
        return outcome
    }
}
