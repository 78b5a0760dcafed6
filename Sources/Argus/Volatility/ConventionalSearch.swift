/// The search for EGARCH's parameters that the Python package arch 8 makes: from the likeliest point of a grid, in the scaled
/// returns' own units, by sequential quadratic programming with the gradient of the whole likelihood.
///
/// Which of its maxima an EGARCH likelihood is taken to have depends on the search. This one tells where others would come to.
struct ConventionalSearch: Sendable {
    let likelihood: GarchLikelihood
    let specification: GarchSpecification
    /// A scaled return is this much times one of the likelihood's.
    let unit: Double

    private static let reactions = [0.01, 0.05, 0.1, 0.2]
    private static let asymmetries = [-0.1, 0, 0.1]
    private static let persistences = [0.5, 0.7, 0.9, 0.98]
    private static let farthestVariance = RealMath.logarithm(10_000)

    /// The parameters at the maximum that the search comes to, for the likelihood's returns; `nil` where it comes to none.
    /// - Parameter mean: of the likelihood's returns.
    func maximum(mean: Double, evaluations: inout Int) -> GarchVector? {
        let names = specification.parameters
        let level = 2 * RealMath.logarithm(unit)
        /// The parameters of the likelihood's returns.
        func parameters(_ point: [Double]) -> GarchVector {
            var parameters = GarchVector.zero
            for (name, value) in zip(names, point) { parameters[name] = value }
            parameters[.mu] /= unit
            parameters[.omega] -= (1 - parameters[.beta]) * level
            return parameters
        }
        guard let start = start(mean: mean, evaluations: &evaluations) else { return nil }
        let point = names.map { name in
            switch name {
            case .mu: start[.mu] * unit
            case .omega: (1 - start[.beta]) * level
            default: start[name]
            }
        }
        let bounds = names.map { name -> ClosedRange<Double> in
            switch name {
            case .omega: level - Self.farthestVariance...level + Self.farthestVariance
            case .beta: 0...1
            case .nu: GarchSearchSpace.nu
            case .mu, .alpha, .gamma: -.infinity ... .infinity
            }
        }
        let box = Box(lower: bounds.map(\.lowerBound), upper: bounds.map(\.upperBound))
        let found = SequentialQuadratic().minimum(from: point, in: box) { point, gradient in
            let value = likelihood.value(parameters(point))
            var slopes = value.gradient
            slopes[.mu] /= unit
            slopes[.beta] += level * slopes[.omega]
            gradient = names.map { -slopes[$0] }
            return -value.logLikelihood
        }
        evaluations += found.evaluations
        return found.value.isFinite ? parameters(found.point) : nil
    }

    /// The point of the grid that is likeliest under normal errors, with degrees of freedom by the kurtosis there.
    private func start(mean: Double, evaluations: inout Int) -> GarchVector? {
        var normal = likelihood
        normal.distribution = .normal
        var best: (parameters: GarchVector, value: Double)?
        for alpha in Self.reactions {
            for gamma in Self.asymmetries {
                for beta in Self.persistences {
                    var parameters = GarchVector.zero
                    parameters[.mu] = mean
                    (parameters[.alpha], parameters[.gamma], parameters[.beta]) = (alpha, gamma, beta)
                    let value = normal.value(parameters).logLikelihood
                    evaluations += 1
                    if value > best?.value ?? -.infinity { best = (parameters, value) }
                }
            }
        }
        guard var start = best?.parameters else { return nil }
        let errors = zip(likelihood.returns, likelihood.variances(start)).map { ($0 - mean) / $1.squareRoot() }
        let kurtosis = Moments(errors).excessKurtosis
        start[.nu] = kurtosis > 0.75 ? max(4, (4 * kurtosis + 6) / kurtosis) : 12
        return start
    }
}
