internal import StructuredData

/// What return came with the risk. NaN where a denominator is zero.
struct RiskRatios: Sendable {
    /// √P·(mean − rf/P)/stdev
    let sharpe: Double
    /// P·mean(r − m)/√(P·mean(min(r − m, 0)²)), m = rf/P
    let sortino: Double
    /// The compounded annual return over the deepest fall of wealth.
    let calmar: Double
    /// As a positive fraction of the high; wealth starts at 1.
    let maxDrawdown: Double

    init(_ returns: [Double], periodsPerYear: Double, riskFree: Double) {
        let statistics = ReturnStatistics(
            returns, kind: .simple, periodsPerYear: periodsPerYear, riskFree: riskFree)
        sharpe = statistics.standardDeviation > 0 ? statistics.sharpe : .nan
        let target = riskFree / periodsPerYear
        var (excess, below) = (0.0, 0.0)
        for value in returns {
            excess += value - target
            below += min(value - target, 0) * min(value - target, 0)
        }
        let count = Double(returns.count)
        let downside = (periodsPerYear * below / count).squareRoot()
        sortino = downside > 0 ? periodsPerYear * excess / count / downside : .nan
        var levels = [1.0]
        for value in returns { levels.append(levels[levels.count - 1] * (1 + value)) }
        maxDrawdown = levels.allSatisfy { $0 > 0 } ? Drawdown(levels).depth : Self.depthOfRuin(levels)
        calmar = maxDrawdown > 0 ? statistics.annualReturn / maxDrawdown : .nan
    }

    /// The deepest fall where wealth is lost altogether: leverage can do that.
    private static func depthOfRuin(_ levels: [Double]) -> Double {
        var (high, depth) = (0.0, 0.0)
        for level in levels {
            high = max(high, level)
            depth = max(depth, 1 - level / high)
        }
        return depth
    }
}

/// A portfolio beside its benchmark, over the same periods.
struct BenchmarkRatios: Sendable {
    /// cov(r, b)/var(b); NaN where the benchmark does not vary.
    let beta: Double
    /// √P·stdev(r − b)
    let trackingError: Double

    init(_ returns: [Double], benchmark: [Double], periodsPerYear: Double) {
        let (left, right) = (Moments(returns), Moments(benchmark))
        var products = 0.0
        for (value, other) in zip(returns, benchmark) { products += (value - left.mean) * (other - right.mean) }
        beta = right.squares > 0 ? products / right.squares : .nan
        let difference = Moments(zip(returns, benchmark).map { $0 - $1 })
        trackingError = periodsPerYear.squareRoot() * difference.standardDeviation
    }
}
