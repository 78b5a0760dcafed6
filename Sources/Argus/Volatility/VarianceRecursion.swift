/// The recursions of variance, over a series of returns.
///
/// Each runs through the returns once: it makes the variances and their derivatives by the parameters side by side, and hands the
/// score of every observation on.
struct VarianceRecursion {
    let parameters: GarchVector
    /// What stands for the variance before the first return, and its derivative by μ.
    let backcast: (value: Double, slope: Double)

    static let meanAbsoluteNormal = (2 / Double.pi).squareRoot()
    /// Where variances of EGARCH end, as logarithms, for returns whose mean square is one. Without an end below, a likelihood of
    /// errors that are zero has none above: the variance is held at the lowest, which is that of the Python package arch 8.
    static let logarithms = RealMath.logarithm(1e-8)...600

    /// GARCH, and GJR where γ is not zero.
    /// - Returns: Σ ln σ²; NaN where a variance is not positive.
    func garch<Errors: ErrorDensity, Sink: ScoreSink>(
        _ returns: UnsafeBufferPointer<Double>, _ errors: inout Errors, _ sink: inout Sink
    ) -> Double {
        let (mu, omega, beta) = (parameters[.mu], parameters[.omega], parameters[.beta])
        let (rise, fall) = (parameters[.alpha], parameters[.alpha] + parameters[.gamma])
        let persistence = (rise + fall) / 2 + beta
        var variance = omega + persistence * backcast.value
        var slope = VarianceSlope(
            mu: persistence * backcast.slope, omega: 1, alpha: backcast.value, beta: backcast.value,
            gamma: backcast.value / 2)
        var lowest = variance
        var logarithms = LogProduct()

        for index in returns.indices {
            let error = returns[index] - mu
            let inverse = 1 / variance
            logarithms.multiply(variance)
            let derivative = errors.observe(error, inverse)
            sink.add(
                slope, weight: derivative.variance, error: derivative.error,
                shape: Sink.needsShape ? errors.shapeScore(error, inverse) : 0)
            if index % LogProduct.most == LogProduct.most - 1 {
                logarithms.fold()
                errors.fold()
            }
            let square = error * error
            let factor = error < 0 ? fall : rise
            slope.mu = beta * slope.mu - 2 * factor * error
            slope.omega = beta * slope.omega + 1
            slope.alpha = beta * slope.alpha + square
            slope.beta = beta * slope.beta + variance
            slope.gamma = beta * slope.gamma + (error < 0 ? square : 0)
            variance = omega + factor * square + beta * variance
            lowest = min(lowest, variance)
        }
        logarithms.fold()
        errors.fold()
        return lowest > 0 ? logarithms.sum : .nan
    }

    /// EGARCH.
    /// - Returns: Σ ln σ²; NaN where a variance outgrows doubles.
    func egarch<Errors: ErrorDensity, Sink: ScoreSink>(
        _ returns: UnsafeBufferPointer<Double>, _ errors: inout Errors, _ sink: inout Sink
    ) -> Double {
        let (mu, omega, beta) = (parameters[.mu], parameters[.omega], parameters[.beta])
        let (alpha, gamma) = (parameters[.alpha], parameters[.gamma])
        let start = RealMath.logarithm(backcast.value)
        var logarithm = omega + beta * start
        var slope = VarianceSlope(
            mu: beta * backcast.slope / backcast.value, omega: 1, alpha: 0, beta: start, gamma: 0)
        var sum = 0.0

        for index in returns.indices {
            if !(logarithm > Self.logarithms.lowerBound) {
                (logarithm, slope) = (Self.logarithms.lowerBound, .zero)
            }
            guard logarithm < Self.logarithms.upperBound else { return .nan }
            sum += logarithm
            let variance = RealMath.exponential(logarithm)
            let inverse = 1 / variance
            let error = returns[index] - mu
            let derivative = errors.observe(error, inverse)
            sink.add(
                slope, weight: derivative.variance * variance, error: derivative.error,
                shape: Sink.needsShape ? errors.shapeScore(error, inverse) : 0)
            if index % LogProduct.most == LogProduct.most - 1 { errors.fold() }
            let root = inverse.squareRoot()
            let standardised = error * root
            let size = abs(standardised) - Self.meanAbsoluteNormal
            // What an error adds to the next logarithm, by the error; at zero, the mean of both sides.
            let reaction = gamma + (standardised > 0 ? alpha : standardised < 0 ? -alpha : 0)
            let memory = beta - reaction * standardised / 2
            slope.mu = memory * slope.mu - reaction * root
            slope.omega = memory * slope.omega + 1
            slope.alpha = memory * slope.alpha + size
            slope.beta = memory * slope.beta + logarithm
            slope.gamma = memory * slope.gamma + standardised
            logarithm = omega + alpha * size + gamma * standardised + beta * logarithm
        }
        errors.fold()
        return sum
    }
}
