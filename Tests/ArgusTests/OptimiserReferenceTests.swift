import FoundationEssentials
import StructuredData
import Testing

@testable import Argus

/// The portfolios that the reference script wrote, and the returns that it read.
struct OptimiserFixture: Sendable {
    /// Read once.
    static let shared = Result { try OptimiserFixture() }

    let json: JSON
    let symbols: [String]
    /// By day (rows) and stock.
    let returns: Matrix
    let covariance: Matrix
    /// Per day.
    let expected: [Double]

    init() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
        json = try JSON.parse(Array(try Data(contentsOf: folder.appending(path: "Reference/advisory.json"))))
        symbols = (json["symbols"]?.arrayValue ?? []).compactMap(\.stringValue)
        let rows = try #require(json["rows"]?.intValue)
        returns = Matrix(
            columns: try symbols.map { symbol in
                var notes: [Finding] = []
                let text = Array(try Fixture.stock(symbol).utf8)
                let dataset = try CSVDatasetReader(name: symbol, path: .root).dataset(text, notes: &notes)
                return SymbolSeries.returns(of: dataset.columns[0].values, .simple).suffix(rows)
            })
        (covariance, expected) = Self.moments(returns)
    }

    static func moments(_ returns: Matrix) -> (covariance: Matrix, mean: [Double]) {
        let rows = Double(returns.rows)
        let mean = (0..<returns.columns).map { Vector.sum(returns.column($0)) / rows }
        var centred = returns
        for j in 0..<returns.columns { for i in 0..<returns.rows { centred[i, j] -= mean[j] } }
        return ((1 / (rows - 1)) * centred.gram, mean)
    }

    func weights(_ name: String) throws -> [Double] {
        (try #require(json[name]?["weights"]?.arrayValue)).compactMap(\.doubleValue)
    }

    func number(_ name: String, _ member: String) throws -> Double { try #require(json[name]?[member]?.doubleValue) }

    var equal: [Double] { symbols.map { _ in 1 / Double(symbols.count) } }

    /// The variance agrees to 1e-8, relative, with Clarabel's where it is what was minimised; the weights agree to 1e-5.
    func check(
        _ solution: PortfolioSolution, _ name: String, _ constraints: PortfolioConstraints, isVariance: Bool = true
    ) throws {
        let variance = covariance.quadraticForm(solution.weights)
        let reference = try number(name, "variance")
        if isVariance { #expect(abs(variance / reference - 1) < 1e-8, "\(name): \(variance) and \(reference)") }
        for (index, (own, other)) in zip(solution.weights, try weights(name)).enumerated() {
            #expect(abs(own - other) < 1e-5, "\(name), \(symbols[index]): \(own) and \(other)")
        }
        #expect(solution.kktResidual < 1e-10, "\(name)")
        #expect(constraints.allow(solution.weights, tolerance: 1e-11), "\(name)")
    }
}

@Suite("Optimisers agree with Clarabel, PyPortfolioOpt and cvxpy")
struct OptimiserReferenceTests {
    private let fixture: OptimiserFixture

    init() throws { fixture = try OptimiserFixture.shared.get() }

    private func floor(_ annual: Double) -> PortfolioConstraints.Row {
        .init(coefficients: fixture.expected.map { -$0 }, limit: -annual / 252)
    }

    @Test("least variance under bounds", arguments: [("longOnly", 0, 1), ("capped", 0, 0.1), ("short", -0.1, 0.2)])
    func bounds(name: String, low: Double, high: Double) throws {
        let constraints = PortfolioConstraints(count: 20, lower: low, upper: high)
        let solution = try PortfolioOptimizer(constraints: constraints).minimumVariance(fixture.covariance)
        try fixture.check(solution, name, constraints)
    }

    @Test("least variance with groups and a target return")
    func group() throws {
        var constraints = PortfolioConstraints(count: 20, upper: 0.15)
        let tech = fixture.symbols.map { ["AAPL", "AMD", "MSFT"].contains($0) ? 1.0 : 0 }
        constraints.rows = [
            .init(coefficients: tech, limit: 0.3), .init(coefficients: tech.map { -$0 }, limit: -0.25), floor(0.2),
        ]
        let solution = try PortfolioOptimizer(constraints: constraints).minimumVariance(fixture.covariance)
        try fixture.check(solution, "group", constraints)
        let target = PortfolioConstraints(count: 20)
        try fixture.check(
            PortfolioOptimizer(constraints: target).minimumVariance(
                fixture.covariance, expected: fixture.expected, atLeast: 0.25 / 252),
            "targetReturn", target.adding(floor(0.25)))
    }

    @Test("least variance within a turnover")
    func turnover() throws {
        var constraints = PortfolioConstraints(count: 20)
        constraints.trading = .init(from: fixture.equal, limit: 0.4)
        let solution = try PortfolioOptimizer(constraints: constraints).minimumVariance(fixture.covariance)
        try fixture.check(solution, "turnover", constraints)
        #expect(solution.tradingDual > 0)

        var more = PortfolioConstraints(count: 20, upper: 0.12)
        more.trading = .init(from: fixture.equal, limit: 0.6)
        more.rows = [floor(0.2)]
        try fixture.check(
            PortfolioOptimizer(constraints: more).minimumVariance(fixture.covariance), "turnoverReturn", more)
    }

    @Test("least variance with a price on every trade")
    func costs() throws {
        let price = try fixture.number("costs", "price")
        var program = QuadraticProgram(
            quadratic: fixture.covariance, linear: fixture.equal.map { _ in 0 },
            lower: fixture.equal.map { _ in 0 }, upper: fixture.equal.map { _ in 1 })
        program.equalities = Matrix(rows: [fixture.equal.map { _ in 1 }])
        program.equalityValues = [1]
        program.rows = Matrix(
            rows: (0..<40).map { row in (0..<20).map { $0 == row % 20 ? (row < 20 ? 1 : -1) : 0 } })
        program.rowLimits = fixture.equal + fixture.equal.map { -$0 }
        program.rowPenalties = [Double](repeating: price, count: 40)
        let solution = try program.solve()
        let reference = try fixture.weights("costs")
        let variance = fixture.covariance.quadraticForm(reference)
        let traded = PortfolioConstraints.traded(fixture.equal, reference)
        #expect(abs(solution.objective / (variance / 2 + price * traded) - 1) < 1e-8)
        for (own, other) in zip(solution.point, reference) { #expect(abs(own - other) < 1e-5) }
        #expect(solution.kktResidual < 1e-10)
    }

    @Test("the largest Sharpe ratio")
    func sharpe() throws {
        let constraints = PortfolioConstraints(count: 20, upper: 0.3)
        let found = try #require(
            try PortfolioOptimizer(constraints: constraints).maximumSharpe(
                fixture.covariance, expected: fixture.expected, shift: -0.02 / 252))
        try fixture.check(found.solution, "sharpe", constraints, isVariance: false)
        let weights = found.solution.weights
        let excess = Vector.dot(fixture.expected, weights) - 0.02 / 252
        let ratio = 252.0.squareRoot() * excess / fixture.covariance.quadraticForm(weights).squareRoot()
        #expect(abs(ratio / (try fixture.number("sharpe", "sharpe")) - 1) < 1e-8)
    }

    @Test("the largest return at a volatility")
    func targetRisk() throws {
        let constraints = PortfolioConstraints(count: 20, upper: 0.4)
        let found = try #require(
            try PortfolioOptimizer(constraints: constraints).maximumReturn(
                fixture.covariance, expected: fixture.expected, varianceAtMost: 0.18 * 0.18 / 252))
        try fixture.check(found.solution, "targetRisk", constraints)
        let reached = 252 * Vector.dot(fixture.expected, found.solution.weights)
        #expect(abs(reached / (try fixture.number("targetRisk", "expectedReturn")) - 1) < 1e-8)
    }

    private func checkShortfall(_ solution: PortfolioSolution, _ name: String) throws {
        let reference = min(try fixture.number(name, "objective"), try fixture.number(name, "expectedShortfall"))
        #expect(abs(solution.objective / reference - 1) < 1e-7, "\(name): \(solution.objective) and \(reference)")
        #expect(solution.kktResidual < 1e-9, "\(name)")
    }

    @Test("least expected shortfall, alone and with a target return")
    func expectedShortfall() throws {
        let all = PortfolioOptimizer(constraints: .init(count: 20))
        try checkShortfall(all.minimumExpectedShortfall(fixture.returns, confidence: 0.95), "cvar95")
        let capped = PortfolioOptimizer(constraints: .init(count: 20, upper: 0.2))
        try checkShortfall(capped.minimumExpectedShortfall(fixture.returns, confidence: 0.99), "cvar99")
        let target = PortfolioOptimizer(constraints: .init(count: 20, upper: 0.25))
        try checkShortfall(
            target.minimumExpectedShortfall(
                fixture.returns, confidence: 0.95, expected: fixture.expected, atLeast: 0.2 / 252), "cvarTarget")
    }

    @Test("least expected shortfall within a turnover")
    func expectedShortfallTurnover() throws {
        var constraints = PortfolioConstraints(count: 20)
        constraints.trading = .init(from: fixture.equal, limit: 0.4)
        let solution = try PortfolioOptimizer(constraints: constraints).minimumExpectedShortfall(
            fixture.returns, confidence: 0.95)
        try checkShortfall(solution, "cvarTurnover")
        #expect(constraints.allow(solution.weights, tolerance: 1e-9))
    }

    @Test("hierarchical risk parity")
    func hierarchical() throws {
        let deviations = fixture.covariance.diagonal.map { $0.squareRoot() }
        var correlation = fixture.covariance
        for j in 0..<20 { for i in 0..<20 { correlation[i, j] /= deviations[i] * deviations[j] } }
        let weights = HierarchicalRiskParity(covariance: fixture.covariance, correlation: correlation).weights
        let reference = try #require(fixture.json["hrp"]?.arrayValue).compactMap(\.doubleValue)
        for (own, other) in zip(weights, reference) { #expect(abs(own - other) < 1e-9) }
        #expect(reference.count == weights.count)
    }

    @Test("equal risk, with equal contributions to 1e-10")
    func equalRisk() throws {
        let parity = try RiskParity(fixture.covariance)
        let reference = try #require(fixture.json["equalRisk"]?.arrayValue).compactMap(\.doubleValue)
        for (own, other) in zip(parity.weights, reference) { #expect(abs(own - other) < 1e-9) }
        let slope = fixture.covariance * parity.weights
        let variance = Vector.dot(slope, parity.weights)
        let shares = zip(slope, parity.weights).map { $0 * $1 / variance }
        let spread = (shares.max() ?? 1) - (shares.min() ?? 0)
        #expect(spread < 1e-10)
        #expect(abs(parity.spread - spread) < 1e-12)
    }

    @Test("Black and Litterman's returns and weights")
    func blackLitterman() throws {
        let annual = 252.0 * fixture.covariance
        let market = (1...20).map { Double($0) / 210 }
        func portfolio(_ weights: [String: Double]) -> [Double] { fixture.symbols.map { weights[$0] ?? 0 } }
        let model = try BlackLitterman(
            covariance: annual, market: market, riskAversion: 3, riskFree: 0.02, tau: 0.05,
            views: [
                .init(weights: portfolio(["AAPL": 1, "MSFT": -1]), expected: 0.03, confidence: 0.6),
                .init(weights: portfolio(["XOM": 1]), expected: 0.12, confidence: 0.25),
                .init(weights: portfolio(["KO": 1]), expected: 9, confidence: 0),
            ])
        let posterior = try #require(fixture.json["blackLitterman"]?["posterior"]?.arrayValue).compactMap(\.doubleValue)
        for (own, other) in zip(model.expected, posterior) { #expect(abs(own - other) < 1e-12) }
        let solution = try PortfolioOptimizer(constraints: .init(count: 20, upper: 0.3)).maximumUtility(
            model.covariance, expected: model.expected, riskAversion: 3)
        #expect(abs(-solution.objective / (try fixture.number("blackLitterman", "utility")) - 1) < 1e-8)
        for (own, other) in zip(solution.weights, try fixture.weights("blackLitterman")) {
            #expect(abs(own - other) < 1e-5)
        }
    }

    @Test("least variance of 500 assets")
    func large() throws {
        let (assets, rows, factors) = (500, 750, 5)
        func uniform(_ index: Int) -> Double { CounterUniform.value(index) - 0.5 }
        var loadings = Matrix(rows: factors, columns: assets)
        for asset in 0..<assets { for f in 0..<factors { loadings[f, asset] = uniform(asset * factors + f) + 0.5 } }
        var moves = Matrix(rows: rows, columns: factors)
        for row in 0..<rows { for f in 0..<factors { moves[row, f] = uniform((assets + row) * factors + f) } }
        var returns = moves * loadings
        for row in 0..<rows {
            for asset in 0..<assets {
                returns[row, asset] += 0.7 * uniform((assets + rows) * factors + row * assets + asset)
            }
        }
        let covariance = OptimiserFixture.moments(0.02 * returns).covariance
        let solution = try PortfolioOptimizer(constraints: .init(count: assets)).minimumVariance(covariance)
        let reference = try fixture.number("large", "variance")
        #expect(abs(covariance.quadraticForm(solution.weights) / reference - 1) < 1e-8)
        for (own, other) in zip(solution.weights, try fixture.weights("large")) { #expect(abs(own - other) < 1e-5) }
        #expect(solution.kktResidual < 1e-10)
    }
}
