/// The parts from which densities of the gamma and beta families are put together without cancellation (Loader 2000, "Fast and
/// accurate computation of binomial probabilities").
enum SaddlePoint {
    private static let logRootTwoPi = 0.918_938_533_204_672_741_780
    private static let twoPi = 6.283_185_307_179_586_476_93

    /// ln n! − ln(√(2πn)·(n/e)ⁿ), for any n > 0: the error of Stirling's formula.
    static func stirlingError(_ n: Double) -> Double {
        guard n >= 10 else {
            return RealMath.logGamma(n + 1) - (n + 0.5) * RealMath.logarithm(n) + n - logRootTwoPi
        }
        // Bernoulli numbers B₂ₖ/(2k(2k − 1)); at n = 10 the first one left out is below 2e-18.
        let square = 1 / (n * n)
        var sum = -3617.0 / 122_400
        for coefficient in [1.0 / 156, -691.0 / 360_360, 1.0 / 1188, -1.0 / 1680, 1.0 / 1260, -1.0 / 360, 1.0 / 12] {
            sum = sum * square + coefficient
        }
        return sum / n
    }

    /// x ln(x/m) + m − x for positive x and m: how far x is from the mean m, as half a deviance.
    static func deviance(_ x: Double, _ mean: Double) -> Double {
        let difference = x - mean
        guard abs(difference) < 0.1 * (x + mean) else { return x * RealMath.logarithm(x / mean) - difference }
        let v = difference / (x + mean)
        var sum = difference * v
        var term = 2 * x * v
        let square = v * v
        var odd = 3.0
        while true {
            term *= square
            let next = sum + term / odd
            if next == sum { return next }
            sum = next
            odd += 2
        }
    }

    /// mean^x·e^−mean/Γ(x + 1), the Poisson density continued to any x > 0.
    static func poisson(_ x: Double, mean: Double) -> Double {
        guard mean > 0 else { return 0 }
        return RealMath.exponential(-stirlingError(x) - deviance(x, mean)) / (twoPi * x).squareRoot()
    }

    /// Γ(a + b + 1)/(Γ(a + 1)Γ(b + 1))·pᵃqᵇ, the binomial density continued to any a, b > 0; q = 1 − p is given, so that
    /// neither loses digits.
    static func binomial(_ a: Double, _ b: Double, _ p: Double, _ q: Double) -> Double {
        guard p > 0, q > 0 else { return 0 }
        let n = a + b
        let exponent =
            stirlingError(n) - stirlingError(a) - stirlingError(b) - deviance(a, n * p) - deviance(b, n * q)
        return RealMath.exponential(exponent) * (n / (twoPi * a * b)).squareRoot()
    }
}
