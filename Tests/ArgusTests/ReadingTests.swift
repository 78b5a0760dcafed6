import StructuredData
import Testing

@testable import Argus

@Suite("The reading")
struct ReadingTests {
    private static let params: JSON = [
        "functions": [
            ["function": "SMA"], ["function": "RSI"], ["function": "MACD"], ["function": "BBANDS"],
            ["function": "RSI", "parameters": ["timeperiod": 28]],
        ],
        "volatility": [
            ["model": "close-to-close", "window": 20], ["model": "ewma"], ["model": "parkinson", "window": 30],
            ["model": "garch", "distribution": "t", "horizon": 7], ["model": "gjr"],
        ],
    ]

    /// The numbers and dates of a text, as they are written.
    private func numbers(_ text: String) -> [String] {
        text.matches(of: #/\d{4}-\d{2}-\d{2}|-?\d+(?:\.\d+)?(?:e-?\d+)?/#).map { String($0.output) }
    }

    /// Every number of a JSON value as its own text, and every text.
    private func leaves(_ json: JSON) -> Set<String> {
        switch json {
        case .integer, .number: [json.text()]
        case .string(let text): [text]
        case .array(let elements): elements.reduce(into: []) { $0.formUnion(leaves($1)) }
        case .object(let members): members.reduce(into: []) { $0.formUnion(leaves($1.value)) }
        default: []
        }
    }

    @Test(
        "has no number that does not stand in the result",
        arguments: ["AAPL", "RRC", "XOM", "GE", "SPX", "short", "flat", "returns", "returns with times"])
    func everyNumber(name: String) throws {
        let symbol = name.contains("returns") ? "DM" : name
        let input: JSON =
            switch name {
            case "SPX": ["name": "SPX", "csv": JSON(try #require(Fixture.sp500))]
            case "short": Sample.bars(Sample.closes(60), name: name)
            case "flat": Sample.bars([JSON](repeating: 5, count: 300), name: name)
            case "returns":
                ["name": "r", "returns": ["columns": ["DM": .array((0..<300).map { JSON(Double($0 % 7 - 3) / 500) })]]]
            case "returns with times":
                [
                    "name": "r",
                    "returns": [
                        "time": .array(Sample.days(300)),
                        "columns": ["DM": .array((0..<300).map { JSON(Double($0 % 5 - 3) / 500) })],
                    ],
                ]
            default: ["name": JSON(name), "csv": JSON(try Fixture.stock(name))]
            }
        var params = Self.params
        // What the data does not allow: functions of returns; ranges of closes; fits to what stands still.
        if name.contains("returns") { params["functions"] = nil }
        let models = (params["volatility"]?.arrayValue ?? []).filter { model in
            switch model["model"]?.stringValue {
            case "parkinson": ["SPX", "short"].contains(name)
            case "garch", "gjr": !["flat", "GE", "AAPL"].contains(name)
            default: true
            }
        }
        params["volatility"] = .array(models)
        let answer = MarketAnalysis.run(Sample.envelope(input, params: params))
        var result = try #require(answer["result"])
        let text = try #require(result["reading"]?[symbol]?.stringValue)
        result["reading"] = nil
        let known = leaves(result)
        let found = numbers(text)
        #expect(found.count > (name == "flat" ? 4 : 10), "\(text)")
        for number in found { #expect(known.contains(number), "\(number) of: \(text)") }
    }

    @Test("is one paragraph")
    func paragraph() throws {
        let answer = MarketAnalysis.run(
            Sample.envelope(["name": "SPX", "csv": JSON(try #require(Fixture.sp500))], params: Self.params))
        let text = try #require(answer["result"]?["reading"]?["SPX"]?.stringValue)
        #expect(text.hasPrefix("SPX closed at 2506.85, after 5031 rows from 1999-01-04 to 2018-12-31."))
        #expect(text.contains("Its deepest fall was 56.78%, from 2007-10-09 to 2009-03-09, made good by 2013-03-28."))
        #expect(!text.contains("\n"))
    }

    @Test("rounds half away from zero and writes numbers as JSON does")
    func rounding() {
        var figures = Figures()
        #expect(figures.number("a", 0.125) == "0.13")
        #expect(figures.number("b", -0.001) == "0")
        #expect(figures.percent("c", 0.5) == "50%")
        #expect(figures.level("d", 1228.1) == "1228.1")
        #expect(figures.level("e", 0.264) == "0.264")
        #expect(figures.json == ["a": 0.13, "b": 0, "c": 50, "d": 1228.1, "e": 0.264])
    }
}

@Suite("Regimes")
struct RegimeTests {
    private let rule = RegimeRule()

    private func assess(_ levels: [Double]) -> RegimeRule.Assessment? {
        rule.assess(levels: levels, returns: SymbolSeries.returns(of: levels, .simple))
    }

    @Test("are those that pandas finds by the same rule, on different days of the S&P 500")
    func reference() throws {
        let cases = try #require(Fixture.reference?["regimes"]?.arrayValue)
        #expect(cases.count == 9)
        for item in cases {
            let answer = MarketAnalysis.run([
                "asOf": item["asOf"] ?? .null, "inputs": [["name": "SPX", "csv": JSON(try #require(Fixture.sp500))]],
                "params": ["regimes": true],
            ])
            let found = try #require(answer["result"]?["regimes"]?["SPX"])
            for name in ["trend", "volatility", "since"] { #expect(found[name] == item[name], "\(item)") }
        }
    }

    @Test("follow a rise and a fall, and say since when")
    func trend() throws {
        let rise = (0..<400).map { 100.0 + Double($0) }
        #expect(assess(rise)?.regime.trend == .up)
        let fall = rise + (1...200).map { 500.0 - Double($0) }
        let down = try #require(assess(fall))
        #expect(down.regime.trend == .down)
        let before = try #require(assess(Array(fall[..<down.since])))
        let then = try #require(assess(Array(fall[...down.since])))
        #expect(before.regime != down.regime)
        #expect(then.regime == down.regime)
    }

    @Test("are quiet in a calm after a storm, and loud in a storm after a calm")
    func volatility() {
        func levels(_ sizes: [Double]) -> [Double] {
            var level = 100.0
            return sizes.enumerated().map { index, size in
                level *= index % 2 == 0 ? 1 + size : 1 / (1 + size)
                return level
            }
        }
        let calm = (0..<150).map { 0.001 + 1e-6 * Double($0 % 5) }
        let storm = (0..<150).map { 0.03 + 1e-6 * Double($0 % 5) }
        #expect(assess(levels(storm + storm + calm.suffix(40)))?.regime.volatility == .low)
        #expect(assess(levels(calm + calm + storm.suffix(40)))?.regime.volatility == .high)
    }

    @Test("are normal and sideways where nothing happens")
    func flat() throws {
        let flat = try #require(assess([Double](repeating: 5, count: 300)))
        #expect(flat.regime == Regime(trend: .sideways, volatility: .normal))
        #expect(flat.since == rule.fewestLevels - 1)
    }

    @Test("need enough bars")
    func tooFew() {
        #expect(assess([Double](repeating: 5, count: rule.fewestLevels - 1)) == nil)
        #expect(assess([Double](repeating: 5, count: rule.fewestLevels)) != nil)
    }
}
