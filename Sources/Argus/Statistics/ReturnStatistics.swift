/// What a series of returns says about itself.
struct ReturnStatistics: Sendable {
    struct Test: Sendable {
        var statistic: Double
        var pValue: Double
    }

    let observations: Int
    let mean: Double
    /// With divisor n − 1.
    let standardDeviation: Double
    /// The biased sample skewness and excess kurtosis.
    let skewness: Double
    let kurtosis: Double
    /// Compounded, per year.
    let annualReturn: Double
    let annualVolatility: Double
    let sharpe: Double
    let jarqueBera: Test
    /// Lags 1, 2, …
    let ljungBox: [Test]

    /// The fewest returns that have a standard deviation.
    static let fewestReturns = 2
    static let ljungBoxLags = 10

    /// - Parameter riskFree: a year's risk-free return.
    init(_ returns: [Double], kind: ReturnKind, periodsPerYear: Double, riskFree: Double) {
        let moments = Moments(returns)
        observations = moments.count
        mean = moments.mean
        standardDeviation = moments.standardDeviation
        skewness = moments.skewness
        kurtosis = moments.excessKurtosis
        annualReturn = Self.annualReturn(returns, kind: kind, periodsPerYear: periodsPerYear)
        annualVolatility = periodsPerYear.squareRoot() * standardDeviation
        sharpe = periodsPerYear.squareRoot() * (mean - riskFree / periodsPerYear) / standardDeviation
        jarqueBera = Self.jarqueBera(moments)
        ljungBox = Self.ljungBox(returns, moments)
    }

    private static func annualReturn(_ returns: [Double], kind: ReturnKind, periodsPerYear: Double) -> Double {
        let exponent = periodsPerYear / Double(returns.count)
        switch kind {
        case .simple: return RealMath.power(returns.reduce(1) { $0 * (1 + $1) }, exponent) - 1
        case .log: return RealMath.exponential(returns.reduce(0, +) * exponent) - 1
        }
    }

    /// n/6 · (S² + K²/4), asymptotically χ²(2) for normal returns (Jarque and Bera 1980).
    private static func jarqueBera(_ moments: Moments) -> Test {
        let (skewness, kurtosis) = (moments.skewness, moments.excessKurtosis)
        let statistic = Double(moments.count) / 6 * (skewness * skewness + kurtosis * kurtosis / 4)
        return Test(statistic: statistic, pValue: ChiSquared.survival(statistic, degrees: 2))
    }

    /// n(n + 2) Σ ρₖ²/(n − k), asymptotically χ²(m) without serial correlation (Ljung and Box 1978); for each m up to the
    /// largest lag that the sample allows.
    private static func ljungBox(_ returns: [Double], _ moments: Moments) -> [Test] {
        let count = Double(returns.count)
        var sum = 0.0
        return (1...ljungBoxLags).prefix { $0 < returns.count }.map { lag in
            var product = 0.0
            for index in lag..<returns.count {
                product += (returns[index] - moments.mean) * (returns[index - lag] - moments.mean)
            }
            let correlation = product / moments.squares
            sum += correlation * correlation / (count - Double(lag))
            let statistic = count * (count + 2) * sum
            return Test(statistic: statistic, pValue: ChiSquared.survival(statistic, degrees: lag))
        }
    }
}
