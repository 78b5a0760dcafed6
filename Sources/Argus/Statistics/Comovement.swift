/// Covariance and correlation of several symbols' returns.
struct Comovement: Sendable {
    let symbols: [String]
    /// Per period; rows and columns in the order of `symbols`.
    let covariance: Matrix
    /// NaN where a symbol's returns do not vary.
    let correlation: Matrix
    /// What Ledoit and Wolf's estimate was shrunk by.
    let shrinkage: Double?

    /// - Parameter returns: one series for each symbol, of equal length, two returns or more.
    init(symbols: [String], returns: [[Double]], estimator: CovarianceEstimator) {
        self.symbols = symbols
        let estimate = estimator.estimate(returns)
        covariance = estimate.matrix
        shrinkage = estimate.shrinkage
        let deviations = estimate.matrix.diagonal.map { $0.squareRoot() }
        // Shrinkage and rounding give a variance also to returns that have none around their mean.
        let isFlat = returns.map { series in estimator.isCentred && series.allSatisfy { $0 == series[0] } }
        var matrix = estimate.matrix
        for j in symbols.indices {
            for i in symbols.indices {
                let scale = deviations[i] * deviations[j]
                if isFlat[i] || isFlat[j] || !(scale > 0) {
                    matrix[i, j] = .nan
                } else {
                    // Rounding may lead a hair beyond what a correlation can be.
                    matrix[i, j] = i == j ? 1 : min(1, max(-1, estimate.matrix[i, j] / scale))
                }
            }
        }
        correlation = matrix
    }
}
