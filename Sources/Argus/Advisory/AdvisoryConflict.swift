internal import StructuredData

/// Says why there is no portfolio: an irreducible set of constraints that contradict each other.
struct AdvisoryConflict {
    private let solver: AdvisorySolver
    private var constraints: AdvisoryConstraints { solver.constraints }
    private var parameters: AdvisoryParameters { constraints.parameters }

    init(_ solver: AdvisorySolver) { self.solver = solver }

    func rejection() -> Rejection {
        let path = AdvisoryParameters.constraintsPath
        let demands = constraints.demands
        guard !canHold(demands) else {
            if parameters.objective == .maximumSharpe {
                return Rejection(
                    Finding(
                        .infeasible, path: AdvisoryParameters.path.appending("objective"),
                        "/params/objective: no portfolio within the constraints is expected to earn more than the risk-free "
                            + "\(NumberText.shortest(parameters.riskFree))\(solver.costs == nil ? "" : " and costs"), so that there is no largest Sharpe ratio"
                    ))
            }
            return Rejection(
                Finding(
                    .noConvergence, path: path,
                    "the optimiser came to no end; ledoit-wolf or wider bounds make the problem better conditioned"))
        }
        let conflict = ConstraintConflict.irreducible(of: demands, canHold: canHold)
        let names = conflict.map(constraints.name).joined(separator: "; ")
        let reach = conflict.contains(.target) ? reachable() : nil
        let place = conflict == [.target] ? AdvisoryParameters.path.appending("objective").appending("target") : path
        return Rejection(
            Finding(
                .infeasible, path: place,
                "\(place): no weights satisfy these together, but without any one of them the others can hold: \(names)"
                    + (reach.map { "; \($0)" } ?? "")))
    }

    private func canHold(_ demands: [AdvisoryDemand]) -> Bool {
        let portfolio = constraints.portfolio(keeping: Set(demands))
        guard portfolio.areSatisfiable ?? true else { return false }
        guard parameters.objective == .targetRisk, demands.contains(.target) else { return true }
        guard let least = leastVolatility(portfolio) else { return true }
        return least <= (parameters.target ?? 0) * (1 + 1e-9)
    }

    private func leastVolatility(_ portfolio: PortfolioConstraints) -> Double? {
        let covariance = constraints.market.covariance
        return (try? PortfolioOptimizer(constraints: portfolio).minimumVariance(covariance)).map {
            (max(0, covariance.quadraticForm($0.weights)) * parameters.periodsPerYear).squareRoot()
        }
    }

    /// What can be had in the target's place.
    private func reachable() -> String? {
        let others = constraints.demands.filter { $0 != .target }
        let portfolio = constraints.portfolio(keeping: Set(others))
        if parameters.objective == .targetRisk {
            return leastVolatility(portfolio).map { "the least volatility is \(NumberText.rounded($0, decimals: 6))" }
        }
        return (try? PortfolioOptimizer(constraints: portfolio).maximumReturn(constraints.market.expected)).map {
            let most = Vector.dot(constraints.market.expected, $0.weights)
            return "the largest return is \(NumberText.rounded(most, decimals: 6))"
        }
    }
}
