/// How a covariance matrix is made from returns.
enum CovarianceEstimator: Sendable, Equatable {
    /// The sample covariance, divisor n − 1.
    case sample
    /// Shrunk towards a multiple of the identity (Ledoit and Wolf 2004, "A well-conditioned estimator for large-dimensional
    /// covariance matrices", J. Multivariate Analysis 88): δ·m·I + (1 − δ)·S with S centred, divisor n, m = tr S/p, and the
    /// δ of their lemma 3.3.
    case ledoitWolf
    /// Σλⁱ·r_{T−i}·r_{T−i}ᵀ/Σλⁱ over all returns, newest first, with zero mean.
    case ewma(lambda: Double)

    /// Whether returns count by their distance from their mean.
    var isCentred: Bool {
        if case .ewma = self { false } else { true }
    }

    /// An estimate, per period, positive semi-definite but for rounding.
    struct Estimate: Sendable {
        var matrix: Matrix
        /// δ of Ledoit and Wolf, from 0 to 1.
        var shrinkage: Double?
    }

    /// - Parameter returns: a column for each symbol, oldest first, of equal length: two rows or more, all finite.
    func estimate(_ returns: [[Double]]) -> Estimate {
        switch self {
        case .sample:
            let gram = Matrix(columns: returns.map(Self.centred)).gram
            return Estimate(matrix: 1 / Double(returns[0].count - 1) * gram)
        case .ledoitWolf: return Self.ledoitWolf(returns.map(Self.centred))
        case .ewma(let lambda):
            let roots = Self.rootWeights(returns[0].count, lambda)
            return Estimate(matrix: Matrix(columns: returns.map { zip($0, roots).map(*) }).gram)
        }
    }

    private static func centred(_ values: [Double]) -> [Double] {
        let mean = values.reduce(0, +) / Double(values.count)
        return values.map { $0 - mean }
    }

    /// The square roots of the weights λⁱ/Σλⁱ, oldest first.
    private static func rootWeights(_ count: Int, _ lambda: Double) -> [Double] {
        var weights = [Double](repeating: 1, count: count)
        for index in (0..<count - 1).reversed() { weights[index] = weights[index + 1] * lambda }
        let total = weights.reduce(0, +)
        return weights.map { ($0 / total).squareRoot() }
    }

    private static func ledoitWolf(_ columns: [[Double]]) -> Estimate {
        let (count, size) = (Double(columns[0].count), Double(columns.count))
        let sample = 1 / count * Matrix(columns: columns).gram
        let mean = sample.diagonal.reduce(0, +) / size
        // ‖S‖² and Σ‖x_t‖⁴/n, the squared size of what the rows say.
        let norm = sample.elements.reduce(0) { $0 + $1 * $1 }
        var lengths = [Double](repeating: 0, count: columns[0].count)
        for column in columns { for row in column.indices { lengths[row] += column[row] * column[row] } }
        let fourth = lengths.reduce(0) { $0 + $1 * $1 } / count

        let dispersion = norm - size * mean * mean
        let error = min((fourth - norm) / count, dispersion)
        let shrinkage = error > 0 && dispersion > 0 ? error / dispersion : 0
        var matrix = (1 - shrinkage) * sample
        for index in columns.indices { matrix[index, index] += shrinkage * mean }
        return Estimate(matrix: matrix, shrinkage: shrinkage)
    }
}
