import StructuredData
import Testing

@testable import Argus

/// An input that must be refused, and how.
struct BadInput: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let input: JSON
    let code: String
    var symbol: String?
    var row: Int?
    var path: String?
    /// What the message must say.
    var says: [String] = []
}

@Suite("Bad input is rejected with code, place and advice")
struct RejectionTests {
    private static func csv(_ text: String, params: JSON = [:]) -> JSON {
        Sample.envelope(["name": "SPX", "csv": JSON(text)], params: params)
    }

    private static func function(_ request: JSON, count: Int = 60) -> JSON {
        Sample.envelope(Sample.bars(Sample.closes(count)), params: ["functions": [request]])
    }

    private static func changing(_ key: String, _ values: JSON) -> JSON {
        var bars = Sample.bars([1, 2, 3])
        bars["bars"]?[key] = values
        return Sample.envelope(bars)
    }

    static let data: [BadInput] = [
        BadInput(
            testDescription: "a price of zero", input: changing("close", [1, 0, 3]), code: "NON_POSITIVE_PRICE",
            symbol: "SPX", row: 2, says: ["SPX", "close is 0", "row 2 (2000-01-02)"]),
        BadInput(
            testDescription: "negative lows", input: changing("low", [-1, -2, 3]), code: "NON_POSITIVE_PRICE",
            symbol: "SPX", row: 1, says: ["low is -1", "1 more such row"]),
        BadInput(
            testDescription: "a negative volume", input: changing("volume", [1, 2, -3]), code: "NEGATIVE_VOLUME", row: 3
        ),
        BadInput(
            testDescription: "a missing close", input: changing("close", [1, nil, 3]), code: "MISSING_VALUE",
            symbol: "SPX", row: 2, says: ["close is missing in row 2", "drop-row"]),
        BadInput(
            testDescription: "NaN in CSV", input: csv("date,close\n2020-01-01,1\n2020-01-02,NaN\n"),
            code: "MISSING_VALUE", symbol: "SPX", row: 2),
        BadInput(
            testDescription: "NaN handed over as a number", input: changing("close", [1, 2, .number(.nan)]),
            code: "MISSING_VALUE", symbol: "SPX", row: 3),
        BadInput(
            testDescription: "a price that is text", input: changing("close", [1, "NaN", 3]), code: "SCHEMA", row: 2,
            path: "/inputs/0/bars/close/1", says: ["row 2", "\"NaN\""]),
        BadInput(
            testDescription: "unsorted days", input: changing("time", ["2020-01-01", "2020-01-03", "2020-01-02"]),
            code: "UNSORTED_TIME", row: 3, says: ["2020-01-02 comes after 2020-01-03"]),
        BadInput(
            testDescription: "a day twice", input: changing("time", ["2020-01-01", "2020-01-01", "2020-01-02"]),
            code: "DUPLICATE_TIME", row: 2, says: ["2020-01-01 stands twice"]),
        BadInput(
            testDescription: "a day that does not exist",
            input: changing("time", ["2020-01-01", "2021-02-29", "2022-01-02"]), code: "BAD_TIME", row: 2,
            path: "/inputs/0/bars/time/1"),
        BadInput(
            testDescription: "a time that is a number", input: changing("time", ["2020-01-01", 7, "2020-01-03"]),
            code: "SCHEMA", row: 2, path: "/inputs/0/bars/time/1"),
        BadInput(
            testDescription: "columns of different lengths", input: changing("high", [1, 2]), code: "LENGTH_MISMATCH",
            path: "/inputs/0/bars/high", says: ["high has 2 values, but time has 3"]),
        BadInput(
            testDescription: "no rows", input: Sample.envelope(Sample.bars([])), code: "TOO_FEW_BARS",
            says: ["SPX has no rows"]),
        BadInput(
            testDescription: "a return of -100 percent",
            input: Sample.envelope([
                "name": "DM", "returns": ["columns": ["DM": [1, -100, 2]]], "unit": "percent",
            ]), code: "RETURN_BELOW_MINUS_ONE", symbol: "DM", row: 2),
        BadInput(
            testDescription: "asOf without times",
            input: Sample.envelope(["name": "DM", "returns": ["columns": ["DM": [0.1]]]]).with("asOf", "2020-01-01"),
            code: "AS_OF_NEEDS_TIME"),
        BadInput(
            testDescription: "asOf that is no time", input: changing("close", [1, 2, 3]).with("asOf", "yesterday"),
            code: "BAD_TIME", path: "/asOf"),
        BadInput(
            testDescription: "two inputs of one name",
            input: Sample.envelope(Sample.bars([1, 2]), Sample.bars([1, 2])), code: "DUPLICATE_INPUT",
            path: "/inputs/1"),
        BadInput(
            testDescription: "one symbol in two inputs",
            input: Sample.envelope(
                Sample.bars([1, 2]),
                ["name": "t", "table": ["time": ["2020-01-01"], "columns": ["SPX": [1]]]]),
            code: "DUPLICATE_SYMBOL", symbol: "SPX"),
        BadInput(
            testDescription: "a file where there are none", input: Sample.envelope(["name": "SPX", "file": "x.csv"]),
            code: "FILE_NOT_READABLE", path: "/inputs/0/file", says: ["agent-runner run"]),
        BadInput(
            testDescription: "filling forward from nothing",
            input: Sample.envelope(Sample.bars([nil, 2, 3]), params: ["repair": ["missing": "forward-fill"]]),
            code: "MISSING_VALUE", row: 1, says: ["nothing before it"]),
    ]

