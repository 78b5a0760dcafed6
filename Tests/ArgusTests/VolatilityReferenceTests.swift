import StructuredData
import Testing

@testable import Argus

@Suite("Volatility from ranges and the test of a unit root agree with their references")
struct VolatilityReferenceTests {
    private let reference: JSON

    init() throws { reference = try TestSeries.reference("volatility") }

    @Test("range estimators after each bar, through the task")
    func ranges() throws {
        let rows = (reference["rows"]?.arrayValue ?? []).compactMap(\.intValue)
        let cases = try #require(reference["volatility"]?.arrayValue)
        #expect(cases.count == 12 && rows.count > 80)
        let models = cases.map { item -> JSON in
            var model: JSON = ["model": item["model"] ?? .null]
            if let window = item["window"]?.intValue { model["window"] = JSON(window) }
            return model
        }
        let answer = MarketAnalysis.run(
            Sample.envelope(
                ["name": "SPX", "csv": JSON(try #require(Fixture.sp500))],
                params: [
                    "volatility": .array(models), "series": "all", "statistics": false, "regimes": false,
                ]))
        #expect(answer.status == "ok")
        for (index, item) in cases.enumerated() {
            let found = try #require(answer["result"]?["volatility"]?["SPX"]?[index])
            #expect(found["model"] == item["model"])
            let values = try #require(found["values"]).numbers
            for (row, wanted) in zip(rows, item["values"]?.numbers ?? []) {
                #expect(agree(values[row], wanted, tolerance: 1e-12), "\(models[index]) in row \(row)")
            }
            #expect(found["conditionalLast"]?.doubleValue == values.last)
        }
    }

    @Test("augmented Dickey-Fuller tests, of long and short, of wandering and returning series")
    func unitRoot() throws {
        let cases = try #require(reference["adf"]?.arrayValue)
        #expect(cases.count == 8)
        for item in cases {
            let name = try #require(item["series"]?.stringValue)
            let given = item["values"]?.numbers.compactMap { $0 }
            let closes: [Double] =
                name.hasPrefix("SPX")
                ? try #require(try Fixture.columns()["close"]) : given == nil ? try TestSeries.closes(name) : []
            let count = name.hasSuffix("first 60") ? 60 : name.hasSuffix("first 12") ? 12 : closes.count
            let test = try #require(AugmentedDickeyFuller(given ?? closes.prefix(count).map(RealMath.logarithm)))
            #expect(test.lags == item["lags"]?.intValue, "\(name)")
            #expect(test.observations == item["observations"]?.intValue, "\(name)")
            #expect(agree(test.statistic, item["statistic"]?.doubleValue), "\(name): \(test.statistic)")
            #expect(agree(test.pValue, item["pValue"]?.doubleValue), "\(name): \(test.pValue)")
            for (found, wanted) in zip(test.criticalValues, item["criticalValues"]?.numbers ?? []) {
                #expect(agree(found, wanted))
            }
        }
    }

    @Test("there is no test of a unit root in what does not vary, is too short, or follows its lags without an error")
    func noUnitRoot() {
        #expect(AugmentedDickeyFuller([Double](repeating: 2, count: 100)) == nil)
        #expect(AugmentedDickeyFuller((0..<11).map { Double($0 * $0 % 7) }) == nil)
        #expect(AugmentedDickeyFuller((0..<100).map { Double($0) }) == nil)
        #expect(AugmentedDickeyFuller((0..<50).map { $0 == 7 ? .infinity : Double($0 % 3) }) == nil)
    }

    @Test("the digamma function")
    func digamma() throws {
        let cases = try #require(reference["digamma"]?.arrayValue)
        #expect(cases.count == 8)
        for item in cases {
            let x = try #require(item["x"]?.doubleValue)
            let wanted = try #require(item["value"]?.doubleValue)
            #expect(abs(RealMath.digamma(x) - wanted) <= 1e-14 * max(1, abs(wanted)), "\(x)")
        }
    }
}
