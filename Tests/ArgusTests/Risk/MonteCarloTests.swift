import StructuredData
import Testing

@testable import Argus

@Suite("Monte Carlo and filtered historical simulation")
struct MonteCarloTests {
    private func simulation(
        _ copula: RiskMethod.Copula, _ marginals: RiskMethod.MarginalKind, _ sample: RiskSample
    ) throws -> MonteCarloSimulation {
        try MonteCarloSimulation(sample, copula: copula, marginals: marginals)
    }

    private static let sample: RiskSample = {
        let market = RiskFixture.noise(600, seed: 1)
        let assets = [2, 3, 4].map { seed in
            zip(market, RiskFixture.noise(600, seed: seed)).map { 0.0004 + 0.7 * $0 + $1 }
        }
        return RiskSample(assets: assets, weights: [0.5, 0.3, 0.2])
    }()

    @Test func `A sample that is not finite has no figures, and no tail to fall off`() {
        for sample in [[0.1, .nan, -0.2], [.infinity, 0, 0], [.nan]] as [[Double]] {
            let tail = SampleTail(sample, alphas: [0.01, 0.5])
            #expect(tail.valueAtRisk(0.5, .linear).isNaN && tail.valueAtRisk(0.01, .orderStatistic).isNaN)
            #expect(tail.expectedShortfall(0.5).isNaN)
        }
    }

    @Test("with normal marginals comes within three standard errors of the closed form, and its interval holds it")
    func normal() throws {
        let answer = try assess(
            RiskFixture.book(
                ["methods": [["method": "normal"], ["method": "monte-carlo", "paths": 400_000]]]))
        let risk = try #require(answer["result"]?["risk"]?.arrayValue)
        for (closed, simulated) in zip(risk.prefix(2), risk.suffix(2)) {
            let interval = try #require(simulated["interval"]).numbers.compactMap { $0 }
            let wanted = try #require(closed["valueAtRisk"]?.doubleValue)
            let found = try #require(simulated["valueAtRisk"]?.doubleValue)
            // 95% are 1.96 standard errors to each side.
            let error = (interval[1] - interval[0]) / (2 * 1.96)
            #expect(abs(found - wanted) < 3 * error)
            #expect(interval[0] <= found && found <= interval[1])
            #expect(error < 0.01 * wanted)
            let shortfall = try #require(closed["expectedShortfall"]?.doubleValue)
            #expect(isClose(simulated["expectedShortfall"]?.doubleValue, shortfall, 0.01))
            #expect(simulated["components"] == nil)
        }
    }

