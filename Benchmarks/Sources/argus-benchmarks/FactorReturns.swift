import Argus

/// Returns of a factor model from a counter, which the peer makes alike: 0.02 · (moves · (loadings + ½)ᵀ + 0.7 · noise).
enum FactorReturns {
    private static let factors = 5

    /// By scenario (rows) and asset (columns).
    static func matrix(scenarios: Int, assets: Int) -> Matrix {
        var loadings = Matrix(rows: factors, columns: assets)
        for asset in 0..<assets {
            for factor in 0..<factors { loadings[factor, asset] = uniform(asset * factors + factor) + 0.5 }
        }
        var moves = Matrix(rows: scenarios, columns: factors)
        for row in 0..<scenarios {
            for factor in 0..<factors { moves[row, factor] = uniform((assets + row) * factors + factor) }
        }
        var returns = moves * loadings
        let first = (assets + scenarios) * factors
        for row in 0..<scenarios {
            for asset in 0..<assets { returns[row, asset] += 0.7 * uniform(first + row * assets + asset) }
        }
        return 0.02 * returns
    }

    /// The sample covariance, divisor n − 1.
    static func covariance(_ returns: Matrix) -> Matrix {
        var centred = returns
        for column in 0..<returns.columns {
            let mean = returns.column(column).reduce(0, +) / Double(returns.rows)
            for row in 0..<returns.rows { centred[row, column] -= mean }
        }
        return (1 / Double(returns.rows - 1)) * centred.gram
    }

    /// In [−½, ½), by splitmix64.
    private static func uniform(_ index: Int) -> Double {
        var z = (UInt64(index) &+ 1) &* 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return Double((z ^ (z >> 31)) >> 11) / 9_007_199_254_740_992 - 0.5
    }
}
