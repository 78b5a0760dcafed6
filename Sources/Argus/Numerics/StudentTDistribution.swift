/// Student's t distribution with location 0 and scale 1.
struct StudentTDistribution: Sendable {
    /// Degrees of freedom ν > 0.
    let degrees: Double
    /// The density at zero, Γ((ν + 1)/2)/(√(πν)·Γ(ν/2)).
    let peak: Double

    private static let mostSteps = 60

    init(degrees: Double) {
        self.degrees = degrees
        let half = degrees / 2
        // Γ(h + ½)/Γ(h) from the binomial density at p = ½, so that large ν lose no digits.
        let ratio = RealMath.exponential(
            SaddlePoint.stirlingError(half + 0.5) - SaddlePoint.stirlingError(half)
                + (half + 0.5) * RealMath.logarithm1p(0.5 / half) - 0.5)
        peak = ratio * (half / (half + 0.5)) / (2 * Double.pi).squareRoot() * ((half + 0.5) / half).squareRoot()
    }

    /// c·(1 + x²/ν)^{−(ν+1)/2}
    func density(_ x: Double) -> Double { peak * RealMath.exponential(-(degrees + 1) / 2 * logGrowth(x)) }

    func logDensity(_ x: Double) -> Double { RealMath.logarithm(peak) - (degrees + 1) / 2 * logGrowth(x) }

    /// ln(1 + x²/ν), also where x² overflows.
    private func logGrowth(_ x: Double) -> Double {
        abs(x) < 1e150
            ? RealMath.logarithm1p(x * x / degrees)
            : 2 * RealMath.logarithm(abs(x)) - RealMath.logarithm(degrees)
    }

    /// P(X ≤ x) = ½·I_{ν/(ν+x²)}(ν/2, ½) for x ≤ 0. Its relative accuracy holds in the lower tail; for the upper one ask for
    /// `cumulative(-x)`.
    func cumulative(_ x: Double) -> Double {
        guard x.isFinite else { return x.isNaN ? .nan : x < 0 ? 0 : 1 }
        let square = min(x * x, Double.greatestFiniteMagnitude / 2)
        let sum = degrees + square
        let tail = IncompleteBeta.regularized(degrees / sum, square / sum, degrees / 2, 0.5).lower / 2
        return x <= 0 ? tail : 1 - tail
    }

    /// The x with P(X ≤ x) = `probability`; ∓∞ at 0 and 1, NaN outside.
    ///
    /// Newton's method on ln P against ln|x| in the tail, where that is concave, and on P against x in the middle, where that is
    /// convex: both converge from one side wherever they begin.
    func quantile(_ probability: Double) -> Double {
        guard probability > 0, probability < 1 else {
            return probability == 0 ? -.infinity : probability == 1 ? .infinity : .nan
        }
        guard probability != 0.5 else { return 0 }
        guard probability < 0.5 else { return -quantile(1 - probability) }
        return probability > 0.1 ? middle(probability) : tail(probability)
    }

    private func start(_ probability: Double) -> Double {
        let z = NormalDistribution.quantile(probability)
        let square = z * z
        let nu = degrees
        // Fisher and Cornish (1960), to ν⁻².
        return z + z * (square + 1) / (4 * nu) + z * ((5 * square + 16) * square + 3) / (96 * nu * nu)
    }

    private func middle(_ probability: Double) -> Double {
        var x = start(probability)
        for _ in 0..<Self.mostSteps {
            let step = (cumulative(x) - probability) / density(x)
            x = min(x - step, 0)
            if abs(step) <= 1e-15 * abs(x) { break }
        }
        return x
    }

    private func tail(_ probability: Double) -> Double {
        let power =
            RealMath.logarithm(peak / probability) + (degrees - 1) / 2 * RealMath.logarithm(degrees)
        // In the far tail P = c·ν^{(ν−1)/2}·|x|^−ν, which is always above it.
        var x = min(-start(probability), RealMath.exponential(min(power / degrees, 700)))
        for _ in 0..<Self.mostSteps {
            let value = cumulative(-x)
            guard value > 0 else { break }
            let step = RealMath.logarithm(value / probability) * value / (density(x) * x)
            x *= RealMath.exponential(step)
            if abs(step) <= 1e-15 { break }
        }
        return -x
    }
}
