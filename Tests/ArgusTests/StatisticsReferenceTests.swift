import StructuredData
import Testing

@testable import Argus

@Suite("Statistics agree with NumPy, pandas, SciPy and statsmodels")
struct StatisticsReferenceTests {
    private let reference: JSON
    private let close: [Double]

    init() throws {
        reference = try #require(Fixture.reference)
        close = try #require(try Fixture.columns()["close"])
    }

    @Test("moments, annual figures and tests of returns", arguments: [("simple", 0.0), ("log", 0.02)])
    func returns(kind: String, riskFree: Double) throws {
        let kind = try #require(ReturnKind(rawValue: kind))
        let wanted = try #require(reference["statistics"]?[kind.rawValue])
        let values = ReturnStatistics(
            SymbolSeries.returns(of: close, kind), kind: kind, periodsPerYear: 252, riskFree: riskFree)
        #expect(values.observations == wanted["observations"]?.intValue)
        let pairs = [
            ("mean", values.mean), ("stdev", values.standardDeviation), ("skewness", values.skewness),
            ("kurtosis", values.kurtosis), ("annualReturn", values.annualReturn),
            ("annualVolatility", values.annualVolatility), ("sharpe", values.sharpe),
        ]
        for (name, value) in pairs { #expect(agree(value, wanted[name]?.doubleValue), "\(name)") }
        // These are small: their agreement must be relative.
        #expect(abs(values.mean / (wanted["mean"]?.doubleValue ?? 0) - 1) < 1e-9)
        #expect(abs(values.standardDeviation / (wanted["stdev"]?.doubleValue ?? 0) - 1) < 1e-9)

        #expect(agree(values.jarqueBera.statistic, wanted["jarqueBera"]?["statistic"]?.doubleValue))
        #expect(agree(values.jarqueBera.pValue, wanted["jarqueBera"]?["pValue"]?.doubleValue))
        let lags = try #require(wanted["ljungBox"]?.arrayValue)
        #expect(values.ljungBox.count == 10 && lags.count == 10)
        for (test, lag) in zip(values.ljungBox, lags) {
            #expect(agree(test.statistic, lag["statistic"]?.doubleValue))
            #expect(abs(test.pValue / (lag["pValue"]?.doubleValue ?? 0) - 1) < 1e-8)
        }
    }

    @Test("the deepest fall, with its dates")
    func drawdown() throws {
        let answer = MarketAnalysis.run(
            Sample.envelope(["name": "SPX", "csv": JSON(try #require(Fixture.sp500))], params: ["statistics": true]))
        let found = try #require(answer["result"]?["statistics"]?["SPX"]?["maxDrawdown"])
        let wanted = try #require(reference["statistics"]?["maxDrawdown"])
        #expect(agree(found["depth"]?.doubleValue, wanted["depth"]?.doubleValue))
        for name in ["peak", "trough", "recovered"] { #expect(found[name] == wanted[name]) }
    }

    @Test("the probability of χ² beyond a statistic")
    func chiSquared() throws {
        let cases = try #require(reference["chiSquared"]?.arrayValue)
        #expect(cases.count > 50)
        for item in cases {
            let wanted = try #require(item["survival"]?.doubleValue)
            let statistic = try #require(item["statistic"]?.doubleValue)
            let found = ChiSquared.survival(statistic, degrees: try #require(item["degrees"]?.intValue))
            #expect(abs(found - wanted) <= 1e-11 * wanted, "\(item)")
        }
    }

    @Test("volatility after each bar")
    func volatility() throws {
        let rows = (reference["rows"]?.arrayValue ?? []).compactMap(\.intValue)
        let cases = try #require(reference["volatility"]?.arrayValue)
        #expect(cases.count == 5)
        for item in cases {
            let answer = MarketAnalysis.run(
                Sample.envelope(
                    ["name": "SPX", "csv": JSON(try #require(Fixture.sp500))],
                    params: [
                        "volatility": [item["model"] ?? .null], "series": "all", "returns": item["returns"] ?? "simple",
                    ]))
            let found = try #require(answer["result"]?["volatility"]?["SPX"]?[0])
            let values = try #require(found["values"]).numbers
            #expect(values.count == close.count)
            #expect(found["conditionalLast"]?.doubleValue == values.last)
            let annualized = (found["conditionalLast"]?.doubleValue ?? 0) * (252.0).squareRoot()
            #expect(agree(found["annualized"]?.doubleValue, annualized))
            if let last = item["last"]?.doubleValue {
                #expect(agree(values[values.count - 1], last, tolerance: 1e-11))
            } else {
                for (row, wanted) in zip(rows, item["values"]?.numbers ?? []) {
                    #expect(agree(values[row], wanted, tolerance: 1e-11), "\(item["model"] ?? .null) in row \(row)")
                }
            }
        }
    }

    @Test("exponentially weighted volatility is null until the first return that is not zero")
    func leadingZeros() throws {
        let first = try #require(reference["firstNonZeroReturn"]?.intValue)
        #expect(first > 10)
        let answer = MarketAnalysis.run(
            Sample.envelope(
                ["name": "RRC", "csv": JSON(try Fixture.stock("RRC"))],
                params: ["volatility": [["model": "ewma"]], "series": "all"]))
        let values = try #require(answer["result"]?["volatility"]?["RRC"]?[0]?["values"]).numbers
        // Return k belongs to row k + 1.
        #expect(values.firstIndex { $0 != nil } == first + 1)
    }

    @Test("covariance and correlation of several symbols")
    func comovement() throws {
        let inputs = try ["AAPL", "RRC", "XOM"].map { symbol -> JSON in
            ["name": JSON(symbol), "csv": JSON(try Fixture.stock(symbol))]
        }
        let answer = MarketAnalysis.run(["inputs": .array(inputs), "params": ["covariance": "sample"]])
        #expect(answer.status == "ok")
        for part in ["covariance", "correlation"] {
            let wanted = try #require(reference[part]?.objectValue)
            for (left, row) in wanted {
                for (right, value) in row.objectValue ?? [:] {
                    let found = try #require(answer["result"]?[part]?[left]?[right]?.doubleValue)
                    let reference = try #require(value.doubleValue)
                    #expect(abs(found - reference) <= 1e-9 * abs(reference), "\(part) \(left) \(right)")
                }
            }
        }
    }

    @Test("a value that has left the window leaves no rounding error behind")
    func outlier() {
        var moments = SlidingMoments(window: 5)
        let values: [Double] = [1e12] + (0..<20).map { 0.001 * Double($0 % 3) }
        var last: Double?
        for value in values { last = moments.next(value) }
        let window = Array(values.suffix(5))
        let exact = Moments(window).standardDeviation
        #expect(last.map { abs($0 / exact - 1) < 1e-12 } == true)
    }
}
