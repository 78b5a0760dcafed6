import StructuredData
import Testing

@testable import Argus

@Suite("Indicators agree with TA-Lib")
struct IndicatorReferenceTests {
    private let reference: JSON

    init() throws { reference = try #require(Fixture.reference) }

    private func arguments(_ json: JSON, of function: IndicatorFunction) throws -> IndicatorArguments {
        let given = json.objectValue?.map { ($0.key, $0.value.doubleValue ?? .nan) } ?? []
        return try function.arguments(Dictionary(uniqueKeysWithValues: given))
    }

    @Test("on twenty years of the S&P 500, with the same warm-up")
    func index() throws {
        let columns = try Fixture.columns()
        let rows = (reference["rows"]?.arrayValue ?? []).compactMap(\.intValue)
        let cases = try #require(reference["functions"]?.arrayValue)
        #expect(cases.count > 20 && rows.count > 100)
        for expected in cases {
            let function = try #require(IndicatorFunction.named(expected["function"]?.stringValue ?? ""))
            let arguments = try arguments(expected["parameters"] ?? [:], of: function)
            let inputs = try (expected["columns"]?.arrayValue ?? []).map { try #require(columns[$0.stringValue ?? ""]) }
            let series = function.values(arguments, over: inputs)
            let label = "\(function.name) \(expected["parameters"] ?? [:])"

            #expect(series.firstIndex == expected["firstIndex"]?.intValue, "\(label)")
            #expect(series.firstIndex == function.lookback(arguments), "\(label)")
            #expect(expected["outputs"]?.objectValue?.keys == function.outputs, "\(label)")
            for (output, values) in zip(function.outputs, series.columns) {
                #expect(values.count == inputs[0].count - series.firstIndex)
                let wanted = expected["outputs"]?[output]?.numbers ?? []
                #expect(wanted.count == rows.count)
                for (row, wanted) in zip(rows, wanted) {
                    let value = row < series.firstIndex ? nil : values[row - series.firstIndex]
                    #expect(agree(value, wanted), "\(label) \(output) in row \(row)")
                }
            }
        }
    }

    @Test("on series without change, with the smallest changes, with an outlier")
    func limits() throws {
        let cases = try #require(reference["limits"]?.arrayValue)
        #expect(cases.count > 20)
        for expected in cases {
            let function = try #require(IndicatorFunction.named(expected["function"]?.stringValue ?? ""))
            let arguments = try arguments(expected["parameters"] ?? [:], of: function)
            let name = expected["series"]?.stringValue ?? ""
            let input = (reference["synthetic"]?[name]?.numbers ?? []).compactMap { $0 }
            #expect(!input.isEmpty)
            let series = function.values(arguments, over: [input])
            for (output, values) in zip(function.outputs, series.columns) {
                let wanted = expected["outputs"]?[output]?.numbers ?? []
                for (row, wanted) in wanted.enumerated() {
                    let value = row < series.firstIndex ? nil : values[row - series.firstIndex]
                    // Beside 1e9 the last digits of 100 are gone in any order of summation; TA-Lib's order loses the same.
                    #expect(agree(value, wanted), "\(function.name).\(output) of \"\(name)\" in row \(row)")
                }
            }
        }
    }
}
