internal import StructuredData

/// The weights that are advised, and how they were found.
struct AdvisoryDecision: Sendable {
    let outcome: AdvisorySolver.Outcome
    /// The solver that found them, for what follows; `nil` where no program was solved.
    let solver: AdvisorySolver?

    /// Smaller weights are none.
    static let smallestWeight = 1e-9

    init(
        _ market: AdvisoryMarket, _ parameters: AdvisoryParameters, _ costs: TradingCosts,
        findings: inout [Finding]
    ) throws(Rejection) {
        let constraints = AdvisoryConstraints(market: market, parameters: parameters)
        switch parameters.objective {
        case .hrp:
            outcome = try Self.hierarchical(constraints)
            solver = nil
        case .equalRisk:
            outcome = try Self.equalRisk(constraints)
            solver = nil
        default:
            let charged = TradingCosts.ofPeriod(costs, market, parameters)
            let solver = AdvisorySolver(constraints: constraints, costs: charged?.costs)
            var found: (AdvisorySolver.Outcome, AdvisorySolver)
            if let count = parameters.constraints.count {
                found = try Self.selection(solver, count: count, &findings)
            } else {
                found = (try Self.solved(solver), solver)
            }
            if let charged, charged.perOrder > 0 {
                found = FixedCosts(found.1, perOrder: charged.perOrder).best(from: found.0)
                let path = AdvisoryParameters.path.appending("costs").appending("fixed")
                findings.append(
                    Finding(
                        .heuristic, path: path,
                        "\(path): which symbols to trade was found by pricing fixed costs in proportion to the last solution's trades, "
                            + "which need not be the best choice; weights are optimal for it"))
            }
            (outcome, self.solver) = found
        }
    }

    // MARK: - Programs

    private static func solved(_ solver: AdvisorySolver) throws(Rejection) -> AdvisorySolver.Outcome {
        do throws(QuadraticProgramError) {
            if let outcome = try solver.solve() { return outcome }
        } catch {
            throw AdvisoryConflict(solver).rejection()
        }
        throw AdvisoryConflict(solver).rejection()
    }

    /// At most `count` weights: those that are smallest are left out, half of the surplus at a time, and the rest is solved
    /// for again.
    private static func selection(
        _ first: AdvisorySolver, count: Int, _ findings: inout [Finding]
    ) throws(Rejection) -> (AdvisorySolver.Outcome, AdvisorySolver) {
        var solver = first
        var outcome = try solved(solver)
        func held(_ outcome: AdvisorySolver.Outcome) -> [Int] {
            outcome.weights.indices.filter { abs(outcome.weights[$0]) > smallestWeight }
        }
        var candidates = held(outcome)
        if candidates.count <= count, first.constraints.parameters.constraints.minimum ?? 0 <= 0,
            first.constraints.parameters.constraints.bounds.values.allSatisfy({ $0.lower <= 0 })
        {
            return (outcome, solver)
        }
        let path = AdvisoryParameters.constraintsPath.appending("count")
        repeat {
            let surplus = max(0, candidates.count - count)
            let ranked = candidates.sorted {
                (abs(outcome.weights[$0]), $1) < (abs(outcome.weights[$1]), $0)
            }
            let kept = Set(ranked.dropFirst((surplus + 1) / 2))
            solver.constraints.selected = outcome.weights.indices.map(kept.contains)
            guard let next = try? solver.solve() else {
                throw Rejection(
                    Finding(
                        .infeasible, path: path,
                        "\(path): leaving out the smallest weights led to no portfolio of at most \(count) symbols within "
                            + "the other constraints; raise count or max, or lower min"))
            }
            outcome = next
            candidates = held(outcome).count < kept.count ? held(outcome) : Array(kept).sorted()
        } while candidates.count > count
        findings.append(
            Finding(
                .heuristic, path: path,
                "\(path): the \(count) symbols were found by leaving out the smallest weights, which need not be the best choice; "
                    + "weights are optimal among them, and min does not hold for the others"))
        return (outcome, solver)
    }

    // MARK: - Rules

