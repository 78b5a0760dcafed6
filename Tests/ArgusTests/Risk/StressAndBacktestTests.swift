import StructuredData
import Testing

@testable import Argus

@Suite("Stress scenarios")
struct StressScenarioTests {
    private static let table: JSON = [
        "name": "prices",
        "table": [
            "time": ["2020-01-01", "2020-01-02", "2020-01-03", "2020-01-06", "2020-01-07"],
            "columns": ["A": [100, 110, 99, 90, 108], "B": [50, 50, 40, 44, 40]],
        ],
    ]

    private func assess(_ scenario: JSON, weights: JSON = ["A": 0.75, "B": 0.25]) throws -> JSON {
        try ArgusTests.assess(
            Sample.envelope(Self.table, params: ["weights": weights, "scenarios": [scenario]]))
    }

    private func loss(_ scenario: JSON) throws -> (loss: Double?, a: Double?, b: Double?) {
        let found = try #require(try assess(scenario)["result"]?["scenarios"]?[0])
        #expect(found["name"] == scenario["name"])
        return (
            found["loss"]?.doubleValue, found["bySymbol"]?["A"]?.doubleValue, found["bySymbol"]?["B"]?.doubleValue
        )
    }

    @Test("replay the compounded returns of the rows from one day to another, both included")
    func replay() throws {
        let found = try loss(["name": "x", "from": "2020-01-03", "to": "2020-01-06"])
        #expect(isClose(found.a, -0.75 * (90.0 / 110 - 1), 1e-14))
        #expect(isClose(found.b, -0.25 * (44.0 / 50 - 1), 1e-14))
        #expect(isClose(found.loss, (found.a ?? .nan) + (found.b ?? .nan), 1e-15))
        // The first row has no return that leads to it.
        let whole = try loss(["name": "x", "from": "2020-01-01", "to": "2020-01-09"])
        #expect(isClose(whole.a, -0.75 * 0.08, 1e-13))
    }

    @Test("shock by symbol, and all others by *")
    func shocks() throws {
        let found = try loss(["name": "x", "shocks": ["B": -0.4, "*": -0.1]])
        #expect(isClose(found.a, 0.075, 1e-15) && isClose(found.b, 0.1, 1e-15))
        let other = try loss(["name": "x", "shocks": ["B": 0.4]])
        #expect(other.a == 0 && isClose(other.b, -0.1, 1e-15))
    }

    @Test("move factors, which symbols follow by their exposures")
    func factors() throws {
        let scenario: JSON = [
            "name": "rates up", "factors": ["RATES": 0.01, "OIL": 0.2],
            "exposures": ["A": ["RATES": -4, "OIL": 0.5, "GOLD": 1], "B": ["RATES": 2]],
        ]
        let found = try loss(scenario)
        #expect(isClose(found.a, -0.75 * (-0.04 + 0.1), 1e-14) && isClose(found.b, -0.25 * 0.02, 1e-14))
        var unused = scenario
        unused["factors"]?["SNOW"] = 1
        #expect(try assess(unused).warningCodes.contains("FACTOR_UNUSED"))
    }

    @Test("are rejected where there are no data, and noted where these cover them in part")
    func coverage() throws {
        let none = try assess(["name": "2008", "from": "2008-09-01", "to": "2008-11-30"])
        #expect(none.status == "rejected")
        #expect(none.warningCodes.prefix(2) == ["SCENARIO_WITHOUT_DATA", "SCENARIO_WITHOUT_DATA"])
        #expect(none["warnings"]?[0]?["symbol"] == "A")
        #expect(none["warnings"]?[0]?["path"] == "/params/scenarios/0")
        // Only the first row, which has no return.
        #expect(try assess(["name": "x", "from": "2019-12-31", "to": "2020-01-01"]).status == "rejected")
        let part = try assess(["name": "x", "from": "2019-10-01", "to": "2020-01-06"])
        #expect(part.status == "ok" && part.warningCodes.contains("SCENARIO_PARTIAL"))
        #expect(try assess(["name": "x", "from": "2020-01-06", "to": "2020-01-03"]).warningCodes == ["BAD_TIME"])
        #expect(try assess(["name": "x", "from": "monday", "to": "2020-01-03"]).warningCodes == ["BAD_TIME"])
    }
}

