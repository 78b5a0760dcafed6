/// The χ² distribution with any positive number of degrees of freedom.
struct ChiSquaredDistribution: Sendable {
    let degrees: Double

    func density(_ x: Double) -> Double {
        guard x > 0 else { return x.isNaN ? .nan : 0 }
        // x^{k/2−1}e^{−x/2}/(2^{k/2}Γ(k/2)) = (k/2)/x · Poisson density of k/2 at mean x/2.
        return degrees / 2 / x * SaddlePoint.poisson(degrees / 2, mean: x / 2)
    }

    /// P(X ≤ x)
    func cumulative(_ x: Double) -> Double { IncompleteGamma.regularized(degrees / 2, x / 2).lower }

    /// P(X > x)
    func survival(_ x: Double) -> Double { IncompleteGamma.regularized(degrees / 2, x / 2).upper }

    /// The x with P(X ≤ x) = `probability`; 0 and ∞ at 0 and 1, NaN outside.
    func quantile(_ probability: Double) -> Double {
        guard probability > 0, probability < 1 else {
            return probability == 0 ? 0 : probability == 1 ? .infinity : .nan
        }
        // Wilson and Hilferty (1931); for small values the leading term of the power series.
        let c = 2 / (9 * degrees)
        let root = 1 - c + NormalDistribution.quantile(probability) * c.squareRoot()
        let half = degrees / 2
        let small = RealMath.exponential((RealMath.logarithm(probability) + RealMath.logGamma(half + 1)) / half) * 2
        var x = root > 0.3 ? degrees * root * root * root : small
        if !(x > 0) { x = Double.leastNormalMagnitude }
        // The root lies between these.
        var (low, high) = (0.0, Double.infinity)
        let isUpper = probability > 0.5
        for _ in 0..<200 {
            let (lower, upper) = IncompleteGamma.regularized(half, x / 2)
            let excess = isUpper ? (1 - probability) - upper : lower - probability
            if excess > 0 { high = min(high, x) } else { low = max(low, x) }
            let step = excess / density(x)
            var next = x - step
            if !(next > low && next < high) { next = high == .infinity ? 2 * x : low + (high - low) / 2 }
            let change = abs(next - x)
            x = next
            if change <= 1e-15 * x { break }
        }
        return x
    }
}
