internal import StructuredData

/// Normal returns. Over a horizon of h periods the mean is hμ and the standard deviation √h σ.
struct NormalLoss: LossDistribution {
    /// Per period; σ with divisor n − 1.
    let mean: Double
    let deviation: Double
    let horizon: Double

    init(_ returns: some Collection<Double>, horizon: Int) {
        let moments = Moments(Array(returns))
        mean = moments.mean
        deviation = moments.standardDeviation
        self.horizon = Double(horizon)
    }

    /// −(μ + σ z_α)
    func valueAtRisk(_ alpha: Double) -> Double {
        -(horizon * mean + horizon.squareRoot() * deviation * NormalDistribution.quantile(alpha))
    }

    /// −μ + σ φ(z_α)/α
    func expectedShortfall(_ alpha: Double) -> Double {
        -horizon * mean + horizon.squareRoot() * deviation * Self.shortfall(alpha)
    }

    /// φ(z_α)/α, the expected shortfall of a standard normal variable.
    static func shortfall(_ alpha: Double) -> Double {
        NormalDistribution.density(NormalDistribution.quantile(alpha)) / alpha
    }

    var parameters: JSONObject { ["mu": JSON(mean), "sigma": JSON(deviation)] }
}

/// Normal returns with mean zero and the exponentially weighted variance of the last period.
struct EWMALoss: LossDistribution {
    let deviation: Double
    let lambda: Double
    let horizon: Double

    init(_ returns: some Collection<Double>, lambda: Double, horizon: Int) throws(Refusal) {
        var variance = EWMAVariance(lambda: lambda)
        for value in returns { variance.append(value) }
        guard let deviation = variance.deviation else {
            throw Refusal(.zeroVariance, "every return is zero, and so is the variance")
        }
        self.deviation = deviation
        self.lambda = lambda
        self.horizon = Double(horizon)
    }

    func valueAtRisk(_ alpha: Double) -> Double {
        -NormalDistribution.quantile(alpha) * horizon.squareRoot() * deviation
    }

    func expectedShortfall(_ alpha: Double) -> Double {
        horizon.squareRoot() * deviation * NormalLoss.shortfall(alpha)
    }

    var parameters: JSONObject { ["lambda": JSON(lambda), "sigma": JSON(deviation)] }
}

/// σ²_{t+1} = Σλⁱr²_{t−i}/Σλⁱ with zero mean and no seed, one return at a time.
struct EWMAVariance: Sendable {
    let lambda: Double
    private var weighted = 0.0
    private var weights = 0.0

    init(lambda: Double) { self.lambda = lambda }

    mutating func append(_ value: Double) {
        weighted = value * value + lambda * weighted
        weights = 1 + lambda * weights
    }

    /// σ for the next period; `nil` until the first return that is not zero, and where the variance has sunk to zero since.
    var deviation: Double? {
        let variance = weighted / weights
        return variance > 0 ? variance.squareRoot() : nil
    }
}

/// Normal quantiles corrected for skewness S and excess kurtosis K (Cornish and Fisher 1938), within the bounds on S and K where
/// the correction keeps them in order (Maillard 2012).
struct CornishFisherLoss: LossDistribution {
    let mean: Double
    let deviation: Double
    let skewness: Double
    let kurtosis: Double
    let horizon: Double

    init(_ returns: some Collection<Double>, horizon: Int) throws(Refusal) {
        let moments = Moments(Array(returns))
        (mean, deviation) = (moments.mean, moments.standardDeviation)
        (skewness, kurtosis) = (moments.skewness, moments.excessKurtosis)
        self.horizon = Double(horizon)
        guard skewness.isFinite, kurtosis.isFinite else {
            throw Refusal(.constantSeries, "returns that do not vary have no skewness and no kurtosis")
        }
        if let reason = Self.disorder(skewness, kurtosis) { throw Refusal(reason) }
    }

    /// The inequality that S and K break; `nil`: the quantile rises with z. Its derivative is az² + (S/3)z + b.
    static func disorder(_ skewness: Double, _ kurtosis: Double) -> String? {
        let square = skewness * skewness
        let a = kurtosis / 8 - square / 6
        let b = 1 - kurtosis / 8 + 5 * square / 36
        let broken =
            !(a >= 0)
            ? "K/8 - S²/6 ≥ 0" : !(b > 0) ? "1 - K/8 + 5S²/36 > 0" : !(square / 9 <= 4 * a * b) ? "S²/9 ≤ 4ab" : nil
        guard let broken else { return nil }
        return "the Cornish-Fisher quantile is not monotone: skewness S = \(NumberText.shortest(skewness)) and excess "
            + "kurtosis K = \(NumberText.shortest(kurtosis)) break \(broken)"
            + (broken.hasPrefix("S") ? " with a = K/8 - S²/6 and b = 1 - K/8 + 5S²/36" : "")
    }

    func valueAtRisk(_ alpha: Double) -> Double {
        let z = NormalDistribution.quantile(alpha)
        let q =
            z + (z * z - 1) * skewness / 6 + (z * z - 3) * z * kurtosis / 24
            - (2 * z * z - 5) * z * skewness * skewness / 36
        return -(horizon * mean + horizon.squareRoot() * deviation * q)
    }

    func expectedShortfall(_ alpha: Double) -> Double {
        let z = NormalDistribution.quantile(alpha)
        let factor =
            1 + z * skewness / 6 + (z * z - 1) * kurtosis / 24 - (2 * z * z - 1) * skewness * skewness / 36
        return -horizon * mean + horizon.squareRoot() * deviation * NormalLoss.shortfall(alpha) * factor
    }

    var parameters: JSONObject {
        ["mu": JSON(mean), "sigma": JSON(deviation), "skewness": JSON(skewness), "kurtosis": JSON(kurtosis)]
    }
}

/// Student's t with location μ, scale s and ν degrees of freedom, by maximum likelihood.
struct StudentTLoss: LossDistribution {
    let fit: StudentTFit
    let horizon: Double

    init(_ returns: some Collection<Double>, horizon: Int) throws(Refusal) {
        fit = try StudentTFit(Array(returns))
        self.horizon = Double(horizon)
    }

    /// −(μ + s t_ν⁻¹(α))
    func valueAtRisk(_ alpha: Double) -> Double {
        let q = StudentTDistribution(degrees: fit.degrees).quantile(alpha)
        return -(horizon * fit.location + horizon.squareRoot() * fit.scale * q)
    }

    /// −μ + s f_ν(q)(ν + q²)/(α(ν − 1)) with q = t_ν⁻¹(α) (McNeil, Frey and Embrechts 2015)
    func expectedShortfall(_ alpha: Double) -> Double {
        let distribution = StudentTDistribution(degrees: fit.degrees)
        let q = distribution.quantile(alpha)
        let shortfall = distribution.density(q) * (fit.degrees + q * q) / (alpha * (fit.degrees - 1))
        return -horizon * fit.location + horizon.squareRoot() * fit.scale * shortfall
    }

    var parameters: JSONObject {
        [
            "mu": JSON(fit.location), "s": JSON(fit.scale), "nu": JSON(fit.degrees),
            "logLikelihood": JSON(fit.logLikelihood),
        ]
    }
}
