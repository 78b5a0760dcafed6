internal import StructuredData

/// The sample of simulated portfolio returns over the horizon.
struct SimulatedLoss: LossDistribution {
    private let tail: SampleTail
    private let convention: QuantileConvention
    private let hasInterval: Bool
    let parameters: JSONObject
    /// What is to be said of the simulation.
    let notes: [Finding]

    init(
        _ returns: [Double], alphas: [Double], convention: QuantileConvention, hasInterval: Bool,
        parameters: JSONObject, notes: [Finding] = []
    ) throws(Refusal) {
        guard returns.allSatisfy(\.isFinite) else {
            throw Refusal(.nonFinite, "a simulated return is not finite")
        }
        let reach = hasInterval ? alphas.map { Self.bounds(returns.count, $0).upperBound }.max() ?? 1 : 1
        tail = SampleTail(returns, alphas: alphas, reach: reach)
        self.convention = convention
        self.hasInterval = hasInterval
        self.parameters = parameters
        self.notes = notes
    }

    func valueAtRisk(_ alpha: Double) -> Double { tail.valueAtRisk(alpha, convention) }
    func expectedShortfall(_ alpha: Double) -> Double { tail.expectedShortfall(alpha) }

    func interval(_ alpha: Double) -> ClosedRange<Double>? {
        guard hasInterval else { return nil }
        let ranks = Self.bounds(tail.count, alpha)
        return -tail.orderStatistic(ranks.upperBound)...(-tail.orderStatistic(ranks.lowerBound))
    }

    /// The ranks between whose order statistics the quantile at `alpha` lies with probability 95%: the number of simulations
    /// below it is binomial, whatever their distribution.
    private static func bounds(_ count: Int, _ alpha: Double) -> ClosedRange<Int> {
        let below = BinomialDistribution(trials: count, probability: alpha)
        let low = max(1, below.quantile(0.025))
        return low...min(count, max(low, below.quantile(0.975) + 1))
    }
}
