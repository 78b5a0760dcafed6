internal import StructuredData

/// What each order is worth against what it costs.
struct TradeExplanations {
    private let market: AdvisoryMarket
    private let parameters: AdvisoryParameters
    private let plan: OrderPlan

    init(_ market: AdvisoryMarket, _ parameters: AdvisoryParameters, _ plan: OrderPlan) {
        self.market = market
        self.parameters = parameters
        self.plan = plan
    }

    var json: [JSON] {
        // U(w) = μᵀw − ½ δ wᵀΣw is quadratic: the changes of weights times its slope midway add up to its rise.
        let middle = zip(market.before, plan.weightsAfter).map { ($0 + $1) / 2 }
        var slope = market.expected
        let risk = parameters.riskAversion * parameters.periodsPerYear
        market.covariance.addProduct(with: middle, factor: -risk, to: &slope)
        return plan.orders.map { order in
            let change = order.quantity * order.price / market.value
            let benefit = market.value * change * slope[order.symbol]
            return [
                "kind": "trade", "symbol": JSON(market.symbols[order.symbol]), "benefit": JSON(benefit),
                "cost": JSON(order.cost), "text": JSON(text(order, benefit)),
            ]
        }
    }

    private func text(_ order: OrderPlan.Order, _ benefit: Double) -> String {
        func number(_ value: Double, _ decimals: Int = 2) -> String {
            NumberText.shortest(NumberText.rounded(value, decimals: decimals))
        }
        let symbol = market.symbols[order.symbol]
        let verb = order.quantity > 0 ? "Buying" : "Selling"
        let start =
            "\(verb) \(number(abs(order.quantity), 6)) \(symbol) is worth \(number(benefit)) a year at a risk aversion of "
            + "\(NumberText.shortest(parameters.riskAversion)), and costs \(number(order.cost)) once"
        guard benefit > 0 else {
            return "\(start): by this measure it does not pay; the objective or a constraint asks for it."
        }
        guard order.cost > 0 else { return "\(start)." }
        let days = order.cost / benefit * 365
        return days < 36_500
            ? "\(start): it pays for itself in \(number(max(1, days.rounded(.up)), 0)) days."
            : "\(start): it does not pay for itself within a century."
    }
}
