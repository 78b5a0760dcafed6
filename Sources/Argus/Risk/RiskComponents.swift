/// A figure shared among the holdings.
struct RiskComponents: Sendable {
    /// By holding; they add up to the value at risk and the expected shortfall.
    let valueAtRisk: [Double]
    let expectedShortfall: [Double]
    /// ∂VaR/∂wᵢ: how the value at risk moves with the weight.
    let marginal: [Double]
    /// The value at risk less what it is when the holding is cash instead; `nil` where the rest has no answer.
    let incremental: [Double?]

    /// `nil` for methods whose risk cannot be shared so.
    ///
    /// Normal and EWMA by Euler's theorem on the covariance, historical by the holdings' own losses in the scenarios that make the
    /// figure (Tasche 2000).
    init?(_ loss: any LossDistribution, _ sample: RiskSample, _ estimator: RiskEstimator, alpha: Double) {
        let weights = sample.weights
        // What each asset would lose by itself, per unit of weight.
        let marginals: (valueAtRisk: [Double], expectedShortfall: [Double])
        switch loss {
        case let loss as HistoricalLoss:
            func losses(_ shares: [SampleTail.Share]) -> [Double] {
                sample.assets.map { asset in
                    -loss.scale * shares.reduce(0) { $0 + $1.weight * asset[loss.tail.rows[$1.place]] }
                }
            }
            marginals = (
                losses(loss.tail.quantileShares(alpha, loss.convention)), losses(loss.tail.tailShares(alpha))
            )
        case let loss as NormalLoss:
            guard loss.deviation > 0 else { return nil }
            let center = loss.mean
            let rows = sample.portfolio.map { $0 - center }
            let covariances = sample.assets.map { asset in
                zip(rows, asset).reduce(0) { $0 + $1.0 * $1.1 } / Double(rows.count - 1)
            }
            let means = sample.assets.map { Moments($0).mean * loss.horizon }
            let scale = loss.horizon.squareRoot() / loss.deviation
            marginals = Self.euler(covariances.map { $0 * scale }, means, alpha)
        case let loss as EWMALoss:
            var weight = 1.0
            var total = 0.0
            var sums = [Double](repeating: 0, count: sample.assets.count)
            for row in sample.portfolio.indices.reversed() {
                for asset in sums.indices { sums[asset] += weight * sample.portfolio[row] * sample.assets[asset][row] }
                total += weight
                weight *= loss.lambda
            }
            let scale = loss.horizon.squareRoot() / loss.deviation / total
            marginals = Self.euler(sums.map { $0 * scale }, [Double](repeating: 0, count: sums.count), alpha)
        default: return nil
        }
        marginal = marginals.valueAtRisk
        valueAtRisk = zip(weights, marginals.valueAtRisk).map { $0 * $1 }
        expectedShortfall = zip(weights, marginals.expectedShortfall).map { $0 * $1 }
        let whole = loss.valueAtRisk(alpha)
        incremental = weights.indices.map { index in
            let rest = try? estimator.fit(
                RiskSample(assets: [sample.portfolio(without: index)], weights: [1]))
            return rest.map { whole - $0.valueAtRisk(alpha) }
        }
    }

    /// - Parameter slopes: ∂σ/∂wᵢ over the horizon.
    private static func euler(_ slopes: [Double], _ means: [Double], _ alpha: Double) -> ([Double], [Double]) {
        let (z, shortfall) = (NormalDistribution.quantile(alpha), NormalLoss.shortfall(alpha))
        return (
            zip(slopes, means).map { -$1 - z * $0 }, zip(slopes, means).map { -$1 + shortfall * $0 }
        )
    }
}