@Suite("Backtests of value at risk")
struct CoverageTestsTests {
    @Test("Kupiec's statistic is 1.9568 for 5 exceptions in 250 days at 99%")
    func kupiec() {
        let days = (0..<250).map { $0 % 50 == 7 }
        let tests = CoverageTests(days, probability: 0.01)
        #expect(abs(tests.kupiec.statistic - 1.9568) < 5e-5)
        #expect(tests.exceptions == 5 && tests.observations == 250 && tests.isIdentified)
        #expect(abs(tests.conditional.statistic - tests.kupiec.statistic - tests.independence.statistic) < 1e-14)
    }

    @Test("without an exception the statistic is -2T ln(1 - p), and independence is not identified")
    func noException() {
        let tests = CoverageTests([Bool](repeating: false, count: 250), probability: 0.01)
        #expect(isClose(tests.kupiec.statistic, -500 * RealMath.logarithm1p(-0.01), 1e-13))
        #expect(tests.independence == CoverageTests.Test(statistic: 0, pValue: 1))
        #expect(!tests.isIdentified)
        let always = CoverageTests([Bool](repeating: true, count: 5), probability: 0.01)
        #expect(isClose(always.kupiec.statistic, -10 * RealMath.logarithm(0.01), 1e-13))
        #expect(!always.isIdentified && always.independence.statistic == 0)
        #expect(CoverageTests([true], probability: 0.05).independence.statistic == 0)
    }

    @Test("exceptions that come together are not independent")
    func clusters() {
        let together = CoverageTests((0..<500).map { (100..<110).contains($0) }, probability: 0.02)
        let apart = CoverageTests((0..<500).map { $0 % 50 == 3 }, probability: 0.02)
        #expect(together.exceptions == apart.exceptions)
        #expect(together.independence.pValue < 1e-6 && apart.independence.pValue > 0.3)
        #expect(together.kupiec == apart.kupiec)
    }

    @Test("the traffic light changes at 5 and 10 of 250 days at 99%")
    func zones() {
        let zones = (0...12).map { BaselZone(exceptions: $0, observations: 250, confidence: 0.99) }
        #expect(zones.prefix(5).allSatisfy { $0 == .green })
        #expect(zones[5..<10].allSatisfy { $0 == .yellow })
        #expect(zones[10...].allSatisfy { $0 == .red })
    }

    @Test("days without an answer are left out and told")
    func refused() throws {
        // 300 days without a move: nothing to divide by, or to be surprised by.
        let returns = [Double](repeating: 0, count: 300) + RiskFixture.noise(300, seed: 1)
        let answer = try assess(
            RiskFixture.returns(
                [("A", returns)],
                params: [
                    "weights": ["A": 1],
                    "backtest": ["method": ["method": "ewma", "window": 100], "confidence": 0.99],
                ]))
        #expect(answer.status == "ok")
        #expect(answer.warningCodes.contains("METHOD_REFUSED"))
        let backtest = try #require(answer["result"]?["backtest"])
        let limits = try #require(backtest["valueAtRisk"]).numbers
        #expect(limits.count == 500 && limits.prefix(201).allSatisfy { $0 == nil } && limits[201] != nil)
        #expect(backtest["observations"] == 299)
    }

    @Test("any method can be tested", arguments: RiskMethod.names)
    func methods(name: String) throws {
        // Every other day is a wilder one, so that there is some kurtosis.
        let noise = RiskFixture.noise(140, seed: 1).enumerated().map {
            $0.offset % 2 == 0 ? $0.element : 2.2 * $0.element
        }
        let columns = [("A", noise), ("B", RiskFixture.noise(140, seed: 2, scale: 0.003))]
        var method: JSON = ["method": JSON(name), "window": 120]
        if name == "monte-carlo" { method["paths"] = 500 }
        let answer = try assess(
            RiskFixture.returns(
                columns,
                params: ["weights": ["A": 0.5, "B": 0.5], "backtest": ["method": method, "confidence": 0.95]]))
        #expect(answer.status == "ok")
        let backtest = try #require(answer["result"]?["backtest"])
        #expect(backtest["valueAtRisk"]?.arrayValue?.count == 20)
        #expect((backtest["valueAtRisk"]?[19]?.doubleValue ?? 0) > 0.005)
        #expect((backtest["valueAtRisk"]?[19]?.doubleValue ?? 1) < 0.05)
    }
}
