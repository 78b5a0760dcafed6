internal import StructuredData

/// What an order costs: bps of its value, a fixed amount, and k·σ_daily·√(q/ADV)·value of market impact.
struct TradingCosts: Sendable {
    let basisPoints: Double
    let fixed: Double
    let impact: Double
    /// Standard deviations of a day's return, by symbol.
    let deviations: [Double]
    /// Shares a day, by symbol; not used where there is no impact.
    let volumes: [Double]

    static let daysPerYear = 252.0

    init(_ market: AdvisoryMarket, _ parameters: AdvisoryParameters) throws(Rejection) {
        basisPoints = parameters.costs.basisPoints
        fixed = parameters.costs.fixed
        impact = parameters.costs.impact
        let scale = parameters.periodsPerYear / Self.daysPerYear
        deviations = market.covariance.diagonal.map { max(0, $0 * scale).squareRoot() }
        guard impact > 0, parameters.hasBook else {
            volumes = deviations.map { _ in 1 }
            return
        }
        var found: [Double] = []
        for (index, symbol) in market.symbols.enumerated() {
            guard let volume = parameters.costs.volumes[symbol] ?? market.volumes[index] else {
                let path = AdvisoryParameters.path.appending("costs").appending("impact")
                throw Rejection(
                    Finding(
                        .missingVolume, symbol: symbol, path: path.appending("adv"),
                        "\(path): there is no daily volume of \(symbol); give it in adv, or bars with volume"))
            }
            found.append(volume)
        }
        volumes = found
    }

    /// What trading costs as a share of the value and of a period, where weights are to be optimal net of it: over the horizon
    /// in which it is to be earned. Fixed costs are `perOrder`.
    static func ofPeriod(_ costs: TradingCosts, _ market: AdvisoryMarket, _ parameters: AdvisoryParameters)
        -> (costs: PortfolioCosts, perOrder: Double)?
    {
        guard let horizon = parameters.costs.horizon, !parameters.costs.areNone, market.value > 0 else { return nil }
        let share = daysPerYear / (horizon * parameters.periodsPerYear)
        return (share * costs.ofValue(market), share * costs.fixed / market.value)
    }

    /// Proportional and impact costs as shares of the value, by changes of weights.
    func ofValue(_ market: AdvisoryMarket) -> PortfolioCosts {
        PortfolioCosts(
            from: market.before, proportional: market.before.map { _ in basisPoints / 10_000 },
            impact: market.before.indices.map { index in
                guard impact > 0, let price = market.prices[index] else { return 0 }
                return impact * deviations[index] * (market.value / (price * volumes[index])).squareRoot()
            })
    }

    /// - Parameter quantity: shares, of either sign; nothing costs nothing.
    func cost(_ symbol: Int, quantity: Double, price: Double) -> Double {
        let shares = abs(quantity)
        guard shares > 0 else { return 0 }
        let value = shares * price
        let pressure = impact > 0 ? impact * deviations[symbol] * (shares / volumes[symbol]).squareRoot() : 0
        return value * (basisPoints / 10_000 + pressure) + fixed
    }
}
