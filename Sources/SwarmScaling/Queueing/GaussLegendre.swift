/// The Gauss–Legendre rule of 24 points over [0, 1]: exact for polynomials up to degree 47.
enum GaussLegendre {
    private static let points = 24

    /// Where to evaluate, and with what weight.
    static let rule: [(at: Double, weight: Double)] = (0..<points).map { index in
        // The zeros of the Legendre polynomial by Newton's method, from Tricomi's estimate; five steps are more than enough.
        var zero = RealMath.cosine(.pi * (Double(index) + 0.75) / (Double(points) + 0.5))
        var slope = 1.0
        for _ in 0..<5 {
            let (value, derivative) = legendre(zero)
            slope = derivative
            zero -= value / derivative
        }
        return ((1 + zero) / 2, 1 / ((1 - zero * zero) * slope * slope))
    }

    /// The Legendre polynomial of that degree and its derivative, by Bonnet's recurrence.
    private static func legendre(_ x: Double) -> (value: Double, derivative: Double) {
        var (before, value) = (1.0, x)
        for degree in 2...points {
            let n = Double(degree)
            (before, value) = (value, ((2 * n - 1) * x * value - (n - 1) * before) / n)
        }
        return (value, Double(points) * (x * value - before) / (x * x - 1))
    }

    /// The integral of `function` from 0 to `end`.
    static func integral(to end: Double, of function: (Double) -> Double) -> Double {
        var sum = 0.0
        for (at, weight) in rule { sum += weight * function(at * end) }
        return sum * end
    }
}
