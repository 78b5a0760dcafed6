/// The regularised incomplete beta function.
enum IncompleteBeta {
    private static let mostTerms = 100_000

    /// I_x(a, b) and 1 − I_x(a, b) = I_y(b, a), for a, b > 0 and y = 1 − x, which is given so that it loses no digits; the
    /// smaller one keeps its relative accuracy. By the continued fraction DLMF 8.17.22.
    static func regularized(_ x: Double, _ y: Double, _ a: Double, _ b: Double) -> (lower: Double, upper: Double) {
        guard !x.isNaN, !y.isNaN else { return (.nan, .nan) }
        guard x > 0 else { return (0, 1) }
        guard y > 0 else { return (1, 0) }
        let density = SaddlePoint.binomial(a, b, x, y) / (a + b)
        if x * (a + b + 2) < a + 1 {
            let lower = density * b * fraction(x, a, b)
            return (lower, 1 - lower)
        }
        let upper = density * a * fraction(y, b, a)
        return (1 - upper, upper)
    }

    private static func fraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
        let tiny = 1e-300
        var c = 1.0
        var d = 1 - (a + b) * x / (a + 1)
        if abs(d) < tiny { d = tiny }
        d = 1 / d
        var value = d
        for index in 1...mostTerms {
            let m = Double(index)
            let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
            value *= step(even, &c, &d)
            let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
            let factor = step(odd, &c, &d)
            value *= factor
            if abs(factor - 1) < 1e-16 { break }
        }
        return value
    }

    @inline(__always)
    private static func step(_ numerator: Double, _ c: inout Double, _ d: inout Double) -> Double {
        let tiny = 1e-300
        d = 1 + numerator * d
        if abs(d) < tiny { d = tiny }
        c = 1 + numerator / c
        if abs(c) < tiny { c = tiny }
        d = 1 / d
        return c * d
    }
}