    private static func equalRisk(_ constraints: AdvisoryConstraints) throws(Rejection) -> AdvisorySolver.Outcome {
        let market = constraints.market
        if constraints.parameters.constraints.count != nil {
            throw unsupported("count", "equal-risk gives every symbol a weight", constraints)
        }
        let parity: RiskParity
        do throws(LinearAlgebraError) {
            parity = try RiskParity(market.covariance)
        } catch {
            throw Rejection(
                Finding(
                    .noConvergence,
                    "equal risk was not found: \(error); ledoit-wolf makes a covariance that is positive definite"))
        }
        let budget = 1 - constraints.parameters.constraints.cash
        let weights = parity.weights.map { $0 * budget }
        let portfolio = constraints.portfolio()
        guard portfolio.allow(weights) else { throw broken(portfolio, weights, constraints) }
        return AdvisorySolver.Outcome(
            weights: weights, objective: market.covariance.quadraticForm(weights), kktResidual: parity.spread,
            iterations: parity.iterations)
    }

    private static func broken(
        _ portfolio: PortfolioConstraints, _ weights: [Double], _ constraints: AdvisoryConstraints
    ) -> Rejection {
        var names: [String] = []
        func note(_ limit: AdvisoryLimit, _ value: Double) {
            names.append("\(constraints.name(limit)) (would be \(NumberText.rounded(value, decimals: 6)))")
        }
        for (index, weight) in weights.enumerated() {
            if weight < portfolio.lower[index] - 1e-9 { note(.minimum(index), weight) }
            if weight > portfolio.upper[index] + 1e-9 { note(.maximum(index), weight) }
        }
        for (limit, row) in zip(constraints.rowLimits, portfolio.rows) {
            let reached = Vector.dot(row.coefficients, weights)
            if reached > row.limit + 1e-9 { note(limit, reached) }
        }
        if let trading = portfolio.trading, PortfolioConstraints.traded(trading.from, weights) > trading.limit + 1e-9 {
            let cash = abs(constraints.parameters.constraints.cash - constraints.market.cashBefore)
            note(.turnover, (PortfolioConstraints.traded(trading.from, weights) + cash) / 2)
        }
        let path = AdvisoryParameters.constraintsPath
        return Rejection(
            Finding(
                .infeasible, path: path,
                "\(path): weights of equal risk are unique, and break \(names.joined(separator: ", "))"))
    }

    private static func hierarchical(_ constraints: AdvisoryConstraints) throws(Rejection) -> AdvisorySolver.Outcome {
        let given = constraints.parameters.constraints
        let why = "hrp takes no constraints but cash"
        if given.minimum ?? 0 > 0 { throw unsupported("min", why, constraints) }
        if given.maximum ?? 1 < 1 { throw unsupported("max", why, constraints) }
        if !given.bounds.isEmpty { throw unsupported("bounds", why, constraints) }
        if !given.groups.isEmpty { throw unsupported("groups", why, constraints) }
        if given.turnover != nil { throw unsupported("turnover", why, constraints) }
        if given.count != nil { throw unsupported("count", why, constraints) }
        let covariance = constraints.market.covariance
        let deviations = covariance.diagonal.map { $0.squareRoot() }
        var correlation = covariance
        for j in deviations.indices {
            for i in deviations.indices { correlation[i, j] /= deviations[i] * deviations[j] }
        }
        guard correlation.isFinite else {
            throw Rejection(Finding(.constantSeries, "a symbol's returns have no variance; leave it out"))
        }
        let parity = HierarchicalRiskParity(covariance: covariance, correlation: correlation)
        let weights = parity.weights.map { $0 * (1 - given.cash) }
        return AdvisorySolver.Outcome(weights: weights, objective: covariance.quadraticForm(weights))
    }

    private static func unsupported(_ name: String, _ why: String, _ constraints: AdvisoryConstraints) -> Rejection {
        let path = AdvisoryParameters.constraintsPath.appending(name)
        return Rejection(Finding(.unsupportedConstraint, path: path, "\(path): \(why); leave it out"))
    }
}
