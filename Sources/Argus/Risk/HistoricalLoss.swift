internal import StructuredData

/// The sample of past portfolio returns, each as likely as the others; for longer horizons scaled by √h.
struct HistoricalLoss: LossDistribution {
    let tail: SampleTail
    let convention: QuantileConvention
    /// √h
    let scale: Double

    init(_ returns: some Collection<Double>, alphas: [Double], convention: QuantileConvention, horizon: Int) {
        tail = SampleTail(returns, alphas: alphas)
        self.convention = convention
        scale = Double(horizon).squareRoot()
    }

    func valueAtRisk(_ alpha: Double) -> Double { scale * tail.valueAtRisk(alpha, convention) }
    func expectedShortfall(_ alpha: Double) -> Double { scale * tail.expectedShortfall(alpha) }
    var parameters: JSONObject { ["observations": JSON(tail.count)] }
}

/// Past returns with weights that fall with their age (Boudoukh, Richardson and Whitelaw 1998): wᵢ = (1 − λ)λⁱ/(1 − λⁿ) for the
/// return of i periods ago.
struct AgeWeightedLoss: LossDistribution {
    /// Rising, with their weights.
    private let values: [Double]
    private let weights: [Double]
    private let decay: Double
    private let scale: Double

    /// By how much a sum of weights may fall short of a probability.
    private static let slack = 1e-12

    init(_ returns: ArraySlice<Double>, decay: Double, horizon: Int) {
        let all = Array(returns)
        let total = -RealMath.exponentialM1(Double(all.count) * RealMath.logarithm(decay))
        let order = all.indices.sorted { all[$0] < all[$1] || (all[$0] == all[$1] && $0 < $1) }
        values = order.map { all[$0] }
        weights = order.map { (1 - decay) * RealMath.power(decay, Double(all.count - 1 - $0)) / total }
        self.decay = decay
        scale = Double(horizon).squareRoot()
    }

    /// The first place whose cumulative weight reaches `alpha`, and the weight before it.
    private func place(_ alpha: Double) -> (index: Int, before: Double) {
        var before = 0.0
        for index in weights.indices {
            guard before + weights[index] < alpha - Self.slack else { return (index, before) }
            before += weights[index]
        }
        // The weights sum to one but for rounding.
        return (weights.count - 1, before - weights[weights.count - 1])
    }

    func valueAtRisk(_ alpha: Double) -> Double { -scale * values[place(alpha).index] }

    func expectedShortfall(_ alpha: Double) -> Double {
        let (index, before) = place(alpha)
        var sum = (alpha - before) * values[index]
        for worse in 0..<index { sum += weights[worse] * values[worse] }
        return -scale * sum / alpha
    }

    var parameters: JSONObject { ["observations": JSON(values.count), "decay": JSON(decay)] }
}
