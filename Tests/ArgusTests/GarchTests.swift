import StructuredData
import Testing

@testable import Argus

@Suite("GARCH, GJR and EGARCH")
struct GarchTests {
    private static let models = GarchSpecification.Variance.allCases.flatMap { variance in
        GarchSpecification.Distribution.allCases.map { GarchSpecification(variance: variance, distribution: $0) }
    }

    private func parameters(_ specification: GarchSpecification) -> GarchVector {
        var parameters = GarchVector.zero
        parameters[.mu] = 0.03
        parameters[.omega] = 0.02
        parameters[.alpha] = 0.07
        parameters[.gamma] = specification.variance == .garch ? 0 : -0.05
        parameters[.beta] = 0.9
        parameters[.nu] = 7
        return parameters
    }

    private func likelihood(
        _ specification: GarchSpecification, backcast: GarchSpecification.Backcast = .meanSquared
    ) throws -> GarchLikelihood {
        GarchLikelihood(
            try TestSeries.returns("JPM").suffix(401).map { $0 * 60 }, variance: specification.variance,
            distribution: specification.distribution, mean: .constant, backcast: backcast)
    }

    @Test("the gradient is that of the value", arguments: models)
    func gradient(specification: GarchSpecification) throws {
        let likelihood = try likelihood(specification)
        let point = parameters(specification)
        let names = specification.parameters
        func moved(_ values: [Double]) -> GarchVector {
            var moved = point
            for (name, value) in zip(names, values) { moved[name] = value }
            return moved
        }
        let numeric = NumericalDerivatives().gradient(at: names.map { point[$0] }) {
            likelihood.value(moved($0)).logLikelihood
        }
        let exact = likelihood.value(point).gradient
        for (name, value) in zip(names, numeric) {
            #expect(abs(exact[name] - value) <= 1e-6 * max(1, abs(value)), "\(name.rawValue): \(exact[name]), \(value)")
        }

        let space = GarchSearchSpace(specification)
        let start = space.starts(mean: 0.03)[0]
        let chained = space.gradient(likelihood.value(space.parameters(start)).gradient, at: start)
        let direct = NumericalDerivatives().gradient(at: start) {
            likelihood.value(space.parameters($0)).logLikelihood
        }
        for (found, wanted) in zip(chained, direct) { #expect(abs(found - wanted) <= 1e-6 * max(1, abs(wanted))) }
    }

    @Test("scores add up to the gradient, and their covariance is that of single observations", arguments: models)
    func scores(specification: GarchSpecification) throws {
        let likelihood = try likelihood(specification, backcast: .fixed(1.3))
        let point = parameters(specification)
        // The score of the last observation is what it adds to the gradient.
        let short = GarchLikelihood(
            likelihood.returns.dropLast(), variance: specification.variance, distribution: specification.distribution,
            mean: .constant, backcast: .fixed(1.3))
        let last = likelihood.value(point).gradient - short.value(point).gradient
        let (all, before) = (likelihood.scores(point), short.scores(point))
        let count = Double(likelihood.returns.count)
        let gradient = likelihood.value(point).gradient
        for left in specification.parameters {
            for right in specification.parameters {
                // Σ sᵢsⱼ, of all and of all but the last.
                let whole = all.covariance(left, right) * (count - 1) + gradient[left] * gradient[right] / count
                let rest =
                    before.covariance(left, right) * (count - 2)
                    + (gradient[left] - last[left]) * (gradient[right] - last[right]) / (count - 1)
                let product = last[left] * last[right]
                #expect(abs(whole - rest - product) <= 1e-7 * max(1, abs(whole)), "\(left.rawValue), \(right.rawValue)")
            }
        }
    }

    @Test("parameters, errors and likelihood follow the scale, and volatilities do not", arguments: models)
    func scale(specification: GarchSpecification) throws {
        let returns = Array(try TestSeries.returns("JPM").suffix(600))
        var unscaled = specification
        unscaled.scale = 1
        let (large, small) = (try GarchFit(returns, specification), try GarchFit(returns, unscaled))
        let logarithm = RealMath.logarithm(100)
        #expect(abs(large.logLikelihood - small.logLikelihood + 600 * logarithm) < 1e-8)
        #expect(abs(large.parameters[.mu] - 100 * small.parameters[.mu]) < 1e-12)
        let isLogarithmic = specification.variance == .egarch
        let omega =
            isLogarithmic
            ? small.parameters[.omega] + (1 - small.parameters[.beta]) * 2 * logarithm
            : 10_000 * small.parameters[.omega]
        #expect(abs(large.parameters[.omega] - omega) < 1e-12)
        #expect(large.volatilities == small.volatilities)
        let errors = (try #require(large.standardErrors()), try #require(small.standardErrors()))
        #expect(abs(errors.0[0] / errors.1[0] - 100) < 1e-6)
        if !isLogarithmic { #expect(abs(errors.0[1] / errors.1[1] - 10_000) < 1e-4) }
        #expect(abs(errors.0[2] / errors.1[2] - 1) < 1e-8)
    }

    @Test("finds again what a simulated series was made with", arguments: [models[1], models[2], models[4]])
    func simulated(specification: GarchSpecification) throws {
        var draws = Draws()
        var returns: [Double] = []
        let truth = parameters(specification)
        var logarithm = 0.0
        var variance = 0.2
        for _ in 0..<4000 {
            let error = specification.distribution == .t ? draws.student(7) : draws.normal()
            if specification.variance == .egarch { variance = RealMath.exponential(logarithm) }
            let shock = error * variance.squareRoot()
            returns.append(truth[.mu] + shock)
            logarithm =
                truth[.omega] + truth[.alpha] * (abs(error) - VarianceRecursion.meanAbsoluteNormal)
                + truth[.gamma] * error + truth[.beta] * logarithm
            variance =
                truth[.omega] + (truth[.alpha] + (shock < 0 ? truth[.gamma] : 0)) * shock * shock
                + truth[.beta] * variance
        }
        var specification = specification
        specification.scale = 1
        let fit = try GarchFit(returns, specification)
        let errors = try #require(fit.standardErrors())
        for (parameter, error) in zip(specification.parameters, errors) {
            #expect(error > 0 && error < 2)
            #expect(abs(fit.parameters[parameter] - truth[parameter]) < 4 * error, "\(parameter.rawValue)")
        }
    }

    /// The log-likelihoods are of arch 8.0.0. Models that are not invertible reach 8 to 27 more by following the noise.
    @Test(
        "EGARCH of a short series is invertible where the conventional search comes to such a maximum",
        arguments: [
            ("AAPL", 3500, GarchSpecification.Distribution.normal, -1_167.17540549),
            ("GE", 7700, .normal, -1_122.44439640),
            ("JPM", 5600, .t, -856.53160346), ("JPM", 7000, .normal, -822.88208415),
        ])
    func invertible(
        symbol: String, first: Int, distribution: GarchSpecification.Distribution, likelihood: Double
    ) throws {
        let returns = Array(try TestSeries.returns(symbol)[first..<first + 500])
        let fit = try GarchFit(returns, GarchSpecification(variance: .egarch, distribution: distribution))
        #expect(fit.hasConverged && fit.isInvertible)
        #expect(abs(fit.logLikelihood - likelihood) < 1e-4, "\(fit.logLikelihood)")
    }

    @Test("a variance that its model explodes, or makes negative, has no likelihood")
    func undefined() throws {
        let garch = try likelihood(GarchSpecification(variance: .garch))
        var negative = parameters(GarchSpecification(variance: .garch))
        negative[.omega] = -1
        #expect(garch.value(negative).logLikelihood.isNaN)
        let egarch = try likelihood(GarchSpecification(variance: .egarch))
        var explosive = parameters(GarchSpecification(variance: .egarch))
        explosive[.beta] = 1.5
        #expect(egarch.value(explosive).logLikelihood.isNaN)
        let student = try likelihood(GarchSpecification(variance: .garch, distribution: .t))
        var heavy = parameters(GarchSpecification(variance: .garch, distribution: .t))
        heavy[.nu] = 2
        #expect(student.value(heavy).logLikelihood.isNaN)
    }

    @Test("a forecast goes to the long-run volatility, and that of EGARCH by the moments of its errors")
    func longRun() throws {
        let returns = Array(try TestSeries.returns("KO").suffix(1000))
        let fit = try GarchFit(returns, GarchSpecification(variance: .gjr))
        let far = try #require(fit.forecast(20_000).volatilities[19_999])
        let unconditional = (fit.parameters[.omega] / (1 - fit.persistence)).squareRoot() / 100
        #expect(abs(far / unconditional - 1) < 1e-6)

        // With α and γ near zero the moments are one; with normal errors E exp(bγz) = exp(b²γ²/2).
        let flat = ExponentialMoment(alpha: 0, gamma: 0, degrees: 6)
        #expect(abs(try #require(flat.logarithm(1))) < 1e-9)
        let skewed = ExponentialMoment(alpha: 0, gamma: -0.3, degrees: nil)
        #expect(abs(try #require(skewed.logarithm(0.5)) - 0.01125) < 1e-12)
        // Many degrees of freedom are normal errors.
        let normal = ExponentialMoment(alpha: 0.2, gamma: -0.1, degrees: nil)
        let nearly = ExponentialMoment(alpha: 0.2, gamma: -0.1, degrees: 1e6)
        let moments = (try #require(normal.logarithm(1)), try #require(nearly.logarithm(1)))
        #expect(abs(moments.0 - moments.1) < 1e-6)
        #expect(ExponentialMoment(alpha: 9, gamma: 0, degrees: 3).logarithm(1) == nil)
    }
}

/// Pseudo-random errors for simulated series: a linear congruential generator, and Marsaglia's polar method (1964) for normal ones.
struct Draws {
    private var state: UInt64 = 2026

    mutating func uniform() -> Double {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return (Double(state >> 11) + 0.5) / 9_007_199_254_740_992
    }

    mutating func normal() -> Double {
        while true {
            let (x, y) = (2 * uniform() - 1, 2 * uniform() - 1)
            let square = x * x + y * y
            if square > 0, square < 1 { return x * (-2 * RealMath.logarithm(square) / square).squareRoot() }
        }
    }

    /// Student's t with unit variance, for whole degrees of freedom.
    mutating func student(_ degrees: Int) -> Double {
        var squares = 0.0
        for _ in 0..<degrees {
            let value = normal()
            squares += value * value
        }
        return normal() / (squares / Double(degrees)).squareRoot()
            * (Double(degrees - 2) / Double(degrees)).squareRoot()
    }
}
