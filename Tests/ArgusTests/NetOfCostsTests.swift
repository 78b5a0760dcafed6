import FoundationEssentials
import StructuredData
import Testing

@testable import Argus

@Suite("Portfolios net of costs")
struct NetOfCostsTests {
    private let fixture: OptimiserFixture
    private let json: JSON

    init() throws {
        fixture = try OptimiserFixture.shared.get()
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
        json = try JSON.parse(Array(try Data(contentsOf: folder.appending(path: "Reference/costs.json"))))
    }

    private static let cases = ["proportional", "impact", "both", "large"]

    private func costs(_ name: String) throws -> PortfolioCosts {
        let given = try #require(json["cases"]?[name])
        let start = try #require(json["start"]?.arrayValue).compactMap(\.doubleValue)
        let price = try #require(given["proportional"]?.doubleValue)
        return PortfolioCosts(
            from: start, proportional: start.map { _ in price },
            impact: try #require(given["impact"]?.arrayValue).compactMap(\.doubleValue))
    }

    /// - Parameter weights: whether they are unique; expected shortfall has a flat bottom without impact.
    private func check(
        _ solution: PortfolioSolution, _ objective: Double, _ name: String, _ kind: String,
        _ constraints: PortfolioConstraints, tolerance: Double = 1e-8, weights: Bool = true
    ) throws {
        let reference = try #require(json["cases"]?[name]?[kind])
        let value = try #require(reference["objective"]?.doubleValue)
        #expect(abs(objective / value - 1) < tolerance, "\(name), \(kind): \(objective) and \(value)")
        #expect(solution.kktResidual < 1e-9, "\(name), \(kind)")
        #expect(constraints.allow(solution.weights, tolerance: 1e-10), "\(name), \(kind)")
        guard weights else { return }
        for (own, other) in zip(solution.weights, reference["weights"]?.numbers ?? []) {
            #expect(abs(own - (other ?? .infinity)) < 1e-5, "\(name), \(kind): \(own) and \(other ?? .nan)")
        }
    }

    @Test("agree with Clarabel's in variance and utility, within a turnover too", arguments: cases)
    func quadratic(name: String) throws {
        var constraints = PortfolioConstraints(count: 20, upper: 0.3)
        var optimizer = PortfolioOptimizer(constraints: constraints)
        optimizer.costs = try costs(name)
        let least = try optimizer.minimumVariance(fixture.covariance)
        try check(least, least.objective, name, "variance", constraints)
        let best = try optimizer.maximumUtility(fixture.covariance, expected: fixture.expected, riskAversion: 3)
        try check(best, best.objective, name, "utility", constraints)
        constraints.trading = .init(from: try costs(name).from, limit: 0.5)
        optimizer = PortfolioOptimizer(constraints: constraints, start: nil, costs: try costs(name))
        let bounded = try optimizer.maximumUtility(fixture.covariance, expected: fixture.expected, riskAversion: 3)
        try check(bounded, bounded.objective, name, "turnover", constraints)
        #expect(bounded.tradingDual > 0)
    }

    @Test("agree with Clarabel's in return at a volatility, and in the Sharpe ratio", arguments: cases)
    func ratio(name: String) throws {
        let constraints = PortfolioConstraints(count: 20, upper: 0.3)
        let optimizer = PortfolioOptimizer(constraints: constraints, start: nil, costs: try costs(name))
        let most = try #require(
            try optimizer.maximumReturn(
                fixture.covariance, expected: fixture.expected, varianceAtMost: 0.18 * 0.18 / 252))
        try check(
            most.solution, -optimizer.earned(fixture.expected, most.solution.weights), name, "targetRisk", constraints)
        let sharpe = try #require(
            try optimizer.maximumSharpe(fixture.covariance, expected: fixture.expected, shift: -0.02 / 252))
        let weights = sharpe.solution.weights
        let ratio =
            (optimizer.earned(fixture.expected, weights) - 0.02 / 252)
            / fixture.covariance.quadraticForm(weights).squareRoot()
        try check(sharpe.solution, ratio, name, "sharpe", constraints)
    }

    @Test("agree with Clarabel's in expected shortfall", arguments: cases)
    func shortfall(name: String) throws {
        let constraints = PortfolioConstraints(count: 20, upper: 0.3)
        let optimizer = PortfolioOptimizer(constraints: constraints, start: nil, costs: try costs(name))
        let least = try optimizer.minimumExpectedShortfall(fixture.returns, confidence: 0.95)
        try check(least, least.objective, name, "cvar", constraints, tolerance: 1e-7, weights: name == "large")
    }

    // MARK: - Advice

    private static let holdings: JSON = ["AAPL": 20, "JNJ": 30, "KO": 40, "XOM": 10]

    private func answer(_ objective: JSON, _ costs: JSON, _ more: JSON = [:]) throws -> JSON {
        try AdvisorySample.answer(
            objective, more.setting("holdings", to: Self.holdings).setting("cash", to: 500).setting("costs", to: costs))
    }

    private static let objectives: [JSON] = [
        ["kind": "minimum-variance"], ["kind": "maximum-sharpe"], ["kind": "target-return", "target": 0.1],
        ["kind": "target-risk", "target": 0.25], ["kind": "mean-cvar"], ["kind": "black-litterman"],
    ]

    @Test(
        "trade less the sooner costs must be earned, and as if there were none without a horizon", arguments: objectives
    )
    func horizon(objective: JSON) throws {
        func answer(_ costs: JSON) throws -> JSON { try self.answer(objective, costs) }
        let impact: JSON = ["coefficient": 0.5, "adv": ["AAPL": 1e4, "JNJ": 1e4, "JPM": 1e4, "KO": 1e4, "XOM": 1e4]]
        let costs: JSON = ["bps": 20, "impact": impact]
        let (none, without) = (try answer([:]), try answer(costs))
        #expect(none.weights == without.weights)
        #expect(without["result"]?["costs"]?["inObjective"] == false && none["result"]?["costs"] == nil)
        var last = Double.infinity
        for days in [100_000.0, 252, 21, 1] {
            let net = try answer(costs.setting("horizonDays", to: JSON(days)))
            #expect(net.status == "ok" && net.warningCodes.allSatisfy { $0 == "EQUAL_MARKET_WEIGHTS" }, "\(net.text())")
            #expect(try JSONSchema(Advisory.outputSchema).validate(net) == [])
            let spent = try #require(net["result"]?["costs"]?["weights"]?.doubleValue)
            #expect(spent <= last * (1 + 1e-9), "\(days) days: \(spent) after \(last)")
            last = spent
            #expect(net["result"]?["costs"]?["inObjective"] == true)
            let gross = try #require(net.result("expectedReturn"))
            let left = try #require(net["result"]?["costs"]?["netReturn"]?.doubleValue)
            #expect(abs(gross - spent * 252 / days - left) < 1e-12)
            #expect(try #require(net["result"]?["optimality"]?["kktResidual"]?.doubleValue) < 1e-9)
            if days == 100_000 {
                for (symbol, weight) in net.weights { #expect(abs(weight - (none.weights[symbol] ?? 9)) < 0.05) }
            }
        }
    }

    @Test("explain binding constraints by duals that agree with solving again", arguments: objectives)
    func duals(objective: JSON) throws {
        let volumes: JSON = ["AAPL": 1e4, "JNJ": 1e4, "JPM": 1e4, "KO": 1e4, "XOM": 1e4]
        let costs: JSON = [
            "bps": 20, "fixed": 0.5, "horizonDays": 126, "impact": ["coefficient": 0.3, "adv": volumes],
        ]
        let net = try answer(objective, costs, ["constraints": ["bounds": ["JNJ": [0, 0.35], "AAPL": [0, 0.3]]]])
        #expect(net.warningCodes.contains("HEURISTIC"))
        let entries = net.explanations("binding-constraint")
        // Black and Litterman's weights for a market of equal weights lie within the bounds.
        #expect(entries.isEmpty == (objective["kind"] == "black-litterman"), "\(net.text())")
        for entry in entries {
            let (dual, amount, change) = (
                try #require(entry["dual"]?.doubleValue), try #require(entry["relax"]?["by"]?.doubleValue),
                try #require(entry["relax"]?["changesObjectiveBy"]?.doubleValue)
            )
            #expect(abs(dual * amount - change) <= 0.05 * abs(change), "\(entry.text())")
        }
    }

    /// The five symbols' orders can be chosen in 32 ways.
    @Test("with fixed costs trade the symbols that a search of all choices finds", arguments: [1.0, 15, 60, 1000])
    func fixed(amount: Double) throws {
        let delta = 2.5
        let found = try answer(
            ["kind": "black-litterman"], ["fixed": JSON(amount), "bps": 10, "horizonDays": 252], ["riskAversion": 2.5])
        let prices = try AdvisorySample.five.map { try #require(try TestSeries.closes($0).last) }
        let held = AdvisorySample.five.map { Self.holdings[$0]?.doubleValue ?? 0 }
        let value = Vector.dot(held, prices) + 500
        let before = zip(held, prices).map { $0 * $1 / value }
        let (covariance, _) = OptimiserFixture.moments(
            Matrix(columns: try AdvisorySample.five.map { try TestSeries.returns($0).suffix(299) }))
        let model = try BlackLitterman(
            covariance: 252 * covariance, market: before.map { _ in 0.2 }, riskAversion: delta, riskFree: 0, tau: 0.05,
            views: [])
        var best = -Double.infinity
        for choice in 0..<32 {
            var constraints = PortfolioConstraints(count: 5)
            for index in 0..<5 where choice & (1 << index) == 0 {
                (constraints.lower[index], constraints.upper[index]) = (before[index], before[index])
            }
            var optimizer = PortfolioOptimizer(constraints: constraints)
            let none = before.map { _ in 0.0 }
            optimizer.costs = PortfolioCosts(from: before, proportional: before.map { _ in 0.001 }, impact: none)
            guard
                let solution = try? optimizer.maximumUtility(
                    model.covariance, expected: model.expected, riskAversion: delta)
            else { continue }
            let traded = zip(solution.weights, before).count { abs($0 - $1) > 1e-9 }
            best = max(best, -solution.objective - Double(traded) * amount / value)
        }
        let objective = try #require(found.result("objective"))
        #expect(abs(252 * objective - best) < 1e-9, "\(252 * objective) and \(best)")
    }

    @Test("are refused without anything to trade from, and said not to be in a rule's objective")
    func refusals() throws {
        let costs: JSON = ["bps": 5, "horizonDays": 10]
        let bare = try AdvisorySample.answer(["kind": "minimum-variance"], ["costs": costs])
        #expect(bare.warningCodes == ["SCHEMA"])
        #expect(bare["warnings"]?[0]?["message"]?.stringValue?.contains("/params/costs/horizonDays") == true)
        let rule = try answer(["kind": "hrp"], costs)
        #expect(rule.status == "ok" && rule.warningCodes == ["COSTS_IGNORED"])
        #expect(rule["result"]?["costs"]?["inObjective"] == false)
    }
}
