extension GarchFit {
    /// A forecast of the volatility of the periods to come.
    struct Forecast: Sendable {
        /// √E[σ²] of each period, in the units of the returns; `nil` where there is no such expectation.
        let volatilities: [Double?]
        /// Whether errors that are too rare to count were left out; see ``ExponentialMoment``.
        let isTruncated: Bool
    }

    /// The forecast by the recursion of the model's expectations.
    ///
    /// GARCH and GJR: E[σ²_{T+k}] = ω + (α + γ/2 + β)·E[σ²_{T+k−1}]. EGARCH: ln σ² is linear in independent terms, so that
    /// E[σ²_{T+k}] = exp(ω·Σβⁱ + β^{k−1}·ln σ²_{T+1})·Π_{j<k−1} E[exp(βʲ·g(z))], g(z) = α(|z| − √(2/π)) + γz (Nelson 1991,
    /// theorem A1.2): exact for normal errors, without a simulation.
    /// - Parameter horizon: periods, at least one.
    func forecast(_ horizon: Int) -> Forecast {
        let next = volatilities[volatilities.count - 1]
        var results: [Double?] = [next]
        guard horizon > 1 else { return Forecast(volatilities: results, isTruncated: false) }
        let (omega, beta) = (standardised[.omega], standardised[.beta])
        var variance = (next / unit) * (next / unit)
        guard specification.variance == .egarch else {
            let persistence = standardised[.alpha] + standardised[.gamma] / 2 + beta
            for _ in 1..<horizon {
                variance = omega + persistence * variance
                results.append(variance.squareRoot() * unit)
            }
            return Forecast(volatilities: results, isTruncated: false)
        }
        let moment = ExponentialMoment(
            alpha: standardised[.alpha], gamma: standardised[.gamma],
            degrees: specification.distribution == .t ? standardised[.nu] : nil)
        var logarithm: Double? = RealMath.logarithm(variance)
        // E[σ²] but for the moments follows the recursion; the moments multiply up, each with a higher power of β.
        var (path, moments, power) = (RealMath.logarithm(variance), 0.0, 1.0)
        for _ in 1..<horizon {
            path = omega + beta * path
            logarithm = moment.logarithm(power).map { term in
                moments += term
                return path + moments
            }
            power *= beta
            let value = logarithm.map { RealMath.exponential($0 / 2) * unit }
            results.append(value.flatMap { $0.isFinite ? $0 : nil })
            if logarithm == nil { break }
        }
        results += [Double?](repeating: nil, count: horizon - results.count)
        return Forecast(volatilities: results, isTruncated: moment.degrees != nil)
    }
}
