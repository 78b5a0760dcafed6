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

    /// GARCH.
    /// - Returns: Σ ln σ²; NaN where a variance is not positive.
    func garch<Errors: ErrorDensity, Sink: ScoreSink>(
        _ returns: UnsafeBufferPointer<Double>, _ errors: inout Errors, _ sink: inout Sink
    ) -> Double { garch(returns, &errors, &sink, isAsymmetric: false) }

    /// GJR.
    /// - Returns: Σ ln σ²; NaN where a variance is not positive.
    func gjr<Errors: ErrorDensity, Sink: ScoreSink>(
        _ returns: UnsafeBufferPointer<Double>, _ errors: inout Errors, _ sink: inout Sink
    ) -> Double { garch(returns, &errors, &sink, isAsymmetric: true) }

    @inline(__always)
    private func garch<Errors: ErrorDensity, Sink: ScoreSink>(
        _ returns: UnsafeBufferPointer<Double>, _ errors: inout Errors, _ sink: inout Sink, isAsymmetric: Bool
    ) -> Double {
        let (mu, omega, beta) = (parameters[.mu], parameters[.omega], parameters[.beta])
        let (alpha, gamma) = (parameters[.alpha], isAsymmetric ? parameters[.gamma] : 0)
        let persistence = alpha + gamma / 2 + beta
        var variance = omega + persistence * backcast.value
        var slope = VarianceSlope(
            common: SIMD4(persistence * backcast.slope, 1, backcast.value, backcast.value),
            gamma: isAsymmetric ? backcast.value / 2 : 0)
        var lowest = variance
        var logarithms = LogProduct()

        for index in returns.indices {
            let error = returns[index] - mu
            let inverse = 1 / variance
            logarithms.multiply(variance)
            let derivative = errors.observe(error, inverse)
            sink.add(
                slope, weight: derivative.logVariance * inverse, error: derivative.error,
                shape: Sink.needsShape ? errors.shapeScore(error, inverse) : 0)
            if index % LogProduct.most == LogProduct.most - 1 {
                logarithms.fold()
                errors.fold()
            }
            let square = error * error
            var (reaction, shock) = (alpha * error, alpha * square)
            if isAsymmetric {
                // Without a branch: the sign of a return is hard to foretell.
                let fall = min(error, 0)
                reaction += gamma * fall
                shock += gamma * (fall * error)
                slope.gamma = beta * slope.gamma + fall * error
            }
            slope.common = beta * slope.common + SIMD4(-2 * reaction, 1, square, variance)
            variance = omega + shock + beta * variance
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
        var slope = VarianceSlope(common: SIMD4(beta * backcast.slope / backcast.value, 1, 0, start), gamma: 0)
        var sum = 0.0

        for index in returns.indices {
            if !(logarithm > Self.logarithms.lowerBound) {
                (logarithm, slope) = (Self.logarithms.lowerBound, .zero)
            }
            guard logarithm < Self.logarithms.upperBound else { return .nan }
            sum += logarithm
            let root = RealMath.exponential(-logarithm / 2)
            let inverse = root * root
            let error = returns[index] - mu
            let derivative = errors.observe(error, inverse)
            sink.add(
                slope, weight: derivative.logVariance, error: derivative.error,
                shape: Sink.needsShape ? errors.shapeScore(error, inverse) : 0)
            if index % LogProduct.most == LogProduct.most - 1 { errors.fold() }
            let standardised = error * root
            let size = abs(standardised) - Self.meanAbsoluteNormal
            // What an error adds to the next logarithm, by the error; at zero, the mean of both sides.
            let reaction = gamma + (standardised > 0 ? alpha : standardised < 0 ? -alpha : 0)
            let memory = beta - reaction * standardised / 2
            slope.common = memory * slope.common + SIMD4(-reaction * root, 1, size, logarithm)
            slope.gamma = memory * slope.gamma + standardised
            logarithm = omega + alpha * size + gamma * standardised + beta * logarithm
        }
        errors.fold()
        return sum
    }
}
