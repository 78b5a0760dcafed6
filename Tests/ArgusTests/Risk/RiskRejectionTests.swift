import StructuredData
import Testing

@testable import Argus

@Suite("A risk assessment refuses")
struct RiskRejectionTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let params: JSON
        let code: String
        let path: String?
        let words: String
        var testDescription: String { words }

        init(_ params: JSON, _ code: String, _ path: String?, _ words: String) {
            (self.params, self.code, self.path, self.words) = (params, code, path, words)
        }
    }

    private static let position: JSON = ["symbol": "SPX", "quantity": 1]

    static let cases: [Case] = [
        Case([:], "SCHEMA", "/params", "exactly one of positions and weights must be given, found none"),
        Case(["weights": ["SPX": 1], "positions": [position]], "SCHEMA", "/params", "found both"),
        Case(["weights": [:]], "SCHEMA", "/params/weights", "/params/weights"),
        Case(["weights": ["SPY": 1]], "UNKNOWN_SYMBOL", "/params/weights/SPY", "did you mean SPX?"),
        Case(["weights": ["SPX": .number(.nan)]], "NON_FINITE", "/params/weights/SPX", "not finite"),
        Case(["weights": ["SPX": 0]], "CONSTANT_SERIES", nil, "every weight is zero"),
        Case(["positions": []], "SCHEMA", "/params/positions", "/params/positions"),
        Case(
            ["positions": [["symbol": "QQQ", "quantity": 1]]], "UNKNOWN_SYMBOL", "/params/positions/0/symbol", "QQQ"),
        Case(
            ["positions": [["symbol": "SPX", "quantity": 1, "shares": 2]]], "SCHEMA", "/params/positions/0/shares",
            "shares"),
        Case(
            ["positions": [["symbol": "SPX", "quantity": 1, "currency": "EUR"]], "baseCurrency": "USD"], "FX_MISSING",
            "/params/fx", "\"EURUSD\" (USD for one EUR) or \"USDEUR\""),
        Case(
            ["positions": [["symbol": "SPX", "quantity": -5]]], "NON_POSITIVE_VALUE", "/params/positions", "positive"),
        Case(
            ["positions": [position, ["symbol": "SPX", "quantity": 1, "price": 5]]], "DUPLICATE_SYMBOL",
            "/params/positions/1", "different currencies or prices"),
        Case(["weights": ["SPX": 1], "fx": ["EUR/USD": 1]], "SCHEMA", "/params/fx/EUR~1USD", "fx"),
        Case(["weights": ["SPX": 1], "confidence": [95]], "SCHEMA", "/params/confidence/0", "confidence"),
        Case(["weights": ["SPX": 1], "confidence": []], "SCHEMA", "/params/confidence", "confidence"),
        Case(["weights": ["SPX": 1], "horizonDays": 0], "SCHEMA", "/params/horizonDays", "horizonDays"),
        Case(
            ["weights": ["SPX": 1], "methods": [["method": "historic"]]], "SCHEMA", "/params/methods/0/method",
            "did you mean historical?"),
        Case(
            ["weights": ["SPX": 1], "methods": [["method": "normal", "lambda": 0.9]]], "SCHEMA",
            "/params/methods/0/lambda", "lambda"),
        Case(
            ["weights": ["SPX": 1], "methods": [["method": "historical", "window": 500]]], "TOO_FEW_BARS",
            "/params/methods/0/window", "looks at 500 returns, but there are 99"),
        Case(
            ["weights": ["SPX": 1], "methods": [["method": "filtered-historical", "window": 60]]], "TOO_FEW_BARS",
            "/params/methods/0/window", "needs at least 77 returns"),
        Case(
            ["weights": ["SPX": 1], "methods": [["method": "monte-carlo", "paths": 10_000_000]], "horizonDays": 2520],
            "TOO_MUCH_WORK", "/params/methods/0", "lower paths"),
        Case(
            ["weights": ["SPX": 1], "backtest": ["method": ["method": "historical"]]], "TOO_FEW_BARS",
            "/params/backtest/method/window", "needs at least 251 returns, but there are 99"),
        Case(["weights": ["SPX": 1], "benchmark": "SP"], "UNKNOWN_SYMBOL", "/params/benchmark", "did you mean SPX?"),
        Case(["weights": ["SPX": 1], "adv": ["AAPL": 5]], "UNKNOWN_SYMBOL", "/params/adv/AAPL", "AAPL"),
        Case(
            ["weights": ["SPX": 1], "scenarios": [["name": "x", "shocks": ["QQQ": -0.1]]]], "UNKNOWN_SYMBOL",
            "/params/scenarios/0/shocks/QQQ", "QQQ"),
        Case(
            ["weights": ["SPX": 1], "scenarios": [["name": "x", "shocks": ["*": -1.5]]]], "SCHEMA",
            "/params/scenarios/0/shocks/*", "-1"),
        Case(
            [
                "weights": ["SPX": 1],
                "scenarios": [["name": "x", "factors": ["F": 1], "exposures": ["QQQ": ["F": 1]]]],
            ],
            "UNKNOWN_SYMBOL", "/params/scenarios/0/exposures/QQQ", "QQQ"),
    ]

    @Test("parameters that do not fit, with code, path and what to do", arguments: cases)
    func parameters(item: Case) throws {
        let answer = try assess(Sample.envelope(Sample.bars(Sample.closes(100)), params: item.params))
        #expect(answer.status == "rejected")
        #expect(answer["result"] == nil)
        let first = try #require(answer["warnings"]?[0])
        #expect(first["code"]?.stringValue == item.code)
        #expect(first["path"]?.stringValue == item.path)
        let message = try #require(first["message"]?.stringValue)
        #expect(message.contains(item.words), "\(message)")
    }

    @Test("an input without parameters")
    func noParameters() throws {
        let answer = try assess(["inputs": [Sample.bars(Sample.closes(10))]])
        #expect(answer.warningCodes == ["SCHEMA"])
        #expect(answer["warnings"]?[0]?["message"]?.stringValue?.contains("positions or weights") == true)
    }

    @Test("a position whose input has returns but no price, by its symbol")
    func missingPrice() throws {
        let returns = RiskFixture.noise(30, seed: 1)
        let answer = try assess(
            RiskFixture.returns(
                [("A", returns), ("B", returns)],
                params: [
                    "positions": [["symbol": "B", "quantity": 1], ["symbol": "A", "quantity": 1, "price": 5]]
                ]))
        #expect(answer.warningCodes == ["MISSING_PRICE"])
        #expect(answer["warnings"]?[0]?["symbol"] == "B")
        #expect(answer["warnings"]?[0]?["path"] == "/params/positions/0")
    }

    @Test("missing prices, unless a repair is allowed, which degrades the answer")
    func missingValue() throws {
        var closes = Sample.closes(60)
        closes[17] = .null
        var input = Sample.envelope(Sample.bars(closes), params: ["weights": ["SPX": 1]])
        let refused = try assess(input)
        #expect(refused.warningCodes.allSatisfy { $0 == "MISSING_VALUE" })
        #expect(refused["warnings"]?[0]?["row"] == 18)
        input["repair"] = ["missing": "drop-row"]
        let repaired = try assess(input)
        #expect(repaired.status == "degraded")
        #expect(repaired["result"]?["observations"] == 58)
    }

    @Test("a book that does not vary, and notes a symbol that does not")
    func constant() throws {
        let flat = [JSON](repeating: 100, count: 50)
        let only = try assess(Sample.envelope(Sample.bars(flat), params: ["weights": ["SPX": 1]]))
        #expect(only.warningCodes == ["CONSTANT_SERIES"])
        #expect(only.status == "rejected" && only["warnings"]?[0]?["symbol"] == "SPX")
        let both = try assess(
            Sample.envelope(
                Sample.bars(flat), Sample.bars(Sample.closes(50), name: "B"),
                params: ["weights": ["SPX": 0.5, "B": 0.5], "methods": [["method": "normal"], ["method": "t"]]]))
        #expect(both.status == "ok" && both.warningCodes == ["CONSTANT_SERIES"])
    }

    @Test("series that share no times")
    func notAligned() throws {
        let late: JSON = [
            "name": "B", "table": ["time": ["2050-01-03", "2050-01-04"], "columns": ["C": [1, 2]]],
        ]
        let answer = try assess(
            Sample.envelope(Sample.bars(Sample.closes(50)), late, params: ["weights": ["SPX": 0.5, "C": 0.5]]))
        #expect(answer.status == "rejected" && answer["warnings"]?[0]?["code"] == "TOO_FEW_BARS")
        let short = try assess(
            Sample.envelope(
                Sample.bars(Sample.closes(50)),
                ["name": "r", "returns": ["columns": ["C": [0.1, 0.2, 0.1]]]],
                params: ["weights": ["SPX": 0.5, "C": 0.5]]))
        #expect(short.warningCodes == ["INPUTS_NOT_ALIGNED"])
    }

    @Test("nothing of RRC's first 68 returns, which are zero, but methods that would divide by their variance")
    func leadingZeros() throws {
        let lines = try Fixture.stock("RRC").split(separator: "\n")
        func answer(_ rows: Int) throws -> JSON {
            try assess(
                Sample.envelope(
                    ["name": "RRC", "csv": JSON(lines.prefix(rows + 1).joined(separator: "\n"))],
                    params: [
                        "weights": ["RRC": 1],
                        "methods": [
                            ["method": "ewma"], ["method": "filtered-historical"], ["method": "t"],
                            ["method": "historical"], ["method": "cornish-fisher"],
                        ],
                    ]))
        }
        // 69 rows make 68 returns, all zero.
        var early = try answer(69)
        #expect(early.status == "rejected" && early["warnings"]?[0]?["symbol"] == "RRC")
        early = try answer(200)
        #expect(early.status == "ok")
        // 702 of the first 1000 returns are zero: too many for the likelihood of a t distribution.
        let later = try answer(1001)
        let risk = try #require(later["result"]?["risk"]?.arrayValue)
        #expect((risk[0]["valueAtRisk"]?.doubleValue ?? 0) > 0)
        #expect((risk[2]["valueAtRisk"]?.doubleValue ?? 0) > 0)
        #expect(risk[4]["refused"]?.stringValue?.contains("702 of 1000 returns are 0") == true)
        #expect(later.warningCodes.contains("METHOD_REFUSED"))
    }
}
