#if canImport(Glibc)
    private import Glibc
#elseif canImport(Musl)
    private import Musl
#elseif canImport(Darwin)
    private import Darwin
#endif

extension RealMath {
    /// ln Γ((ν + 1)/2) − ln Γ(ν/2), which the density of Student's t needs, and its derivative by ν.
    static func studentNorm(_ degrees: Double) -> (value: Double, slope: Double) {
        var sign: Int32 = 0
        let value = lgamma_r((degrees + 1) / 2, &sign) - lgamma_r(degrees / 2, &sign)
        return (value, (digamma((degrees + 1) / 2) - digamma(degrees / 2)) / 2)
    }

    /// ψ(x), the derivative of ln Γ, for positive x: the asymptotic series beyond 8, reached by ψ(x) = ψ(x + 1) − 1/x
    /// (Abramowitz and Stegun 1964, 6.3.18 and 6.3.5).
    static func digamma(_ value: Double) -> Double {
        var (x, shift) = (value, 0.0)
        while x < 8 {
            shift -= 1 / x
            x += 1
        }
        let inverse = 1 / (x * x)
        // Bernoulli's numbers B₂ₖ/2k.
        let coefficients: [(Double, Double)] = [
            (1, 12), (-1, 120), (1, 252), (-1, 240), (5, 660), (-691, 32_760), (1, 12), (-3617, 8160),
        ]
        var series = 0.0
        for (numerator, denominator) in coefficients.reversed() {
            series = (series + numerator / denominator) * inverse
        }
        return shift + log(x) - 1 / (2 * x) - series
    }
}
