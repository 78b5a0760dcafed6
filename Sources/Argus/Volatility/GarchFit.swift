/// A model of conditional variance, fitted to returns by maximum likelihood.
package struct GarchFit: Sendable {
    let specification: GarchSpecification
    /// Of the scaled returns.
    let parameters: GarchVector
    /// Of the scaled returns.
    package let logLikelihood: Double
    /// σ of every period, and of the one after the last, in the units of the returns.
    let volatilities: [Double]
    /// Whether the search came to rest at a maximum.
    package let hasConverged: Bool
    let evaluations: Int

    /// Why there is no fit.
    package enum Failure: Error, Equatable {
        /// The returns do not vary, or are all zero where their mean is taken for zero.
        case constant
        /// The returns are too large for squares.
        case nonFinite
        /// No starting point has a likelihood.
        case undefined
    }

    let likelihood: GarchLikelihood
    /// The parameters of returns whose mean square is one, which the search is over.
    let standardised: GarchVector
    /// A return is this much times a standardised one.
    let unit: Double

    /// The same of a scaled return.
    var scaledUnit: Double { unit * specification.scale }

    /// - Parameter returns: as fractions; ``GarchSpecification/fewestReturns`` or more.
    package init(_ returns: [Double], _ specification: GarchSpecification) throws(Failure) {
        self.specification = specification
        let count = Double(returns.count)
        let mean = specification.mean == .constant ? returns.reduce(0, +) / count : 0
        let meanSquare = returns.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
        guard meanSquare.isFinite else { throw .nonFinite }
        // What varies by no more than the rounding of a ratio of prices does not vary.
        guard meanSquare.squareRoot() > 16 * Double.ulpOfOne * max(1, abs(mean)) else { throw .constant }
        unit = meanSquare.squareRoot()
        let scaledUnit = unit * specification.scale
        var backcast = specification.backcast
        if case .fixed(let value) = backcast { backcast = .fixed(value / (scaledUnit * scaledUnit)) }
        likelihood = GarchLikelihood(
            returns.map { [unit] in $0 / unit }, variance: specification.variance,
            distribution: specification.distribution, mean: specification.mean, backcast: backcast)

        let space = GarchSearchSpace(specification)
        let conventional =
            specification.variance == .egarch
            ? ConventionalSearch(likelihood: likelihood, specification: specification, unit: scaledUnit) : nil
        let search = GarchSearch(likelihood: likelihood, space: space, conventional: conventional)
        guard let best = search.best(mean: mean / unit) else { throw .undefined }
        standardised = space.parameters(best.point)
        hasConverged = best.hasConverged
        evaluations = best.evaluations
        parameters = Self.inUnits(standardised, specification.variance, scaledUnit)
        logLikelihood = -best.value * count - count * RealMath.logarithm(scaledUnit)
        let variances = likelihood.variances(standardised)
        volatilities = variances.map { [unit] in $0.squareRoot() * unit }
    }

    /// The part of a shock to the variance, for EGARCH to its logarithm, that is left after one period.
    var persistence: Double {
        specification.variance == .egarch
            ? standardised[.beta] : standardised[.alpha] + standardised[.gamma] / 2 + standardised[.beta]
    }

    /// The parameters that lie at a bound of theirs, where standard errors, made for the interior, say little. α + γ/2 + β at
    /// one counts as β.
    var atBound: [GarchParameter] {
        let near = 1e-7
        let (alpha, gamma, beta) = (standardised[.alpha], standardised[.gamma], standardised[.beta])
        return specification.parameters.filter { parameter in
            switch parameter {
            case .mu: false
            case .omega:
                specification.variance != .egarch
                    && standardised[.omega] <= GarchSearchSpace.omega.lowerBound * (1 + near)
            case .alpha: specification.variance != .egarch && alpha <= near
            case .gamma: specification.variance == .gjr && alpha + gamma <= near
            case .beta:
                specification.variance == .egarch
                    ? beta <= near || beta >= 1 - near : beta <= near || alpha + gamma / 2 + beta >= 1 - near
            case .nu:
                standardised[.nu] <= GarchSearchSpace.nu.lowerBound * (1 + near)
                    || standardised[.nu] >= GarchSearchSpace.nu.upperBound * (1 - near)
            }
        }
    }

    /// ``GarchLikelihood/isInvertible(_:)`` of the fit.
    var isInvertible: Bool { likelihood.isInvertible(standardised) }

    /// Parameters of standardised returns as those of returns that are `unit` times as large.
    private static func inUnits(
        _ parameters: GarchVector, _ variance: GarchSpecification.Variance, _ unit: Double
    ) -> GarchVector {
        var result = parameters
        result[.mu] *= unit
        if variance == .egarch {
            result[.omega] += (1 - parameters[.beta]) * 2 * RealMath.logarithm(unit)
        } else {
            result[.omega] *= unit * unit
        }
        return result
    }
}