    static let text: [BadInput] = [
        BadInput(testDescription: "empty text", input: csv(""), code: "BAD_CSV", path: "/inputs/0/csv"),
        BadInput(
            testDescription: "no time column", input: csv("day,close\n2020-01-01,1\n"), code: "BAD_CSV",
            says: ["date, time"]),
        BadInput(
            testDescription: "no close", input: csv("date,open,high\n2020-01-01,1,2\n"), code: "BAD_CSV",
            says: ["close"]),
        BadInput(
            testDescription: "a column twice", input: csv("date,A,A\n2020-01-01,1,2\n"), code: "BAD_CSV",
            says: ["\"A\""]),
        BadInput(
            testDescription: "a short row", input: csv("date,close\n2020-01-01,1\n2020-01-02\n"), code: "BAD_CSV",
            row: 2,
            says: ["1 fields", "line 3"]),
        BadInput(
            testDescription: "a word for a price", input: csv("date,close\n2020-01-01,1\n2020-01-02,much\n"),
            code: "BAD_NUMBER", symbol: "SPX", row: 2, says: ["close", "\"much\"", "line 3"]),
        BadInput(
            testDescription: "an infinite price", input: csv("date,close\n2020-01-01,inf\n"), code: "BAD_NUMBER", row: 1
        ),
        BadInput(
            testDescription: "a price beyond doubles", input: csv("date,close\n2020-01-01,1e999\n"), code: "BAD_NUMBER"),
        BadInput(
            testDescription: "an American date", input: csv("date,close\n01/02/2020,1\n"), code: "BAD_TIME", row: 1,
            says: ["01/02/2020"]),
        BadInput(testDescription: "an open quote", input: csv("date,close\n\"2020-01-01,1\n"), code: "BAD_CSV"),
        BadInput(
            testDescription: "unsorted rows", input: csv("date,close\n2020-01-02,1\n2020-01-01,2\n"),
            code: "UNSORTED_TIME", row: 2),
    ]