    @Test("a Gaussian copula by its general way agrees with the linear one")
    func general() throws {
        let sample = Self.sample
        // The sample is of normal variates, so that every way has nearly the same distribution before it.
        let alphas = [0.05, 0.01]
        var figures: [[Double]] = []
        for marginals in [RiskMethod.MarginalKind.normal, .empirical, .t] {
            let returns = try simulation(.gaussian, marginals, sample)
                .portfolioReturns(paths: 0..<60_000, horizon: 1, random: CounterRandom(seed: 5))
            let tail = SampleTail(returns, alphas: alphas)
            figures.append(alphas.map { tail.valueAtRisk($0, .linear) })
        }
        for other in figures.dropFirst() {
            for (one, two) in zip(figures[0], other) { #expect(isClose(two, one, 0.06)) }
        }
    }

    @Test("the weighted sum of variates is the sum of the assets' returns")
    func linear() throws {
        let paths = 3..<1013
        let random = CounterRandom(seed: 5)
        let linear = try simulation(.gaussian, .normal, Self.sample)
            .portfolioReturns(paths: paths, horizon: 2, random: random)
        let full = try MonteCarloSimulation(
            Self.sample, copula: .gaussian, marginals: .normal, returnsOfAssets: true
        ).portfolioReturns(paths: paths, horizon: 2, random: random)
        for (one, two) in zip(linear, full) { #expect(abs(one - two) < 1e-15) }
        #expect(Set(full).count == paths.count)
    }

    @Test("a path is the same however paths are divided", arguments: [1, 3])
    func division(horizon: Int) throws {
        let random = CounterRandom(seed: 9)
        for (copula, marginals) in [
            (RiskMethod.Copula.gaussian, RiskMethod.MarginalKind.normal), (.t, .t), (.t, .empirical),
        ] {
            let simulation = try simulation(copula, marginals, Self.sample)
            let whole = simulation.portfolioReturns(paths: 0..<1500, horizon: horizon, random: random)
            let parts = [0..<1, 1..<700, 700..<1500].flatMap {
                simulation.portfolioReturns(paths: $0, horizon: horizon, random: random)
            }
            #expect(whole == parts)
        }
    }

    @Test("a t copula has the marginals that were asked for, and more joint extremes")
    func tCopula() throws {
        let random = CounterRandom(seed: 11)
        let paths = 0..<60_000
        func extremes(_ copula: RiskMethod.Copula) throws -> Int {
            // A portfolio of one asset shows its marginal; path by path the same variates serve all.
            let series = try [0, 1].map { asset in
                var weights = [0.0, 0, 0]
                weights[asset] = 1
                let sample = RiskSample(assets: Self.heavy, weights: weights)
                return try simulation(copula, .normal, sample).portfolioReturns(
                    paths: paths, horizon: 1, random: random)
            }
            for (asset, returns) in series.enumerated() {
                let (wanted, found) = (Moments(Self.heavy[asset]), Moments(returns))
                #expect(abs(found.mean - wanted.mean) < 4 * wanted.standardDeviation / 245)
                #expect(isClose(found.standardDeviation, wanted.standardDeviation, 0.015))
                #expect(abs(found.excessKurtosis) < 0.15)
            }
            let limits = series.map { -SampleTail($0, alphas: [0.01]).valueAtRisk(0.01, .linear) }
            return zip(series[0], series[1]).count { $0 < limits[0] && $1 < limits[1] }
        }
        let (gaussian, t) = (try extremes(.gaussian), try extremes(.t))
        #expect(Double(t) > 1.3 * Double(gaussian))
    }

    /// Three series whose extremes come together.
    private static let heavy: [[Double]] = {
        let random = CounterRandom(seed: 77)
        let scales = (0..<1200).map {
            1 / (random.chiSquared(degrees: 3, path: $0, stream: 40, index: 0) / 3).squareRoot()
        }
        let market = RiskFixture.noise(1200, seed: 21)
        return [UInt64(22), 23, 24].map { seed in
            let own = RiskFixture.noise(1200, seed: seed)
            return scales.indices.map { 0.0002 + scales[$0] * (market[$0] + own[$0]) }
        }
    }()

    @Test("the degrees of freedom of a t copula are found again")
    func degrees() throws {
        let fit = try CopulaFit(Self.heavy, .t)
        let degrees = try #require(fit.degrees)
        #expect(degrees > 2.4 && degrees < 4, "\(degrees)")
        #expect(abs(fit.correlation[0, 1] - 0.5) < 0.08)
    }

    @Test("tables of marginals are as exact as the functions")
    func tables() {
        let distribution = StudentTDistribution(degrees: 4)
        let table = HermiteTable { x in (distribution.cumulative(x), distribution.density(x)) }
        for x in stride(from: -12.0, through: 12, by: 0.0371) {
            #expect(abs(table.value(at: x) - distribution.cumulative(x)) < 1e-11)
        }
    }

    @Test("singular correlations are simulated, and clipped ones told")
    func singular() throws {
        // The same asset twice, and one that does not move.
        let returns = RiskFixture.noise(300, seed: 8)
        let columns = [("A", returns), ("B", returns), ("C", [Double](repeating: 0, count: 300))]
        for (copula, marginals) in [("gaussian", "normal"), ("gaussian", "empirical"), ("t", "t"), ("t", "empirical")] {
            let answer = try assess(
                RiskFixture.returns(
                    columns,
                    params: [
                        "weights": ["A": 0.4, "B": 0.4, "C": 0.2],
                        "methods": [
                            ["method": "historical"],
                            [
                                "method": "monte-carlo", "copula": JSON(copula), "marginals": JSON(marginals),
                                "paths": 20000,
                            ],
                        ],
                    ]))
            #expect(answer.status == "ok")
            #expect(answer.warningCodes == ["CONSTANT_SERIES"], "\(copula) \(marginals)")
            let risk = try #require(answer["result"]?["risk"]?.arrayValue)
            #expect(isClose(risk[2]["valueAtRisk"]?.doubleValue, risk[0]["valueAtRisk"]?.doubleValue, 0.15))
        }
        // Kendall's τ of three pairs over different ties makes no correlation matrix.
        let a = [1, 1, 1, 2, 2, 2, 3, 3, 3].map(Double.init)
        let b = [1, 2, 3, 1, 2, 3, 1, 2, 3].map(Double.init)
        let c = zip(a, b).map { $0 + $1 }
        let fit = try CopulaFit([a, b, c], .t)
        #expect(fit.clippedEigenvalue != nil)
        for i in 0..<3 { #expect(fit.correlation[i, i] == 1) }
        #expect(try SymmetricEigen(fit.correlation).values[0] > -1e-12)
    }

    @Test("longer horizons are simulated, not scaled")
    func horizon() throws {
        let answer = try assess(
            RiskFixture.book([
                "methods": [
                    ["method": "normal"], ["method": "monte-carlo", "paths": 50_000],
                    ["method": "filtered-historical", "paths": 50_000],
                ], "horizonDays": 10,
            ]))
        let note = try #require(answer["warnings"]?.arrayValue?.first { $0["code"] == "SQRT_TIME" })
        #expect(note["message"]?.stringValue?.hasPrefix("normal: ") == true)
        let risk = try #require(answer["result"]?["risk"]?.arrayValue)
        // Compounding ten days changes little.
        #expect(isClose(risk[2]["valueAtRisk"]?.doubleValue, risk[0]["valueAtRisk"]?.doubleValue, 0.06))
        #expect(risk[4]["interval"]?.arrayValue?.count == 2)
        let filtered = try #require(risk[4]["valueAtRisk"]?.doubleValue)
        let one = try assess(RiskFixture.book(["methods": [["method": "filtered-historical"]]]))
        let day = try #require(one["result"]?["risk"]?[0]?["valueAtRisk"]?.doubleValue)
        #expect(filtered > 2.2 * day && filtered < 4.5 * day)
        #expect(one["result"]?["risk"]?[0]?["interval"] == nil)
    }

    @Test("binomial bounds hold the quantile in 95 of 100 simulations")
    func coverage() throws {
        // The sample is normal noise, so that the quantile is known.
        var held = 0
        for seed in 0..<200 {
            let loss = try SimulatedLoss(
                RiskFixture.noise(2000, seed: UInt64(1000 + seed), scale: 1), alphas: [0.05], convention: .linear,
                hasInterval: true, parameters: [:])
            if loss.interval(0.05)?.contains(-NormalDistribution.quantile(0.05)) == true { held += 1 }
        }
        #expect(held >= 182 && held <= 199, "\(held)")
    }

    @Test("a GARCH filter carries on the volatilities of the fitted model, which bring returns to one scale")
    func garchFilter() throws {
        let sample = Self.sample.portfolio.enumerated().map { $0.offset / 100 % 2 == 0 ? $0.element : 2.5 * $0.element }
        let fit = try GarchFit(sample, GarchSpecification(variance: .garch))
        var recursion = try VolatilityRecursion(.garch, sample)
        for (value, deviation) in zip(sample, fit.volatilities) {
            #expect(isClose(recursion.deviation, deviation, 1e-9))
            recursion.append(value)
        }
        #expect(isClose(recursion.deviation, fit.volatilities.last, 1e-9))
        let filtered = try FilteredReturns(sample, filter: .garch)
        let last = try #require(recursion.deviation)
        let wanted = (75..<sample.count).map { row in
            recursion.mean + last * (sample[row] - recursion.mean) / fit.volatilities[row]
        }
        let found = filtered.simulate(paths: 0, horizon: 1, random: CounterRandom(seed: 1))
        for (one, two) in zip(found, wanted) { #expect(abs(one - two) < 1e-12) }
        #expect(found.count == sample.count - FilteredReturns.warmUp)

        let answer = try assess(
            RiskFixture.book([
                "methods": [["method": "filtered-historical", "filter": "garch", "paths": 2000]], "horizonDays": 5,
            ]))
        #expect(answer.status == "ok" && answer.warningCodes.isEmpty)
        let entry = try #require(answer["result"]?["risk"]?[0])
        #expect((entry["valueAtRisk"]?.doubleValue ?? 0) > 0.01)
        #expect((entry["parameters"]?["beta[1]"]?.doubleValue ?? 0) > 0.5)
        #expect(answer["lineage"]?["params"]?["methods"]?[0]?["filter"] == "garch")
    }
}
