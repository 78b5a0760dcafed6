/// The χ² distribution.
enum ChiSquared {
    /// P(X > statistic) with `degrees` degrees of freedom, by the finite sums for whole and half-integer arguments of the
    /// incomplete gamma function (Abramowitz and Stegun 1964, 26.4.4 and 26.4.5). NaN for NaN.
    static func survival(_ statistic: Double, degrees: Int) -> Double {
        guard statistic > 0 else { return statistic.isNaN ? .nan : 1 }
        let half = statistic / 2
        // e^−half is zero long before the powers below could overflow.
        guard half < 1000 else { return 0 }
        let isOdd = degrees % 2 == 1
        var term = isOdd ? (half / .pi).squareRoot() * 2 : 1
        var sum = 0.0
        var index = isOdd ? 1.5 : 1.0
        for _ in 0..<degrees / 2 {
            sum += term
            term *= half / index
            index += 1
        }
        let tail = isOdd ? RealMath.complementaryError(half.squareRoot()) : 0
        return tail + RealMath.exponential(-half) * sum
    }
}
