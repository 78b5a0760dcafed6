/// The test of a unit root by Dickey and Fuller (1979), with a constant and lagged differences (Said and Dickey 1984).
///
/// Δy_t = c + ρ·y_{t−1} + Σ_{i≤k} φᵢ·Δy_{t−i} + e_t; the statistic is ρ over its standard error, and the lower, the less of a
/// unit root. k is the one of 0 … ⌈12·(n/100)^{1/4}⌉ (Schwert 1989) with the least AIC over a common sample, after which the
/// regression is done again over all that k leaves. As the function adfuller of the Python package statsmodels 0.15.
struct AugmentedDickeyFuller: Sendable {
    let statistic: Double
    let pValue: Double
    let lags: Int
    /// The observations of the final regression.
    let observations: Int
    /// At 1, 5 and 10 percent.
    let criticalValues: [Double]

    static let levels = ["1%", "5%", "10%"]
    /// The fewest values for a regression with one lag.
    static let fewest = 12

    /// `nil` where the series is constant, too short, or fitted without an error, or not finite.
    init?(_ series: [Double]) {
        guard series.count >= Self.fewest, let first = series.first, series.contains(where: { $0 != first }),
            series.allSatisfy(\.isFinite)
        else { return nil }
        let changes = zip(series.dropFirst(), series).map { $0 - $1 }
        let rule = 12 * RealMath.power(Double(series.count) / 100, 0.25)
        // With the constant and the level, at least as many observations as unknowns are left.
        let most = min(Int(rule.rounded(.up)), series.count / 2 - 2)
        let trial = LaggedRegression(series, changes, lags: most)
        let lags = trial.leastInformation
        let final = LaggedRegression(series, changes, lags: lags)
        guard let statistic = final.statistic, statistic.isFinite else { return nil }
        self.statistic = statistic
        self.lags = lags
        observations = final.observations
        pValue = Self.pValue(statistic)
        criticalValues = Self.criticalValues(final.observations)
    }

    /// MacKinnon (1994), "Approximate asymptotic distribution functions for unit-root and cointegration tests", tables 1 and 2,
    /// one variable with a constant.
    private static func pValue(_ statistic: Double) -> Double {
        guard statistic <= 2.74 else { return 1 }
        guard statistic >= -18.83 else { return 0 }
        let coefficients =
            statistic <= -1.61 ? [2.1659, 1.4412, 0.038269] : [1.7339, 0.93202, -0.12745, -0.010368]
        let normal = coefficients.reversed().reduce(0) { $0 * statistic + $1 }
        return RealMath.complementaryError(-normal / (2.0).squareRoot()) / 2
    }

    /// MacKinnon (2010), "Critical values for cointegration tests", Queen's Economics Department Working Paper 1227, table 2.
    private static func criticalValues(_ observations: Int) -> [Double] {
        let inverse = 1 / Double(observations)
        let table = [
            [-3.43035, -6.5393, -16.786, -79.433], [-2.86154, -2.8903, -4.234, -40.040],
            [-2.56677, -1.5384, -2.809, 0],
        ]
        return table.map { row in row.reversed().reduce(0) { $0 * inverse + $1 } }
    }
}

/// The regression of a change on a constant, the level before it and the changes before it, for each number of lags up to one.
///
/// The columns are centred, which takes the constant out, and scaled; their products are factorised by Cholesky in the order lags,
/// level, change. After each lag, what is left of the last two tells the regression with so many lags.
private struct LaggedRegression {
    /// The sums of squared residuals with 0, 1, … lags.
    private let residuals: [Double]
    /// Of the level's coefficient over its standard error, with all lags.
    let statistic: Double?
    let observations: Int

    /// A lag of which less than this is not explained by those before it adds nothing but rounding.
    private static let leastPart = 1e-10

    init(_ series: [Double], _ changes: [Double], lags: Int) {
        let count = changes.count - lags
        observations = count
        var columns = (0..<lags).map { lag in Self.standardised(changes[lags - 1 - lag..<lags - 1 - lag + count]).values
        }
        columns.append(Self.standardised(series[lags..<lags + count]).values)
        let change = Self.standardised(changes[lags...])
        columns.append(change.values)
        var products = Matrix(columns: columns).gram

        /// What is left of the level and of the change, and of their product, after the lags so far.
        func left() -> (level: Double, change: Double, product: Double) {
            (products[lags, lags], products[lags + 1, lags + 1], products[lags, lags + 1])
        }
        func residual() -> Double {
            let left = left()
            let explained = left.level > Self.leastPart ? left.product * left.product / left.level : 0
            return max(0, left.change - explained) * change.square
        }
        var residuals = [residual()]
        for lag in 0..<lags {
            let pivot = products[lag, lag]
            if pivot > Self.leastPart {
                for j in lag + 1..<lags + 2 {
                    let factor = products[lag, j] / pivot
                    for i in lag + 1..<j + 1 { products[i, j] -= factor * products[lag, i] }
                }
            }
            residuals.append(residual())
        }
        self.residuals = residuals
        let left = left()
        let degrees = Double(count - lags - 2)
        let explained = left.product * left.product / left.level
        let variance = (left.change - explained) / degrees
        statistic =
            left.level > Self.leastPart && variance > 0 && degrees > 0
            ? left.product / left.level / (variance / left.level).squareRoot() : nil
    }

    /// Values around their mean with a sum of squares of one, and the sum of squares that they had.
    private static func standardised(_ values: ArraySlice<Double>) -> (values: [Double], square: Double) {
        let mean = values.reduce(0, +) / Double(values.count)
        let centred = values.map { $0 - mean }
        let square = Vector.dot(centred, centred)
        guard square > .leastNormalMagnitude else { return ([Double](repeating: 0, count: values.count), 0) }
        let length = square.squareRoot()
        return (centred.map { $0 / length }, square)
    }

    /// The number of lags with the least AIC, n·ln(SSR/n) + 2·unknowns; the first of equals.
    var leastInformation: Int {
        let count = Double(observations)
        let values = residuals.enumerated().map { lags, squares in
            count * RealMath.logarithm(squares / count) + 2 * Double(lags + 2)
        }
        return values.indices.min { values[$0] < values[$1] } ?? 0
    }
}
