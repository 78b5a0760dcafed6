internal import StructuredData

/// Filtered historical simulation (Hull and White 1998; Barone-Adesi, Giannopoulos and Vosper 1999): past returns, each divided by
/// the volatility that was forecast for its day, times the volatility that is forecast now.
struct FilteredReturns: Sendable {
    /// Leading returns that are not resampled: the filter has not seen enough before them.
    static let warmUp = 75

    /// (r_t − μ)/σ_t, with σ_t from returns before t; not recentred.
    private let residuals: [Double]
    private let model: VolatilityRecursion

    /// - Parameter returns: ``warmUp`` + 2 at least.
    init(_ returns: [Double], filter: VolatilityFilter) throws(Refusal) {
        var model = try VolatilityRecursion(filter, returns)
        var residuals: [Double] = []
        for (index, value) in returns.enumerated() {
            if index >= Self.warmUp, let deviation = model.deviation {
                residuals.append((value - model.mean) / deviation)
            }
            model.append(value)
        }
        guard model.deviation != nil, !residuals.isEmpty, residuals.allSatisfy(\.isFinite) else {
            throw Refusal(
                .zeroVariance,
                "the variance of the filter is zero, so that nothing can be divided by it: "
                    + "the returns are zero for too long")
        }
        self.residuals = residuals
        self.model = model
    }

    /// The portfolio's simulated returns over the horizon: for one period each residual once, for more a bootstrap of residuals
    /// along which the volatility is carried on, compounded.
    func simulate(paths: Int, horizon: Int, random: CounterRandom) -> [Double] {
        guard horizon > 1 else {
            let deviation = model.deviation ?? 0
            return residuals.map { model.mean + deviation * $0 }
        }
        let count = Double(residuals.count)
        return (0..<paths).map { path in
            var state = model
            var wealth = 1.0
            for day in 0..<horizon {
                let place = random.uniform(path: path, stream: RandomStream.bootstrap, index: day)
                let residual = residuals[min(Int(place * count), residuals.count - 1)]
                let value = state.mean + (state.deviation ?? 0) * residual
                // What is lost is at most all.
                wealth *= max(0, 1 + value)
                state.append(value)
            }
            return wealth - 1
        }
    }

    var parameters: JSONObject {
        var members = model.parameters
        members["sigma"] = JSON(model.deviation ?? .nan)
        members["residuals"] = JSON(residuals.count)
        return members
    }
}

/// The streams of random variates within a path, so that no two uses share any.
enum RandomStream {
    static let normals: UInt64 = 0
    /// And the one after it.
    static let chiSquared: UInt64 = 2
    static let bootstrap: UInt64 = 4
}
