internal import StructuredData

/// What trading costs, and how far weights look at it.
struct CostSummary {
    private let market: AdvisoryMarket
    private let parameters: AdvisoryParameters
    private let costs: TradingCosts
    private let weights: [Double]
    private let orders: [OrderPlan.Order]
    private let isWeighed: Bool

    init(
        _ market: AdvisoryMarket, _ parameters: AdvisoryParameters, _ costs: TradingCosts, weights: [Double],
        orders: [OrderPlan.Order], isWeighed: Bool
    ) {
        self.market = market
        self.parameters = parameters
        self.costs = costs
        self.weights = weights
        self.orders = orders
        self.isWeighed = isWeighed
    }

    /// What it costs to trade to the weights themselves, as a share of the value.
    private var ofWeights: Double {
        let traded = zip(weights, market.before).count { abs($0 - $1) > AdvisoryDecision.smallestWeight }
        return costs.ofValue(market).cost(of: weights) + Double(traded) * costs.fixed / market.value
    }

    var json: JSON {
        var members: JSONObject = [
            "orders": JSON(orders.reduce(0) { $0 + $1.cost }), "weights": JSON(ofWeights),
            "inObjective": JSON(isWeighed), "text": JSON(text),
        ]
        if isWeighed, let horizon = parameters.costs.horizon {
            let expected = Vector.dot(market.expected, weights)
            members["netReturn"] = JSON(expected - ofWeights * TradingCosts.daysPerYear / horizon)
        }
        return .object(members)
    }

    private var text: String {
        guard isWeighed, let horizon = parameters.costs.horizon else {
            return
                "Weights do not look at costs, which are in the orders only; costs.horizonDays makes them optimal net of costs."
        }
        let days = NumberText.shortest(horizon)
        switch parameters.objective {
        case .minimumVariance, .targetReturn:
            return "The objective is the variance and, over \(days) trading days, the costs times 2/riskAversion."
        case .meanCVaR: return "The objective is the expected shortfall and, over \(days) trading days, the costs."
        default: return "Returns in the objective are net of the costs over \(days) trading days."
        }
    }
}
