import StructuredData
import Testing

@testable import Argus

@Suite("A risk assessment")
struct RiskAssessmentTests {
    private static let closed: JSON = [
        ["method": "historical"], ["method": "age-weighted"], ["method": "normal"], ["method": "t"],
        ["method": "ewma"], ["method": "cornish-fisher"],
    ]

    @Test("of positions has values, weights and amounts in the base currency")
    func positions() throws {
        let answer = try assess(
            RiskFixture.book([
                "positions": [
                    ["symbol": "AAPL", "quantity": 100, "currency": "USD"],
                    ["symbol": "XOM", "quantity": 50, "currency": "EUR"],
                    ["symbol": "JPM", "quantity": -20, "currency": "GBP", "price": 100],
                    ["symbol": "AAPL", "quantity": 10, "currency": "USD"],
                ],
                "baseCurrency": "USD", "fx": ["EURUSD": 1.06, "USDGBP": 0.8],
                "adv": ["AAPL": 1000, "XOM": 50, "JPM": 1e6],
                "participation": 0.2, "scenarios": [["name": "down 10", "shocks": ["*": -0.1]]],
            ]))
        #expect(answer.status == "ok")
        #expect(answer.warningCodes == ["FX_HELD"])
        let result = try #require(answer["result"])
        let series = try ["AAPL", "XOM"].map { try lastPrice($0) }
        let value = 110 * series[0] + 50 * series[1] * 1.06 - 20 * 100 / 0.8
        #expect(isClose(result["value"]?.doubleValue, value, 1e-14))
        #expect(result["currency"] == "USD")
        #expect(isClose(result["weights"]?["AAPL"]?.doubleValue, 110 * series[0] / value, 1e-14))
        let sum = result["weights"]?.objectValue?.values.reduce(0) { $0 + ($1.doubleValue ?? .nan) }
        #expect(isClose(sum, 1, 1e-14))
        for entry in try #require(result["risk"]?.arrayValue) {
            #expect(
                isClose(
                    entry["valueAtRiskAmount"]?.doubleValue, (entry["valueAtRisk"]?.doubleValue ?? 0) * value, 1e-14))
            #expect(entry["expectedShortfallAmount"]?.doubleValue ?? 0 > entry["valueAtRiskAmount"]?.doubleValue ?? 0)
        }
        #expect(isClose(result["scenarios"]?[0]?["loss"]?.doubleValue, 0.1, 1e-14))
        #expect(isClose(result["scenarios"]?[0]?["lossAmount"]?.doubleValue, 0.1 * value, 1e-14))
        #expect(result["ratios"]?["liquidityDays"]?.doubleValue == 5)
        #expect(result["ratios"]?["liquidityDaysBySymbol"]?["AAPL"]?.doubleValue == 0.55)
    }

    private func lastPrice(_ symbol: String) throws -> Double {
        try #require(
            try Fixture.stock(symbol).split(separator: "\n").last?.split(separator: ",").last.flatMap { Double($0) })
    }

    @Test("gives components, marginal and incremental risk that add up", arguments: [1, 10])
    func components(horizon: Int) throws {
        let answer = try assess(
            RiskFixture.book([
                "components": true, "horizonDays": JSON(horizon), "methods": Self.closed,
            ]))
        let weights = RiskFixture.weights
        var shared: Set<String> = []
        for entry in try #require(answer["result"]?["risk"]?.arrayValue) {
            let method = try #require(entry["method"]?.stringValue)
            guard let components = entry["components"]?.objectValue else { continue }
            shared.insert(method)
            let total = components.values.reduce(0) { $0 + ($1.doubleValue ?? .nan) }
            #expect(isClose(total, entry["valueAtRisk"]?.doubleValue, 1e-12), "\(method)")
            let shortfall = try #require(entry["expectedShortfallComponents"]?.objectValue)
                .values.reduce(0) { $0 + ($1.doubleValue ?? .nan) }
            #expect(isClose(shortfall, entry["expectedShortfall"]?.doubleValue, 1e-12), "\(method)")
            for (symbol, component) in components {
                let weight = try #require(weights[symbol]?.doubleValue)
                let marginal = try #require(entry["marginal"]?[symbol]?.doubleValue)
                #expect(abs(weight * marginal - (component.doubleValue ?? .nan)) < 1e-14)
                // Without the holding, by an assessment of its own.
                var rest = weights
                rest[symbol] = 0
                let without = try assess(
                    RiskFixture.book([
                        "weights": rest, "methods": [["method": JSON(method)]], "horizonDays": JSON(horizon),
                        "confidence": [entry["confidence"] ?? .null],
                    ]))
                let left = without["result"]?["risk"]?[0]?["valueAtRisk"]?.doubleValue ?? .nan
                let incremental = (entry["valueAtRisk"]?.doubleValue ?? .nan) - left
                #expect(abs((entry["incremental"]?[symbol]?.doubleValue ?? .nan) - incremental) < 1e-13)
            }
        }
        #expect(shared == ["historical", "normal", "ewma"])
    }

    @Test("marginal risk is the slope of the value at risk", arguments: ["normal", "ewma", "historical"])
    func marginal(method: String) throws {
        func risk(_ weight: Double) throws -> JSON {
            var weights = RiskFixture.weights
            weights["XOM"] = JSON(weight)
            let answer = try assess(
                RiskFixture.book(["weights": weights, "methods": [["method": JSON(method)]], "components": true]))
            return try #require(answer["result"]?["risk"]?[0])
        }
        let step = 1e-6
        let (low, high) = (try risk(0.35 - step), try risk(0.35 + step))
        let slope =
            ((high["valueAtRisk"]?.doubleValue ?? .nan) - (low["valueAtRisk"]?.doubleValue ?? .nan)) / (2 * step)
        #expect(isClose(try risk(0.35)["marginal"]?["XOM"]?.doubleValue, slope, 1e-6))
    }

    @Test("scales methods that do not simulate by the square root of time, and says so")
    func horizon() throws {
        let one = try assess(RiskFixture.book(["methods": Self.closed]))
        let ten = try assess(RiskFixture.book(["methods": Self.closed, "horizonDays": 10]))
        #expect(one.warningCodes.contains("SQRT_TIME") == false)
        #expect(ten.warningCodes.contains("SQRT_TIME"))
        for (entry, other) in zip(
            one["result"]?["risk"]?.arrayValue ?? [], ten["result"]?["risk"]?.arrayValue ?? [])
        {
            #expect(other["horizonDays"] == 10)
            let (value, longer) = (entry["valueAtRisk"]?.doubleValue, other["valueAtRisk"]?.doubleValue)
            guard let value, let longer else { continue }
            let mean = entry["parameters"]?["mu"]?.doubleValue ?? 0
            #expect(isClose(longer, (value + mean) * 10.0.squareRoot() - 10 * mean, 1e-12))
        }
    }

    @Test("gives closed forms that follow from the parameters it reports")
    func reported() throws {
        let answer = try assess(RiskFixture.book(["methods": Self.closed]))
        var seen: Set<String> = []
        for entry in try #require(answer["result"]?["risk"]?.arrayValue) {
            let alpha = 1 - (entry["confidence"]?.doubleValue ?? 0)
            let z = NormalDistribution.quantile(alpha)
            func parameter(_ name: String) throws -> Double { try #require(entry["parameters"]?[name]?.doubleValue) }
            let method = entry["method"]?.stringValue ?? ""
            let wanted: Double
            switch method {
            case "normal": wanted = -(try parameter("mu") + parameter("sigma") * z)
            case "ewma": wanted = -z * (try parameter("sigma"))
            case "t":
                let q = StudentTDistribution(degrees: try parameter("nu")).quantile(alpha)
                wanted = -(try parameter("mu") + parameter("s") * q)
            default: continue
            }
            seen.insert(method)
            #expect(isClose(entry["valueAtRisk"]?.doubleValue, wanted, 1e-12))
        }
        #expect(seen.count == 3)
    }

    @Test("refuses a Cornish-Fisher quantile that is not monotone, with the inequality that is broken")
    func cornishFisher() throws {
        let answer = try assess(RiskFixture.book(["methods": [["method": "cornish-fisher"], ["method": "normal"]]]))
        let entry = try #require(answer["result"]?["risk"]?[0])
        #expect(entry["valueAtRisk"] == .null && entry["expectedShortfall"] == .null)
        let reason = try #require(entry["refused"]?.stringValue)
        #expect(reason.contains("not monotone") && reason.contains("1 - K/8 + 5S²/36 > 0"))
        #expect(answer.warningCodes == ["METHOD_REFUSED"])
        #expect(answer.status == "ok")
        #expect(answer["result"]?["risk"]?[2]?["valueAtRisk"]?.doubleValue != nil)
        #expect(CornishFisherLoss.disorder(0.5, 0.2)?.contains("K/8 - S²/6 ≥ 0") == true)
        #expect(CornishFisherLoss.disorder(1.2, 2.1)?.contains("S²/9 ≤ 4ab") == true)
        #expect(CornishFisherLoss.disorder(0.2, 1) == nil)
    }

    @Test("gives the same bytes for the same input and seed, and others for another seed")
    func determinism() throws {
        let params: JSON = [
            "methods": [["method": "monte-carlo", "paths": 5000], ["method": "filtered-historical", "paths": 2000]],
            "horizonDays": 5,
        ]
        var input = try RiskFixture.book(params, rows: 400)
        input["seed"] = 7
        let first = try assess(input)
        #expect(first.withoutCost.serialized() == (try assess(input)).withoutCost.serialized())
        #expect(first["lineage"]?["params"]?["methods"]?[0]?["copula"] == "gaussian")
        input["seed"] = 8
        let other = try assess(input)
        #expect(first["result"]?["risk"]?[0]?["valueAtRisk"] != other["result"]?["risk"]?[0]?["valueAtRisk"])
        #expect(first["result"]?["risk"]?[2]?["valueAtRisk"] != other["result"]?["risk"]?[2]?["valueAtRisk"])
    }

    @Test("fills in defaults")
    func defaults() throws {
        let answer = try assess(RiskFixture.book([:], rows: 300))
        let params = try #require(answer["lineage"]?["params"])
        #expect(params["confidence"] == [0.95, 0.99])
        #expect(params["methods"] == [["method": "historical"]])
        #expect(params["quantile"] == "linear" && params["horizonDays"] == 1 && params["riskFree"] == 0)
        #expect(answer["result"]?["value"] == 1 && answer["result"]?["currency"] == nil)
        #expect(answer["result"]?["scenarios"] == [])
        #expect(answer["result"]?["ratios"]?["beta"] == nil)
    }

    @Test("reads given returns as log returns where they are said to be")
    func logReturns() throws {
        let simple = RiskFixture.noise(300, seed: 3)
        let log = simple.map { RealMath.logarithm1p($0) }
        let params: JSON = ["weights": ["A": 1]]
        var logParams = params
        logParams["returns"] = "log"
        let first = try assess(RiskFixture.returns([("A", simple)], params: params))
        let second = try assess(RiskFixture.returns([("A", log)], params: logParams))
        let pairs = zip(first["result"]?["risk"]?.arrayValue ?? [], second["result"]?["risk"]?.arrayValue ?? [])
        for (one, two) in pairs {
            #expect(isClose(one["valueAtRisk"]?.doubleValue, two["valueAtRisk"]?.doubleValue, 1e-12))
        }
    }

    @Test("uses nothing after asOf")
    func asOf() throws {
        var input = try RiskFixture.book(["scenarios": [["name": "later", "from": "2022-06-01", "to": "2022-06-30"]]])
        input["asOf"] = "2022-01-31"
        #expect(
            try assess(input).warningCodes == [
                "SCENARIO_WITHOUT_DATA", "SCENARIO_WITHOUT_DATA", "SCENARIO_WITHOUT_DATA",
            ])
        input["params"]?["scenarios"] = nil
        let cut = try assess(input)
        #expect(cut["lineage"]?["inputs"]?[0]?["to"] == "2022-01-31")
    }

    @Test("makes the portfolio's return of its assets', however many there are", arguments: [1, 7, 8, 9, 19])
    func combination(count: Int) {
        let assets = (0..<count).map { RiskFixture.noise(33, seed: UInt64($0)) }
        let weights = (0..<count).map { 0.1 * Double($0) - 0.3 }
        let sample = RiskSample(assets: assets, weights: weights)
        for row in 0..<33 {
            let wanted = zip(weights, assets).reduce(0) { $0 + $1.0 * $1.1[row] }
            #expect(sample.portfolio[row] == wanted)
        }
    }

    @Test("is one of the task types that are served")
    func registered() throws {
        let type = try #require(ArgusTaskType.all.first { $0.name == "risk-assessment" })
        #expect(type.inputSchema == RiskAssessment.inputSchema && type.outputSchema == RiskAssessment.outputSchema)
        let answer = type.answer(try RiskFixture.book([:], rows: 50))
        #expect(answer["result"]?["risk"]?.arrayValue?.count == 2)
    }
}
