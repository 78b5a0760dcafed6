/// The regularised incomplete gamma functions.
enum IncompleteGamma {
    private static let mostTerms = 100_000

    /// P(a, x) = γ(a, x)/Γ(a) and Q(a, x) = 1 − P(a, x), for a > 0; the smaller one keeps its relative accuracy.
    ///
    /// By the power series below the mean, by the continued fraction above it (DLMF 8.7.1 and 8.9.2).
    static func regularized(_ a: Double, _ x: Double) -> (lower: Double, upper: Double) {
        guard x > 0 else { return x.isNaN ? (.nan, .nan) : (0, 1) }
        guard x < .infinity else { return (1, 0) }
        let density = SaddlePoint.poisson(a, mean: x)
        if x < a + 1 {
            let lower = density * series(a, x)
            return (lower, 1 - lower)
        }
        let upper = density * a * fraction(a, x)
        return (1 - upper, upper)
    }

    /// Σ xⁿ/((a + 1)⋯(a + n))
    private static func series(_ a: Double, _ x: Double) -> Double {
        var (term, sum) = (1.0, 1.0)
        for n in 1...mostTerms {
            term *= x / (a + Double(n))
            sum += term
            if term < sum * 1e-17 { break }
        }
        return sum
    }

    /// The continued fraction of Γ(a, x)·eˣ/xᵃ, by Lentz's method.
    private static func fraction(_ a: Double, _ x: Double) -> Double {
        let tiny = 1e-300
        var b = x + 1 - a
        var c = 1 / tiny
        var d = 1 / (b == 0 ? tiny : b)
        var value = d
        for n in 1...mostTerms {
            let numerator = -Double(n) * (Double(n) - a)
            b += 2
            d = numerator * d + b
            if abs(d) < tiny { d = tiny }
            c = b + numerator / c
            if abs(c) < tiny { c = tiny }
            d = 1 / d
            let factor = c * d
            value *= factor
            if abs(factor - 1) < 1e-16 { break }
        }
        return value
    }
}
