/// Finds the distribution of losses by a method.
struct RiskEstimator: Sendable {
    let method: RiskMethod
    /// 1 − confidence, for each confidence that will be asked for.
    let alphas: [Double]
    let convention: QuantileConvention
    /// Periods.
    let horizon: Int
    let seed: UInt64

    /// - Parameter sample: ``RiskMethod/fewestReturns`` rows at least.
    func fit(_ sample: RiskSample) throws(Refusal) -> any LossDistribution {
        let returns = sample.portfolio
        switch method.kind {
        case .historical:
            return HistoricalLoss(returns, alphas: alphas, convention: convention, horizon: horizon)
        case .ageWeighted(let decay): return AgeWeightedLoss(returns[...], decay: decay, horizon: horizon)
        case .normal: return NormalLoss(returns, horizon: horizon)
        case .studentT: return try StudentTLoss(returns, horizon: horizon)
        case .cornishFisher: return try CornishFisherLoss(returns, horizon: horizon)
        case .ewma(let lambda): return try EWMALoss(returns, lambda: lambda, horizon: horizon)
        case .filteredHistorical(let filter, let paths):
            let filtered = try FilteredReturns(returns, filter: filter)
            let simulated = filtered.simulate(paths: paths, horizon: horizon, random: CounterRandom(seed: seed))
            return try SimulatedLoss(
                simulated, alphas: alphas, convention: convention, hasInterval: horizon > 1,
                parameters: filtered.parameters)
        case .monteCarlo(let copula, let marginals, let paths):
            let simulation = try MonteCarloSimulation(sample, copula: copula, marginals: marginals)
            let returns = simulation.portfolioReturns(
                paths: 0..<paths, horizon: horizon, random: CounterRandom(seed: seed))
            return try SimulatedLoss(
                returns, alphas: alphas, convention: convention, hasInterval: true,
                parameters: simulation.parameters, notes: simulation.notes)
        }
    }
}
