internal import StructuredData

/// Makes the result of advice from checked data.
struct AdvisoryReport {
    private let market: AdvisoryMarket
    private let parameters: AdvisoryParameters

    init(_ market: AdvisoryMarket, _ parameters: AdvisoryParameters) {
        self.market = market
        self.parameters = parameters
    }

    func json(findings: inout [Finding]) throws(Rejection) -> JSON {
        let costs = try TradingCosts(market, parameters)
        if !parameters.views.isEmpty, parameters.objective != .blackLitterman {
            findings.append(
                Finding(
                    .viewsIgnored, path: AdvisoryParameters.path.appending("views"),
                    "/params/views: \(parameters.objective.rawValue) has no place for views; black-litterman has"))
        }
        if parameters.costs.horizon != nil, parameters.objective == .hrp || parameters.objective == .equalRisk {
            let path = AdvisoryParameters.path.appending("costs").appending("horizonDays")
            findings.append(
                Finding(
                    .costsIgnored, path: path,
                    "\(path): \(parameters.objective.rawValue) is a rule without an objective that costs could count in"
                ))
        }
        let decision = try AdvisoryDecision(market, parameters, costs, findings: &findings)
        let outcome = decision.outcome
        let weights = Self.cleaned(outcome.weights)

        let plan = OrderPlan(
            to: weights, in: market, lot: parameters.lotSize, band: parameters.noTradeBand,
            floor: parameters.constraints.cash, cash: parameters.cash, costs: costs,
            ceiling: parameters.policy.maximumWeight ?? .infinity)
        let policy = PolicyCheck(
            market.value > 0 ? [weights, plan.weightsAfter] : [weights], market, parameters.policy)
        let isBlocked = !policy.violations.isEmpty
        note(plan, policy, &findings)

        var explanations: [JSON] = []
        if let solver = decision.solver {
            let binding = BindingConstraints(outcome, solver)
            explanations += binding.json
            if binding.omitted > 0 {
                findings.append(
                    Finding(
                        .explanationsLimited,
                        "\(binding.omitted) more constraints bind, with smaller duals, and are not explained"))
            }
        }
        explanations += contributions(weights)
        if !isBlocked { explanations += TradeExplanations(market, parameters, plan).json }

        var result = figures(weights, outcome)
        if market.value > 0, !parameters.costs.areNone {
            result["costs"] =
                CostSummary(
                    market, parameters, costs, weights: weights, orders: isBlocked ? [] : plan.orders,
                    isWeighed: decision.solver?.costs != nil
                ).json
        }
        result["orders"] = .array(isBlocked ? [] : plan.orders.map(order))
        result["cashAfter"] = JSON(isBlocked ? parameters.cash : plan.cashAfter)
        if parameters.frontier > 0 { result["frontier"] = try frontier(decision) }
        result["explanations"] = .array(explanations)
        result["policy"] = policy.json
        result["notice"] = JSON(Advisory.notice)
        return .object(result)
    }

    /// Rounding errors put to zero.
    private static func cleaned(_ weights: [Double]) -> [Double] {
        weights.map { abs($0) < AdvisoryDecision.smallestWeight ? 0 : $0 }
    }

    private func note(_ plan: OrderPlan, _ policy: PolicyCheck, _ findings: inout [Finding]) {
        if !policy.violations.isEmpty {
            findings.append(
                Finding(
                    .policyBlocked, path: AdvisoryParameters.path.appending("policy"),
                    "no orders: the policy does not let them pass: "
                        + policy.violations.map(\.message).joined(separator: "; ")))
        } else if plan.isBelowFloor {
            findings.append(
                Finding(
                    .cashBelowFloor, path: AdvisoryParameters.constraintsPath.appending("cash"),
                    "cash stays at \(NumberText.shortest(NumberText.rounded(plan.cashAfter, decimals: 2))), below what was asked "
                        + "for: lots and the no-trade band leave nothing to sell"))
        }
    }

    // MARK: - Parts

    private func figures(_ weights: [Double], _ outcome: AdvisorySolver.Outcome) -> JSONObject {
        let expected = Vector.dot(market.expected, weights)
        let volatility = volatility(weights)
        let tail = 1 - parameters.confidence
        return [
            "weights": json(weights), "objective": JSON(outcome.objective), "expectedReturn": JSON(expected),
            "volatility": JSON(volatility),
            "sharpe": volatility > 0 ? JSON((expected - parameters.riskFree) / volatility) : .null,
            "cvar": JSON(SampleTail(market.returns * weights, alphas: [tail]).expectedShortfall(tail)),
            "optimality": [
                "kktResidual": outcome.kktResidual.map { JSON($0) } ?? .null, "iterations": JSON(outcome.iterations),
            ],
        ]
    }

    private func volatility(_ weights: [Double]) -> Double {
        (max(0, market.covariance.quadraticForm(weights)) * parameters.periodsPerYear).squareRoot()
    }

    private func json(_ weights: [Double]) -> JSON {
        .object(JSONObject(zip(market.symbols, weights).map { ($0, JSON($1)) }))
    }

    private func contributions(_ weights: [Double]) -> [JSON] {
        func shares(_ weights: [Double]) -> [Double]? {
            let slope = market.covariance * weights
            let variance = Vector.dot(slope, weights)
            return variance > 0 ? zip(weights, slope).map { $0 * $1 / variance } : nil
        }
        let (before, after) = (shares(market.before), shares(weights))
        return market.symbols.indices.filter { market.before[$0] != 0 || weights[$0] != 0 }.map { index in
            [
                "kind": "risk-contribution", "symbol": JSON(market.symbols[index]),
                "before": before.map { JSON($0[index]) } ?? .null, "after": after.map { JSON($0[index]) } ?? .null,
            ]
        }
    }

    private func order(_ order: OrderPlan.Order) -> JSON {
        [
            "symbol": JSON(market.symbols[order.symbol]), "side": order.quantity > 0 ? "buy" : "sell",
            "quantity": JSON(abs(order.quantity)), "price": JSON(order.price), "cost": JSON(order.cost),
        ]
    }

    /// The frontier within the constraints, but for a target.
    private func frontier(_ decision: AdvisoryDecision) throws(Rejection) -> JSON {
        var constraints = AdvisoryConstraints(market: market, parameters: parameters)
        if let solver = decision.solver { constraints = solver.constraints }
        let demands = constraints.demands.filter { $0 != .target }
        let optimizer = PortfolioOptimizer(constraints: constraints.portfolio(keeping: Set(demands)))
        do throws(QuadraticProgramError) {
            let points = try optimizer.frontier(
                market.covariance, expected: market.expected, count: parameters.frontier)
            return .array(
                points.map { point in
                    let weights = Self.cleaned(point.weights)
                    return [
                        "return": JSON(Vector.dot(market.expected, weights)), "volatility": JSON(volatility(weights)),
                        "weights": json(weights),
                    ]
                })
        } catch {
            throw Rejection(
                Finding(
                    .noConvergence, path: AdvisoryParameters.path.appending("frontier"),
                    "the frontier was not found; ledoit-wolf or wider bounds make it better conditioned"))
        }
    }
}