    static let requests: [BadInput] = [
        BadInput(
            testDescription: "an unknown function", input: function(["function": "RSII"]), code: "SCHEMA",
            path: "/params/functions/0/function",
            says: ["did you mean RSI?", "available: ACCBANDS, AD,", "ROCR100, RSI, SAR"]),
        BadInput(
            testDescription: "an unknown parameter", input: function(["function": "RSI", "parameters": ["period": 3]]),
            code: "SCHEMA", path: "/params/functions/0/parameters/period", says: ["timeperiod"]),
        BadInput(
            testDescription: "a period out of range",
            input: function(["function": "RSI", "parameters": ["timeperiod": 1]]), code: "SCHEMA",
            path: "/params/functions/0/parameters/timeperiod",
            says: ["RSI: timeperiod must be from 2 to 100000, and is 1"]),
        BadInput(
            testDescription: "a period with a fraction",
            input: function(["function": "SMA", "parameters": ["timeperiod": 2.5]]), code: "SCHEMA",
            path: "/params/functions/0/parameters/timeperiod", says: ["integer"]),
        BadInput(
            testDescription: "a kind of average that is not available",
            input: function(["function": "BBANDS", "parameters": ["matype": 10]]), code: "SCHEMA",
            path: "/params/functions/0/parameters/matype",
            says: ["matype 10 (DISABLED) is not available", "0 (SMA), 1 (EMA)"]),
        BadInput(
            testDescription: "too few bars", input: function(["function": "SMA"], count: 29), code: "TOO_FEW_BARS",
            symbol: "SPX", path: "/params/functions/0",
            says: ["SMA(timeperiod=30) needs at least 30 bars, but SPX has 29"]),
        BadInput(
            testDescription: "the same function twice",
            input: Sample.envelope(
                Sample.bars(Sample.closes(60)), params: ["functions": [["function": "SMA"], ["function": "SMA"]]]),
            code: "DUPLICATE_FUNCTION", path: "/params/functions/1"),
        BadInput(
            testDescription: "a column that does not exist",
            input: function(["function": "SMA", "inputs": ["SPX.clse"]]),
            code: "UNKNOWN_INPUT", path: "/params/functions/0/inputs/0", says: ["did you mean SPX.close?"]),
        BadInput(
            testDescription: "too few columns", input: function(["function": "ATR", "inputs": ["SPX.close"]]),
            code: "SCHEMA", path: "/params/functions/0/inputs"),
        BadInput(
            testDescription: "columns of different times",
            input: Sample.envelope(
                Sample.bars(Sample.closes(30)), Sample.bars(Sample.closes(40), name: "NDX"),
                params: ["functions": [["function": "ATR", "inputs": ["SPX.high", "SPX.low", "NDX.close"]]]]),
            code: "INPUTS_NOT_ALIGNED", symbol: "NDX"),
        BadInput(
            testDescription: "a model that is not available",
            input: Sample.envelope(
                Sample.bars(Sample.closes(30)),
                params: ["volatility": [["model": "heston", "horizon": 5]]]),
            code: "SCHEMA", path: "/params/volatility/0/model",
            says: ["\"heston\" is not available", "close-to-close, parkinson, garman-klass", "garch, gjr, egarch"]),
        BadInput(
            testDescription: "a window for a fitted model",
            input: Sample.envelope(
                Sample.bars(Sample.closes(60)), params: ["volatility": [["model": "gjr", "window": 5]]]),
            code: "SCHEMA", path: "/params/volatility/0/window"),
        BadInput(
            testDescription: "too few returns for a fitted model",
            input: Sample.envelope(Sample.bars(Sample.closes(50)), params: ["volatility": [["model": "garch"]]]),
            code: "TOO_FEW_BARS", symbol: "SPX", path: "/params/volatility/0", says: ["at least 50 returns", "has 49"]),
        BadInput(
            testDescription: "a fitted model of prices that stand still",
            input: Sample.envelope(
                Sample.bars([JSON](repeating: 0.3, count: 60)),
                params: ["volatility": [["model": "ewma"], ["model": "egarch"]]]),
            code: "CONSTANT_SERIES", symbol: "SPX", path: "/params/volatility/1", says: ["SPX do not vary", "egarch"]),
        BadInput(
            testDescription: "a range without an open",
            input: Sample.envelope(
                Sample.bars(Sample.closes(60)), params: ["volatility": [["model": "yang-zhang", "window": 5]]]),
            code: "MISSING_COLUMN", symbol: "SPX", path: "/params/volatility/0",
            says: ["yang-zhang volatility needs open, high, low, close", "only high, low, close", "bars with open"]),
        BadInput(
            testDescription: "a window of ranges longer than the data",
            input: Sample.envelope(
                Sample.bars(Sample.closes(20)), params: ["volatility": [["model": "parkinson", "window": 21]]]),
            code: "TOO_FEW_BARS", symbol: "SPX", path: "/params/volatility/0", says: ["at least 21 bars"]),
        BadInput(
            testDescription: "a window for EWMA",
            input: Sample.envelope(
                Sample.bars(Sample.closes(30)), params: ["volatility": [["model": "ewma", "window": 5]]]),
            code: "SCHEMA", path: "/params/volatility/0/window"),
        BadInput(
            testDescription: "a window longer than the data",
            input: Sample.envelope(
                Sample.bars(Sample.closes(20)), params: ["volatility": [["model": "close-to-close", "window": 20]]]),
            code: "TOO_FEW_BARS", symbol: "SPX", path: "/params/volatility/0"),
        BadInput(
            testDescription: "a covariance that is not available",
            input: Sample.envelope(Sample.bars([1, 2]), params: ["covariance": "shrunk"]), code: "SCHEMA",
            path: "/params/covariance", says: ["\"shrunk\"", "\"sample\", \"ledoit-wolf\" or {\"ewma\": 0.97}"]),
        BadInput(
            testDescription: "a weight of an exponentially weighted covariance that is no weight",
            input: Sample.envelope(Sample.bars([1, 2]), params: ["covariance": ["ewma": 1]]), code: "SCHEMA",
            path: "/params/covariance/ewma", says: ["1"]),
        BadInput(
            testDescription: "an unknown field",
            input: Sample.envelope(Sample.bars([1, 2])).with("asof", "2020-01-01"),
            code: "SCHEMA", path: "/asof", says: ["asOf"]),
        BadInput(
            testDescription: "an unknown parameter of the task",
            input: Sample.envelope(Sample.bars([1, 2]), params: ["indicators": []]), code: "SCHEMA",
            path: "/params/indicators"),
        BadInput(testDescription: "no inputs", input: ["params": [:]], code: "SCHEMA", says: ["inputs"]),
        BadInput(
            testDescription: "an input without data", input: Sample.envelope(["name": "SPX"]), code: "SCHEMA",
            path: "/inputs/0", says: ["exactly one of bars, table, csv, file, returns", "none"]),
        BadInput(
            testDescription: "an input in two forms",
            input: Sample.envelope(Sample.bars([1, 2]).with("csv", "date,close\n")), code: "SCHEMA", path: "/inputs/0",
            says: ["bars and csv"]),
        BadInput(
            testDescription: "a unit for prices", input: Sample.envelope(Sample.bars([1, 2]).with("unit", "percent")),
            code: "SCHEMA", path: "/inputs/0"),
        BadInput(testDescription: "no object at all", input: [1, 2], code: "SCHEMA"),
    ]

