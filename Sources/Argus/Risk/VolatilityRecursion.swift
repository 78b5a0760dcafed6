internal import StructuredData

/// A model of volatility that is carried from one period to the next.
struct VolatilityRecursion: Sendable {
    private enum State: Sendable {
        case ewma(EWMAVariance)
        /// σ² = ω + α(r − μ)² + βσ², all in units of the returns; `variance` is that of the next period.
        case garch(omega: Double, alpha: Double, beta: Double, variance: Double)
    }

    private var state: State
    /// The mean that returns are measured from: zero for EWMA.
    let mean: Double

    /// Before the first of `returns`. GARCH(1,1) with a constant mean and normal errors is fitted to all of them.
    init(_ filter: VolatilityFilter, _ returns: [Double]) throws(Refusal) {
        switch filter {
        case .ewma(let lambda):
            state = .ewma(EWMAVariance(lambda: lambda))
            mean = 0
        case .garch:
            let specification = GarchSpecification(variance: .garch)
            let fit: GarchFit
            do throws(GarchFit.Failure) {
                fit = try GarchFit(returns, specification)
            } catch {
                throw Refusal(.zeroVariance, "a GARCH model cannot be fitted to these returns (\(error))")
            }
            let scale = specification.scale
            mean = fit.parameters[.mu] / scale
            state = .garch(
                omega: fit.parameters[.omega] / (scale * scale), alpha: fit.parameters[.alpha],
                beta: fit.parameters[.beta], variance: fit.volatilities[0] * fit.volatilities[0])
        }
    }

    /// σ for the next period; `nil` where it is not known or zero.
    var deviation: Double? {
        switch state {
        case .ewma(let variance): variance.deviation
        case .garch(_, _, _, let variance): variance > 0 ? variance.squareRoot() : nil
        }
    }

    mutating func append(_ value: Double) {
        switch state {
        case .ewma(var variance):
            variance.append(value)
            state = .ewma(variance)
        case .garch(let omega, let alpha, let beta, let variance):
            let error = value - mean
            state = .garch(
                omega: omega, alpha: alpha, beta: beta, variance: omega + alpha * error * error + beta * variance)
        }
    }

    var parameters: JSONObject {
        switch state {
        case .ewma(let variance): ["mu": JSON(mean), "lambda": JSON(variance.lambda)]
        case .garch(let omega, let alpha, let beta, _):
            ["mu": JSON(mean), "omega": JSON(omega), "alpha[1]": JSON(alpha), "beta[1]": JSON(beta)]
        }
    }
}
