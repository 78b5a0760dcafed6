import StructuredData
import Testing

@testable import Argus

@Suite("Risk agrees with NumPy, SciPy, empyrical and QuantLib")
struct RiskReferenceTests {
    private let reference: JSON

    init() throws { reference = try Fixture.json("risk") }

    @Test("historical, age-weighted, normal, EWMA and filtered historical figures to 1e-12")
    func figures() throws {
        let cases = try #require(reference["methods"]?.arrayValue)
        #expect(cases.count == 33)
        for quantile in ["linear", "order-statistic"] {
            let wanted = cases.filter { ($0["quantile"]?.stringValue ?? "linear") == quantile }
            var requests: [JSON] = []
            for item in wanted where !requests.contains(item["request"] ?? .null) {
                requests.append(item["request"] ?? .null)
            }
            let answer = try assess(
                RiskFixture.book([
                    "methods": .array(requests), "confidence": [0.95, 0.975, 0.99], "quantile": JSON(quantile),
                ]))
            #expect(answer.status == "ok")
            let risk = try #require(answer["result"]?["risk"]?.arrayValue)
            #expect(risk.count == wanted.count)
            for item in wanted {
                let place = try #require(requests.firstIndex(of: item["request"] ?? .null))
                let found = try #require(
                    risk[place * 3..<place * 3 + 3].first { $0["confidence"] == item["confidence"] })
                #expect(found["method"] == item["request"]?["method"])
                for name in ["valueAtRisk", "expectedShortfall"] {
                    #expect(
                        isClose(found[name]?.doubleValue, item[name]?.doubleValue, 1e-12), "\(item) \(found)")
                }
            }
        }
    }

    @Test("QuantLib's quantile is the order statistic")
    func quantLib() throws {
        let answer = try assess(
            RiskFixture.book(["confidence": [0.951, 0.975, 0.9875], "quantile": "order-statistic"]))
        let wanted = try #require(reference["quantLib"]?.objectValue)
        #expect(wanted.count == 3)
        for entry in try #require(answer["result"]?["risk"]?.arrayValue) {
            let level = NumberText.shortest(try #require(entry["confidence"]?.doubleValue))
            #expect(isClose(entry["valueAtRisk"]?.doubleValue, wanted[level]?.doubleValue, 1e-12))
        }
    }

    @Test("the Cornish-Fisher shortfall is the mean of its quantiles beyond")
    func cornishFisher() throws {
        let wanted = try #require(reference["cornishFisher"])
        let returns = try #require(wanted["returns"]).numbers.compactMap { $0 }
        let loss = try CornishFisherLoss(returns, horizon: 1)
        #expect(isClose(loss.skewness, wanted["skewness"]?.doubleValue, 1e-12))
        #expect(isClose(loss.kurtosis, wanted["kurtosis"]?.doubleValue, 1e-11))
        let figures = try #require(wanted["figures"]?.arrayValue)
        #expect(figures.count == 3)
        for item in figures {
            let alpha = 1 - (item["confidence"]?.doubleValue ?? 0)
            #expect(isClose(loss.valueAtRisk(alpha), item["valueAtRisk"]?.doubleValue, 1e-12))
            // By quadrature in the reference.
            #expect(isClose(loss.expectedShortfall(alpha), item["expectedShortfall"]?.doubleValue, 1e-11))
        }
    }

    @Test("the most likely t distribution, and its figures")
    func studentT() throws {
        let cases = try #require(reference["t"]?.arrayValue)
        #expect(cases.count == 6)
        for item in cases {
            let sample = try #require(item["sample"]).numbers.compactMap { $0 }
            let fit = try StudentTFit(sample)
            let wanted = try #require(item["logLikelihood"]?.doubleValue)
            // No worse than SciPy's best of several starts, and no better by more than its own tolerance.
            #expect(fit.logLikelihood >= wanted - 1e-8, "\(item["name"] ?? .null)")
            #expect(fit.logLikelihood <= wanted + 1e-6, "\(item["name"] ?? .null)")
            #expect(isClose(fit.degrees, item["nu"]?.doubleValue, 1e-3))
            #expect(isClose(fit.scale, item["s"]?.doubleValue, 1e-4))
            let own = sample.reduce(0.0) { sum, value in
                sum + StudentTDistribution(degrees: fit.degrees).logDensity((value - fit.location) / fit.scale)
                    - RealMath.logarithm(fit.scale)
            }
            #expect(abs(own - fit.logLikelihood) < 1e-8)
        }
    }

    @Test("ratios")
    func ratios() throws {
        let answer = try assess(
            RiskFixture.book(
                ["riskFree": 0.02, "benchmark": "PG"], symbols: ["AAPL", "XOM", "JPM", "PG"]))
        let wanted = try #require(reference["ratios"])
        let found = try #require(answer["result"]?["ratios"])
        for name in ["sharpe", "sortino", "calmar", "maxDrawdown", "beta", "trackingError"] {
            #expect(isClose(found[name]?.doubleValue, wanted[name]?.doubleValue, 1e-10), "\(name) \(found)")
        }
    }

    @Test("a rolling backtest: Kupiec, Christoffersen, Acerbi and Székely, Basel")
    func backtests() throws {
        let cases = try #require(reference["backtests"]?.arrayValue)
        #expect(cases.count == 3)
        for item in cases {
            let answer = try assess(
                RiskFixture.book([
                    "backtest": [
                        "method": ["method": "historical", "window": item["window"] ?? .null],
                        "confidence": item["confidence"] ?? .null,
                    ]
                ]))
            let found = try #require(answer["result"]?["backtest"])
            #expect(found["observations"] == item["observations"])
            #expect(found["exceptions"] == item["exceptions"])
            #expect(found["zone"] == item["zone"])
            #expect(isClose(found["z2"]?.doubleValue, item["z2"]?.doubleValue, 1e-10))
            for (test, name) in [
                (found["kupiec"], "kupiec"), (found["christoffersen"]?["independence"], "independence"),
                (found["christoffersen"]?["conditional"], "conditional"),
            ] {
                for part in ["statistic", "pValue"] {
                    #expect(isClose(test?[part]?.doubleValue, item[name]?[part]?.doubleValue, 1e-9), "\(name) \(part)")
                }
            }
            let limits = try #require(found["valueAtRisk"]).numbers
            #expect(limits.count == item["observations"]?.intValue)
            #expect(isClose(limits.first ?? nil, item["first"]?.doubleValue, 1e-12))
            #expect(isClose(limits.last ?? nil, item["last"]?.doubleValue, 1e-12))
        }
    }

    @Test("Kendall's rank correlation, with and without ties")
    func kendall() throws {
        let book = try ["AAPL", "XOM", "JPM"].map { symbol in
            try returns(symbol) { $0.suffix(1501) }
        }
        for i in 0..<3 {
            for j in 0..<3 {
                let wanted = reference["kendall"]?["book"]?[i]?[j]?.doubleValue
                #expect(isClose(KendallTau.b(book[i], book[j]), wanted, 1e-13))
            }
        }
        let ties = KendallTau.b(try returns("RRC") { $0.prefix(1001) }, try returns("AMD") { $0.prefix(1001) })
        #expect(isClose(ties, reference["kendall"]?["ties"]?.doubleValue, 1e-13))
        #expect(KendallTau.b([1, 1, 1], [1, 2, 3]).isNaN)
    }

    private func returns(_ symbol: String, _ part: (ArraySlice<Double>) -> ArraySlice<Double>) throws -> [Double] {
        let prices = try Fixture.stock(symbol).split(separator: "\n").dropFirst().compactMap { line in
            line.split(separator: ",").last.flatMap { Double($0) }
        }
        return SymbolSeries.returns(of: Array(part(prices[...])), .simple)
    }

    @Test("the t copula: correlation of Kendall's τ, and the most likely degrees of freedom")
    func copula() throws {
        let book = try ["AAPL", "XOM", "JPM"].map { symbol in
            try returns(symbol) { $0.suffix(1501) }
        }
        let fit = try CopulaFit(book, .t)
        let wanted = try #require(reference["copula"])
        for i in 0..<3 {
            for j in 0..<3 {
                #expect(abs(fit.correlation[i, j] - (wanted["correlation"]?[i]?[j]?.doubleValue ?? .nan)) < 1e-13)
            }
        }
        #expect(isClose(fit.degrees, wanted["nu"]?.doubleValue, 1e-4))
        #expect(fit.clippedEigenvalue == nil)
    }
}
