import StructuredData
import Testing

@testable import Argus

@Suite("Optimisers agree with skfolio, Riskfolio-Lib and PyPortfolioOpt")
struct PeerPortfolioTests {
    private let json: JSON

    init() throws { json = try Fixture.json("peers") }

    private func returns(_ problem: JSON) throws -> Matrix {
        guard let made = problem["made"]?.arrayValue?.compactMap(\.intValue), made.count == 3 else {
            return try OptimiserFixture.shared.get().returns
        }
        let (assets, rows, seed) = (made[0], made[1], made[2])
        func uniform(_ index: Int) -> Double { CounterUniform.value(seed + index) }
        var returns = Matrix(rows: rows, columns: assets)
        for i in 0..<rows {
            for j in 0..<assets {
                let common = (uniform(assets + i) - 0.5) * (uniform(j) + 0.5)
                let own = uniform(assets + rows + i * assets + j) - 0.5
                returns[i, j] = 0.02 * (common + 0.7 * own) + 0.001 * uniform(j)
            }
        }
        return returns
    }

    private static let libraries = ["skfolio", "riskfolio", "pyportfolioopt"]

    @Test("in least variance, Sharpe ratio, expected shortfall, equal and hierarchical risk", arguments: 0..<3)
    func portfolios(number: Int) throws {
        let problem = try #require(json["problems"]?[number])
        let returns = try returns(problem)
        let (covariance, mean) = OptimiserFixture.moments(returns)
        let cap = try #require(json["cap"]?.doubleValue)
        let rate = try #require(json["riskFree"]?.doubleValue)
        let optimizer = PortfolioOptimizer(constraints: .init(count: returns.columns, upper: cap))
        let sharpe = try #require(try optimizer.maximumSharpe(covariance, expected: mean, shift: -rate))
        let deviations = covariance.diagonal.map { $0.squareRoot() }
        var correlation = covariance
        for j in deviations.indices {
            for i in deviations.indices { correlation[i, j] /= deviations[i] * deviations[j] }
        }
        let shortfall = try optimizer.minimumExpectedShortfall(returns, confidence: 0.95)
        // By portfolio: ours, what it minimises, how near weights come, and how many libraries have it.
        let portfolios: [(String, [Double], ([Double]) -> Double, Double, Int)] = [
            ("minimumVariance", try optimizer.minimumVariance(covariance).weights, covariance.quadraticForm, 1e-5, 3),
            (
                "sharpe", sharpe.solution.weights,
                { (rate - Vector.dot(mean, $0)) / covariance.quadraticForm($0).squareRoot() }, 1e-5, 3
            ),
            (
                "cvar", shortfall.weights,
                { SampleTail(returns * $0, alphas: [0.05]).expectedShortfall(0.05) }, 1e-7, 3
            ),
            ("equalRisk", try RiskParity(covariance).weights, { _ in 1 }, 1e-5, 2),
            (
                "hrp", HierarchicalRiskParity(covariance: covariance, correlation: correlation).weights, { _ in 1 },
                1e-9, 2
            ),
        ]
        for (name, own, objective, tolerance, count) in portfolios {
            let found = Self.libraries.filter { problem[$0]?[name] != nil }
            #expect(found.count == count)
            for library in found {
                let other = (problem[library]?[name]?.numbers ?? []).compactMap { $0 }
                #expect(other.count == own.count)
                let distance = zip(own, other).reduce(0) { max($0, abs($1.0 - $1.1)) }
                #expect(distance < tolerance, "\(name), \(library): \(distance)")
                let (ours, theirs) = (objective(own), objective(other))
                #expect(abs(ours / theirs - 1) < 1e-8, "\(name), \(library): \(ours) and \(theirs)")
            }
        }
    }

    @Test("in Black and Litterman's returns and covariance", arguments: 0..<3)
    func posterior(number: Int) throws {
        let problem = try #require(json["problems"]?[number])
        let returns = try returns(problem)
        let (covariance, _) = OptimiserFixture.moments(returns)
        let count = returns.columns
        func portfolio(_ weights: [Int: Double]) -> [Double] { (0..<count).map { weights[$0] ?? 0 } }
        let model = try BlackLitterman(
            covariance: covariance, market: [Double](repeating: 1 / Double(count), count: count),
            riskAversion: try #require(json["riskAversion"]?.doubleValue), riskFree: 0,
            tau: try #require(json["tau"]?.doubleValue),
            views: [
                .init(weights: portfolio([0: 1, 1: -1]), expected: 0.0002, confidence: 0.6),
                .init(weights: portfolio([2: 1]), expected: 0.0005, confidence: 0.25),
            ])
        let wanted = try #require(problem["skfolio"]?["posterior"])
        for (own, other) in zip(model.expected, wanted["expected"]?.numbers ?? []) {
            #expect(abs(own - (other ?? .nan)) < 1e-15)
        }
        for (row, values) in (wanted["covariance"]?.arrayValue ?? []).enumerated() {
            for (column, value) in values.numbers.enumerated() {
                #expect(abs(model.covariance[row, column] - (value ?? .nan)) < 1e-15)
            }
        }
    }
}