    @Test("in data, requests and text", arguments: data + text + requests)
    func refused(bad: BadInput) throws {
        let answer = MarketAnalysis.run(bad.input)
        #expect(answer.status == "rejected")
        #expect(answer["result"] == nil)
        let warning = try #require(answer["warnings"]?[0])
        #expect(warning["code"]?.stringValue == bad.code)
        if let symbol = bad.symbol { #expect(warning["symbol"]?.stringValue == symbol) }
        if let row = bad.row { #expect(warning["row"]?.intValue == row) }
        if let path = bad.path { #expect(warning["path"]?.stringValue == path) }
        let message = try #require(warning["message"]?.stringValue)
        for words in bad.says { #expect(message.contains(words), "\(message)") }
        if bad.row != nil { #expect(message.contains("row \(bad.row ?? 0)"), "\(message)") }
        #expect(ArgusAnswer.rejection(of: answer)?.contains(message) == true)
        #expect(try JSONSchema(MarketAnalysis.outputSchema).validate(answer) == [])
    }

    @Test("all inputs are looked at before the task is rejected")
    func collects() {
        let answer = MarketAnalysis.run(
            Sample.envelope(Sample.bars([1, 0]), Sample.bars([nil, 3], name: "NDX")))
        #expect(answer.warningCodes.count { $0 == "NON_POSITIVE_PRICE" } == 3)
        #expect(answer.warningCodes.count { $0 == "MISSING_VALUE" } == 3)
    }

    @Test("a file that cannot be read says why")
    func unreadableFile() throws {
        struct NoSuchFile: Error, CustomStringConvertible { var description: String { "there is no such file" } }
        let answer = MarketAnalysis.run(
            Sample.envelope(["name": "SPX", "file": "gone.csv"]),
            environment: ArgusEnvironment(readFile: { _ in throw NoSuchFile() }))
        #expect(
            try #require(ArgusAnswer.rejection(of: answer)).contains(
                "\"gone.csv\" cannot be read: there is no such file"))
    }
}

@Suite("Repairs")
struct RepairTests {
    private func answer(_ closes: [JSON], _ policy: JSON) -> JSON {
        MarketAnalysis.run(
            Sample.envelope(
                ["name": "X", "bars": ["time": .array(Sample.days(closes.count)), "close": .array(closes)]],
                params: [
                    "repair": ["missing": policy], "functions": [["function": "SMA", "parameters": ["timeperiod": 4]]],
                ]))
    }

    @Test("drop the rows where a value is missing")
    func drop() {
        let found = answer([1, nil, 3, 4, nil, 6], "drop-row")
        #expect(found.status == "degraded")
        #expect(found.warningCodes.first == "ROWS_DROPPED")
        #expect(found["warnings"]?[0]?["row"] == 2)
        #expect(found["result"]?["series"]?["X"]?["SMA"]?["real"] == [3.5])
        // The lineage is of the data as it came.
        #expect(found["lineage"]?["inputs"]?[0]?["rows"] == 6)
    }

    @Test("fill a missing value with the one before it")
    func fill() {
        let found = answer([1, 2, nil, nil], "forward-fill")
        #expect(found.status == "degraded")
        #expect(found.warningCodes.first == "VALUES_FILLED")
        #expect(found["result"]?["series"]?["X"]?["SMA"]?["real"] == [1.75])
    }

    @Test("may be allowed beside the parameters too, but not differently")
    func besideParameters() {
        let bars: JSON = ["name": "X", "bars": ["time": .array(Sample.days(3)), "close": [1, nil, 3]]]
        let outside = MarketAnalysis.run(Sample.envelope(bars).with("repair", ["missing": "drop-row"]))
        #expect(outside.status == "degraded")
        #expect(outside["lineage"]?["params"]?["repair"]?["missing"] == "drop-row")
        let both = MarketAnalysis.run(
            Sample.envelope(bars, params: ["repair": ["missing": "reject"]]).with("repair", ["missing": "drop-row"]))
        #expect(both.warningCodes == ["SCHEMA"])
    }

    @Test("leave data without gaps as it is")
    func nothingToRepair() {
        #expect(answer([1, 2, 3, 4], "drop-row").status == "ok")
    }

    @Test("do not reach prices that are not positive")
    func notEverything() {
        #expect(answer([1, 2, -3, 4], "drop-row").warningCodes == ["NON_POSITIVE_PRICE"])
    }
}

extension JSON {
    fileprivate func with(_ key: String, _ value: JSON) -> JSON {
        var copy = self
        copy[key] = value
        return copy
    }
}
