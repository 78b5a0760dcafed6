import StructuredData
import Testing

@testable import Argus

@Suite("All indicators agree with TA-Lib")
struct IndicatorLibraryTests {
    private let reference: JSON

    init() throws { reference = try #require(Fixture.indicators) }

    @Test("names, inputs, parameters, ranges, defaults and outputs are TA-Lib's")
    func descriptions() throws {
        let descriptions = try #require(reference["functions"]?.objectValue)
        #expect(descriptions.map(\.key).sorted() == IndicatorFunction.all.map(\.name))
        #expect(descriptions.count >= 40)
        for (name, wanted) in descriptions {
            let function = try #require(IndicatorFunction.named(name))
            #expect(function.title == wanted["title"]?.stringValue)
            #expect(function.group == wanted["group"]?.stringValue, "\(name)")
            #expect(function.inputs.map(\.rawValue) == wanted["inputs"]?.arrayValue?.map(\.stringValue), "\(name)")
            #expect(function.outputs == wanted["outputs"]?.arrayValue?.map(\.stringValue), "\(name)")
            #expect(function.isInteger == wanted["integer"]?.boolValue, "\(name)")
            let parameters = try #require(wanted["parameters"]?.objectValue)
            #expect(function.parameters.map(\.name) == Array(parameters.keys), "\(name)")
            #expect(function.parameters.map(\.defaultValue) == parameters.values.map(\.doubleValue), "\(name)")
            for (parameter, range) in zip(function.parameters, wanted["ranges"]?.arrayValue ?? []) {
                switch parameter.kind {
                case .integer(let own):
                    #expect(
                        range.numbers == [Double(own.lowerBound), Double(own.upperBound)], "\(name) \(parameter.name)")
                case .real(let own):
                    #expect(range.numbers == [own.lowerBound, own.upperBound], "\(name) \(parameter.name)")
                case .movingAverage: #expect(range == .null)
                }
            }
        }
    }

    @Test(
        "values and warm-up over the S&P 500 and over bars that stand still and jump",
        arguments: IndicatorFunction.all.map(\.name))
    func values(name: String) throws {
        let function = try #require(IndicatorFunction.named(name))
        let cases = (reference["cases"]?.arrayValue ?? []).filter { $0["function"]?.stringValue == name }
        #expect(cases.count >= 2)
        for wanted in cases {
            let columns = try IndicatorData.columns(wanted["series"]?.stringValue ?? "", reference)
            let arguments = try function.arguments(IndicatorData.parameters(wanted))
            let label = "\(name) \(wanted["parameters"] ?? [:]) of \(wanted["series"] ?? .null)"
            let series = function.values(
                arguments, over: try function.inputs.map { try #require(columns[$0.rawValue]) })
            #expect(function.lookback(arguments) == wanted["lookback"]?.intValue, "\(label)")
            #expect(series.firstIndex == wanted["lookback"]?.intValue, "\(label)")
            let rows = (wanted["rows"]?.arrayValue ?? []).compactMap(\.intValue)
            #expect(rows.count > 5)
            for (index, outputs) in (wanted["outputs"]?.arrayValue ?? []).enumerated() {
                for (row, value) in zip(rows, outputs.numbers) {
                    let own = series.columns[index][row - series.firstIndex]
                    #expect(
                        agree(own.isFinite ? own : nil, value), "\(label), \(function.outputs[index]) in row \(row)")
                }
            }
        }
    }
}

/// The data of the indicators' reference values.
enum IndicatorData {
    static func columns(_ series: String, _ reference: JSON) throws -> [String: [Double]] {
        var columns: [String: [Double]] = [:]
        if series == "sp500" {
            columns = try Fixture.columns()
        } else {
            for (name, values) in reference["synthetic"]?.objectValue ?? [:] {
                columns[name] = values.numbers.compactMap { $0 }
            }
        }
        let count = try #require(columns["close"]).count
        columns["periods"] = (0..<count).map { Double($0 * 7 % 41) + 0.5 }
        return columns
    }

    static func parameters(_ wanted: JSON) -> [String: Double] {
        let given = wanted["parameters"]?.objectValue?.map { ($0.key, $0.value.doubleValue ?? .nan) } ?? []
        return Dictionary(uniqueKeysWithValues: given)
    }
}
