import StructuredData
import Synchronization
import Testing

@testable import Argus

@Suite("A market analysis")
struct MarketAnalysisTests {
    private static let everything: JSON = [
        "functions": [
            ["function": "SMA"], ["function": "EMA"], ["function": "RSI"], ["function": "MACD"], ["function": "BBANDS"],
            ["function": "ATR"], ["function": "RSI", "parameters": ["timeperiod": 28]],
        ],
        "volatility": [
            ["model": "close-to-close", "window": 20], ["model": "close-to-close"], ["model": "ewma", "lambda": 0.94],
        ],
        "statistics": true, "regimes": true,
    ]

    private func index(_ params: JSON = everything) throws -> JSON {
        Sample.envelope(["name": "SPX", "csv": JSON(try #require(Fixture.sp500))], params: params)
    }

    private func fits(_ answer: JSON) throws -> Bool {
        let violations = try JSONSchema(MarketAnalysis.outputSchema).validate(answer)
        #expect(violations.isEmpty)
        return violations.isEmpty
    }

    @Test("gives the same bytes for the same input, but for the cost")
    func determinism() throws {
        let input = try index()
        let first = MarketAnalysis.run(input, environment: ArgusEnvironment(cpuMilliseconds: { 1 }, peakBytes: { 5 }))
        let second = MarketAnalysis.run(input, environment: ArgusEnvironment(peakBytes: { 7 }))
        #expect(first != second)
        #expect(first.withoutCost.serialized() == second.withoutCost.serialized())
        #expect(first.status == "ok")
        #expect(try fits(first))
    }

    @Test("says what it cost by the clocks that it was given")
    func cost() throws {
        let readings = Readings([2.5, 10.0])
        let answer = MarketAnalysis.run(
            Sample.envelope(Sample.bars(Sample.closes(5))),
            environment: ArgusEnvironment(cpuMilliseconds: { readings.next() }, peakBytes: { 123 }))
        #expect(answer["cost"] == ["cpuMs": 7.5, "peakBytes": 123])
    }

    @Test("names the outputs as TA-Lib does, and gives a second function of one name its parameters")
    func seriesKeys() throws {
        let series = try #require(MarketAnalysis.run(try index())["result"]?["series"]?["SPX"]?.objectValue)
        #expect(series.keys == ["SMA", "EMA", "RSI", "MACD", "BBANDS", "ATR", "RSI(timeperiod=28)"])
        #expect(series["MACD"]?.objectValue?.keys == ["macd", "macdsignal", "macdhist"])
        #expect(series["BBANDS"]?.objectValue?.keys == ["upperband", "middleband", "lowerband"])
        #expect(series["RSI"]?["real"]?.arrayValue?.count == 1)
    }

    @Test("gives whole series with null before the first value, or the last value only")
    func wholeSeries() throws {
        var params = Self.everything
        let last = MarketAnalysis.run(try index(params))
        params["series"] = "all"
        let all = MarketAnalysis.run(try index(params))
        #expect(try fits(all))
        let series = try #require(all["result"]?["series"]?["SPX"]?["RSI"]?["real"]).numbers
        #expect(series.count == 5031)
        #expect(series.prefix(14).allSatisfy { $0 == nil })
        #expect(series[14] != nil)
        let only = try #require(last["result"]?["series"]?["SPX"]?["RSI"]?["real"]).numbers
        #expect(only == [series[5030]])
        #expect(all["result"]?["reading"] == last["result"]?["reading"])
    }

    @Test("is the same for the same data as bars, CSV text and file")
    func forms() throws {
        let text =
            "date,open,high,low,close,volume\n2020-01-02,1,3,0.5,2,10\n2020-01-03,2,4,1.5,3,20\n2020-01-06,3,5,2.5,4,30\n"
        let bars: JSON = [
            "name": "X",
            "bars": [
                "close": [2, 3, 4], "time": ["2020-01-02", "2020-01-03", "2020-01-06"], "open": [1, 2, 3],
                "high": [3, 4, 5], "low": [0.5, 1.5, 2.5], "volume": [10, 20, 30],
            ],
        ]
        let params: JSON = ["functions": [["function": "ATR", "parameters": ["timeperiod": 2]]]]
        let environment = ArgusEnvironment(readFile: { path in
            #expect(path == "x.csv")
            return Array(("\u{FEFF}" + text.split(separator: "\n").joined(separator: "\r\n")).utf8)
        })
        let answers = [
            MarketAnalysis.run(Sample.envelope(bars, params: params)),
            MarketAnalysis.run(Sample.envelope(["name": "X", "csv": JSON(text)], params: params)),
            MarketAnalysis.run(
                Sample.envelope(["name": "X", "file": "x.csv"], params: params), environment: environment),
        ]
        #expect(answers[0].status == "ok")
        #expect(answers[0]["lineage"]?["inputs"]?[0]?["rows"] == 3)
        #expect(answers[0]["lineage"]?["inputs"]?[0]?["from"] == "2020-01-02")
        #expect(Set(answers.map { $0.withoutCost.text() }).count == 1)
    }

    @Test("takes CSV with a date and a close as bars, and says what functions miss there")
    func closesOnly() throws {
        let input: JSON = ["name": "AAPL", "csv": JSON(try Fixture.stock("AAPL"))]
        let answer = MarketAnalysis.run(
            Sample.envelope(input, params: ["functions": [["function": "BBANDS"]], "regimes": true]))
        #expect(answer.status == "ok")
        #expect(answer["result"]?["statistics"]?["AAPL"]?["observations"] == 8312)

        let refused = MarketAnalysis.run(Sample.envelope(input, params: ["functions": [["function": "ATR"]]]))
        #expect(refused.warningCodes == ["MISSING_COLUMN"])
        let message = try #require(ArgusAnswer.rejection(of: refused))
        #expect(message.contains("ATR needs high, low, close, but AAPL has only close"))
    }

    @Test("makes a table of CSV whose columns are symbols")
    func table() {
        let text = "Date,HD,LOW\n2020-01-02,1,4\n2020-01-03,2,5\n2020-01-06,3,4\n2020-01-07,3.5,3\n"
        let answer = MarketAnalysis.run(Sample.envelope(["name": "prices", "csv": JSON(text)]))
        #expect(answer.status == "ok")
        #expect(answer["result"]?["statistics"]?.objectValue?.keys == ["HD", "LOW"])
        #expect(answer["result"]?["correlation"]?["HD"]?["HD"] == 1)
        #expect(answer["result"]?["covariance"]?["HD"]?["LOW"] == answer["result"]?["covariance"]?["LOW"]?["HD"])
    }

    @Test("reads CSV with quotes, blanks, empty lines and columns that it has no use for")
    func looseCSV() {
        let text = "\"Date\", Close ,\"Adj \"\"Close\"\"\"\r\n\r\n2020-01-02,\"1.5\",x\r\n2020-01-03,2.5e0,y"
        let answer = MarketAnalysis.run(Sample.envelope(["name": "X", "csv": JSON(text)]))
        #expect(answer.status == "ok")
        #expect(answer.warningCodes.first == "COLUMN_IGNORED")
        #expect(answer["warnings"]?[0]?["message"]?.stringValue?.contains(#"Adj \"Close\""#) == true)
        let plain = MarketAnalysis.run(
            Sample.envelope(["name": "X", "csv": "date,close\n2020-01-02,1.5\n2020-01-03,2.5\n"]))
        #expect(answer["lineage"] == plain["lineage"])
    }

    @Test("compares symbols of different calendars at the times that all have")
    func calendars() {
        let full = Sample.bars([1, 2, 4, 8, 16])
        let gappy: JSON = [
            "name": "G", "bars": ["time": .array([0, 2, 3].map { Sample.days(5)[$0] }), "close": [1, 4, 2]],
        ]
        let answer = MarketAnalysis.run(
            Sample.envelope(full, gappy, params: ["covariance": "sample", "statistics": false, "regimes": false]))
        #expect(answer.status == "ok")
        #expect(answer.warningCodes == ["INPUTS_NOT_ALIGNED"])
        // Returns between the three common days: 300 % and 100 %, 300 % and -50 %.
        #expect(answer["result"]?["covariance"]?["SPX"]?["SPX"] == 2)
        #expect(answer["result"]?["covariance"]?["SPX"]?["G"] == 3.5)
        #expect(agree(answer["result"]?["correlation"]?["SPX"]?["G"]?.doubleValue, 1))
    }

    @Test("warns of bars that contradict themselves, and uses them")
    func inconsistentBars() {
        var bars = Sample.bars([1, 2, 3])
        bars["bars"]?["high"] = [1.01, 1.5, 3.03]
        let answer = MarketAnalysis.run(Sample.envelope(bars, params: ["regimes": false]))
        #expect(answer.status == "ok")
        #expect(answer.warningCodes == ["INCONSISTENT_BAR"])
        #expect(answer["warnings"]?[0]?["row"] == 2)
    }

    @Test("answers null with a warning where a value outgrows doubles")
    func overflow() throws {
        let closes = [JSON](repeating: 1.7e308, count: 210)
        let answer = MarketAnalysis.run(
            Sample.envelope(
                ["name": "X", "bars": ["time": .array(Sample.days(210)), "close": .array(closes)]],
                params: ["functions": [["function": "SMA"]], "regimes": true]))
        #expect(answer.status == "ok")
        #expect(answer["warnings"]?[0]?["code"] == "NON_FINITE")
        #expect(answer["result"]?["series"]?["X"]?["SMA"]?["real"] == [.null])
        #expect(!answer.text().contains("inf"))
    }

    @Test("takes returns as they are, in percent or as fractions")
    func returns() throws {
        let fractions: [JSON] = [0.01, -0.02, 0.03, 0.005, -0.001]
        let percent: [JSON] = [1, -2, 3, 0.5, -0.1]
        func answer(_ values: [JSON], _ unit: JSON) -> JSON {
            MarketAnalysis.run(
                Sample.envelope(
                    ["name": "DM", "returns": ["columns": ["DM": .array(values)]], "unit": unit],
                    params: ["volatility": [["model": "close-to-close"]], "series": "all", "statistics": true]))
        }
        let (first, second) = (answer(fractions, "fraction"), answer(percent, "percent"))
        #expect(first.status == "ok")
        #expect(first["result"]?["statistics"]?["DM"]?["observations"] == 5)
        #expect(first["result"]?["volatility"]?["DM"]?[0]?["values"]?.arrayValue?.count == 5)
        // Without times, places are rows; the fall began at the wealth after the first return.
        #expect(first["result"]?["statistics"]?["DM"]?["maxDrawdown"]?["trough"] == 2)
        let means = [first, second].map { $0["result"]?["statistics"]?["DM"]?["mean"]?.doubleValue }
        #expect(agree(means[0], means[1], tolerance: 1e-15))
        #expect(means[0].map { abs($0 - 0.0048) < 1e-15 } == true)
    }

    @Test("uses nothing after asOf, and what asOf names itself")
    func asOf() throws {
        let closes = Sample.closes(50)
        var input = Sample.envelope(Sample.bars(closes), params: ["functions": [["function": "RSI"]]])
        let days = Sample.days(50)
        input["asOf"] = days[29]
        let cut = MarketAnalysis.run(input)
        #expect(cut["lineage"]?["inputs"]?[0]?["to"] == days[29])
        #expect(cut["lineage"]?["inputs"]?[0]?["rows"] == 30)
        // As if the rest were not there, down to the hash.
        var short = Sample.envelope(Sample.bars(Array(closes.prefix(30))), params: ["functions": [["function": "RSI"]]])
        short["asOf"] = days[29]
        #expect(cut.withoutCost.text() == MarketAnalysis.run(short).withoutCost.text())
        // What comes after cannot be wrong.
        var later = closes
        later[40] = -1
        var odd = Sample.envelope(Sample.bars(later), params: ["functions": [["function": "RSI"]]])
        odd["asOf"] = days[29]
        #expect(MarketAnalysis.run(odd).withoutCost.text() == cut.withoutCost.text())

        input["asOf"] = "1999-12-31"
        #expect(MarketAnalysis.run(input).warningCodes == ["TOO_FEW_BARS"])
    }

    @Test("takes a day's bar as known at the day's end")
    func asOfInstant() {
        func rows(_ times: [JSON], asOf: JSON) -> JSON? {
            var input = Sample.envelope(["name": "X", "bars": ["time": .array(times), "close": [1, 2, 3]]])
            input["asOf"] = asOf
            return MarketAnalysis.run(input)["lineage"]?["inputs"]?[0]?["rows"]
        }
        let days: [JSON] = ["2020-01-01", "2020-01-02", "2020-01-03"]
        #expect(rows(days, asOf: "2020-01-02") == 2)
        #expect(rows(days, asOf: "2020-01-02T23:59:59Z") == 1)
        #expect(rows(days, asOf: "2020-01-03T00:00:00Z") == 2)
        let instants: [JSON] = ["2020-01-01T10:00:00Z", "2020-01-02T23:59:59.5Z", "2020-01-03T01:00:00+01:00"]
        #expect(rows(instants, asOf: "2020-01-02") == 2)
        #expect(rows(instants, asOf: "2020-01-03T00:00:00Z") == 3)
    }

    @Test("reads other columns where inputs name them")
    func namedInputs() throws {
        let params: JSON = [
            "functions": [
                ["function": "SMA", "parameters": ["timeperiod": 2]],
                ["function": "SMA", "parameters": ["timeperiod": 2], "inputs": ["SPX.high"]],
            ]
        ]
        let answer = MarketAnalysis.run(Sample.envelope(Sample.bars([1, 2, 4]), params: params))
        let series = try #require(answer["result"]?["series"]?["SPX"]?.objectValue)
        #expect(series.keys == ["SMA", "SMA(timeperiod=2)"])
        #expect(series["SMA"]?["real"] == [3])
        #expect(agree(series["SMA(timeperiod=2)"]?["real"]?[0]?.doubleValue, 3.03))
    }

    @Test("lists the parameters as used, defaults filled in")
    func lineage() throws {
        let answer = MarketAnalysis.run(
            Sample.envelope(
                Sample.bars(Sample.closes(40)),
                params: ["functions": [["function": "BBANDS"]], "volatility": [["model": "ewma"]]]))
        let params = try #require(answer["lineage"]?["params"])
        #expect(
            params["functions"]?[0]?["parameters"] == ["timeperiod": 20, "nbdevup": 2, "nbdevdn": 2, "matype": 0])
        #expect(params["volatility"] == [["model": "ewma", "lambda": 0.94]])
        #expect(params["periodsPerYear"] == 252)
        #expect(params["repair"] == ["missing": "reject", "covariance": "reject"])
        #expect(answer["lineage"]?["version"] == "0.1.0")
        // Asking with the parameters as used gives the same answer.
        var used = params
        used["regimes"] = false
        let again = MarketAnalysis.run(["inputs": [Sample.bars(Sample.closes(40))], "params": used])
        #expect(again["result"]?["series"] == answer["result"]?["series"])
    }

    @Test("leaves out what the data does not suffice for, unless it was asked for")
    func tooYoung() {
        let bars = Sample.bars(Sample.closes(100))
        let offered = MarketAnalysis.run(Sample.envelope(bars))
        #expect(offered.status == "ok")
        #expect(offered.warningCodes == ["TOO_FEW_BARS"])
        #expect(offered["result"]?["regimes"] == nil)
        #expect(offered["result"]?["statistics"] != nil)
        let asked = MarketAnalysis.run(Sample.envelope(bars, params: ["regimes": true]))
        #expect(asked.status == "rejected")
        let declined = MarketAnalysis.run(Sample.envelope(bars, params: ["regimes": false]))
        #expect(declined.warningCodes == [])
    }

    @Test("answers null with a warning where prices never change")
    func flat() throws {
        let answer = MarketAnalysis.run(
            Sample.envelope(
                Sample.bars([JSON](repeating: 5, count: 30)),
                params: ["volatility": [["model": "ewma"]], "regimes": false]))
        #expect(answer.status == "ok")
        #expect(Set(answer.warningCodes) == ["NON_FINITE"])
        #expect(answer["result"]?["statistics"]?["SPX"]?["sharpe"] == .some(.null))
        #expect(answer["result"]?["statistics"]?["SPX"]?["maxDrawdown"] == ["depth": 0])
        #expect(answer["result"]?["volatility"]?["SPX"]?[0]?["annualized"] == .some(.null))
        #expect(try fits(answer))
    }

    @Test("has schemas that compile, and examples that fit them")
    func schemas() throws {
        let schema = try JSONSchema(MarketAnalysis.inputSchema)
        #expect(schema.validate(try index()).isEmpty)
        let example = try JSON.parse(try Fixture.example("market-analysis/sp500.json"))
        #expect(schema.validate(example).isEmpty)
        let answer = MarketAnalysis.run(
            example,
            environment: ArgusEnvironment(readFile: { path in
                try Fixture.example("market-analysis/\(path)")
            }))
        #expect(answer.status == "ok")
        #expect(try fits(answer))
    }
}

/// A clock that tells given times.
private final class Readings: Sendable {
    private let rest: Mutex<[Double]>

    init(_ values: [Double]) { rest = Mutex(values) }

    func next() -> Double { rest.withLock { $0.removeFirst() } }
}
