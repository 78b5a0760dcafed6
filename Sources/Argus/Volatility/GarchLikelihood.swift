/// The likelihood of a series under a model of conditional variance.
struct GarchLikelihood: Sendable {
    let variance: GarchSpecification.Variance
    var distribution: GarchSpecification.Distribution
    let returns: [Double]
    private let mean: Double
    private let meanSquare: Double
    /// What is fixed before the first return; `nil`: the mean of the squared residuals.
    private let backcast: Double?

    private static let backcastReturns = 75
    private static let backcastWeight = 0.94

    /// - Parameter backcast: a fixed one in units of `returns`, squared.
    init(
        _ returns: [Double], variance: GarchSpecification.Variance, distribution: GarchSpecification.Distribution,
        mean kind: GarchSpecification.Mean, backcast: GarchSpecification.Backcast
    ) {
        self.returns = returns
        self.variance = variance
        self.distribution = distribution
        let count = Double(returns.count)
        let mean = returns.reduce(0, +) / count
        self.mean = mean
        meanSquare = returns.reduce(0) { $0 + $1 * $1 } / count
        switch backcast {
        case .meanSquared: self.backcast = nil
        case .fixed(let value): self.backcast = value
        case .exponential:
            let centre = kind == .constant ? mean : 0
            var (sum, weights, weight) = (0.0, 0.0, 1.0)
            for value in returns.prefix(Self.backcastReturns) {
                sum += weight * (value - centre) * (value - centre)
                weights += weight
                weight *= Self.backcastWeight
            }
            self.backcast = sum / weights
        }
    }

    private func recursion(_ parameters: GarchVector) -> VarianceRecursion {
        let mu = parameters[.mu]
        let start = backcast.map { ($0, 0) } ?? (meanSquare - 2 * mu * mean + mu * mu, 2 * (mu - mean))
        return VarianceRecursion(parameters: parameters, backcast: start)
    }

    /// The log-likelihood and its derivatives; NaN where the parameters give no positive variances.
    func value(_ parameters: GarchVector) -> (logLikelihood: Double, gradient: GarchVector) {
        var sink = ScoreSum()
        let sums = run(parameters, &sink)
        var gradient = sink.gradient
        gradient[.nu] = sums.shape
        return (sums.value, gradient)
    }

    /// The covariance of the scores of single observations.
    func scores(_ parameters: GarchVector) -> ScoreMoments {
        var sink = ScoreMoments()
        _ = run(parameters, &sink)
        return sink
    }

    private func run(_ parameters: GarchVector, _ sink: inout some ScoreSink) -> (value: Double, shape: Double) {
        switch distribution {
        case .normal:
            var errors = NormalErrors()
            return run(parameters, &errors, &sink)
        case .t:
            guard parameters[.nu] > 2 else { return (.nan, .nan) }
            var errors = StudentErrors(degrees: parameters[.nu])
            return run(parameters, &errors, &sink)
        }
    }

    private func run<Errors: ErrorDensity, Sink: ScoreSink>(
        _ parameters: GarchVector, _ errors: inout Errors, _ sink: inout Sink
    ) -> (value: Double, shape: Double) {
        let recursion = recursion(parameters)
        let logarithms = returns.withUnsafeBufferPointer { returns in
            switch variance {
            case .garch: recursion.garch(returns, &errors, &sink)
            case .gjr: recursion.gjr(returns, &errors, &sink)
            case .egarch: recursion.egarch(returns, &errors, &sink)
            }
        }
        return errors.logLikelihood(count: returns.count, logVariances: logarithms)
    }

    /// The variances of all periods and of the one after the last.
    func variances(_ parameters: GarchVector) -> [Double] {
        let (alpha, gamma, beta) = (parameters[.alpha], parameters[.gamma], parameters[.beta])
        let (mu, omega) = (parameters[.mu], parameters[.omega])
        let start = recursion(parameters).backcast.value
        guard variance == .egarch else {
            var value = omega + (alpha + gamma / 2 + beta) * start
            return [value]
                + returns.map { observed in
                    let error = observed - mu
                    value = omega + (error < 0 ? alpha + gamma : alpha) * error * error + beta * value
                    return value
                }
        }
        let lowest = VarianceRecursion.logarithms.lowerBound
        var logarithm = max(lowest, omega + beta * RealMath.logarithm(start))
        return [RealMath.exponential(logarithm)]
            + returns.map { observed in
                let error = (observed - mu) * RealMath.exponential(-logarithm / 2)
                let size = abs(error) - VarianceRecursion.meanAbsoluteNormal
                logarithm = max(lowest, omega + alpha * size + gamma * error + beta * logarithm)
                return RealMath.exponential(logarithm)
            }
    }

    /// Whether what was assumed before the first return is forgotten, so that the returns tell the variances. EGARCH may not: a
    /// small change at the start then grows, its likelihood is erratic, and what maximises it says little. The mean of
    /// ln |∂ ln σ²_{t+1}/∂ ln σ²_t| tells (Wintenberger 2013, "Continuous invertibility and stable QML estimation of the
    /// EGARCH(1,1) model", Scand. J. Statist. 40): it must be negative.
    func isInvertible(_ parameters: GarchVector) -> Bool {
        guard variance == .egarch else { return true }
        var product = LogProduct()
        for (index, (observed, variance)) in zip(returns, variances(parameters)).enumerated() {
            let error = (observed - parameters[.mu]) / variance.squareRoot()
            let memory = parameters[.beta] - (parameters[.alpha] * abs(error) + parameters[.gamma] * error) / 2
            product.multiply(max(1e-30, min(1e30, abs(memory))))
            if index % LogProduct.most == LogProduct.most - 1 { product.fold() }
        }
        product.fold()
        return product.sum < 0
    }
}
