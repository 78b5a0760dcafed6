import StructuredData

@testable import Argus

/// Inputs for tests of advice.
enum AdvisorySample {
    /// The last closes of stocks, as a table.
    static func table(_ symbols: [String], rows: Int = 300) throws -> JSON {
        let columns = try symbols.map { symbol in
            (symbol, JSON.array(try TestSeries.closes(symbol).suffix(rows).map { JSON($0) }))
        }
        return [
            "name": "stocks", "table": ["time": .array(Sample.days(rows)), "columns": .object(JSONObject(columns))],
        ]
    }

    static let five = ["AAPL", "JNJ", "JPM", "KO", "XOM"]

    static func answer(
        _ objective: JSON, _ more: JSON = [:], symbols: [String] = five, rows: Int = 300
    ) throws -> JSON {
        Advisory.run(try input(objective, more, symbols: symbols, rows: rows))
    }

    static func input(
        _ objective: JSON, _ more: JSON = [:], symbols: [String] = five, rows: Int = 300
    ) throws -> JSON {
        var params = more
        params["objective"] = objective
        return Sample.envelope(try table(symbols, rows: rows), params: params)
    }
}

extension JSON {
    /// The result's weights by symbol.
    var weights: [String: Double] {
        var weights: [String: Double] = [:]
        for (symbol, weight) in self["result"]?["weights"]?.objectValue ?? [:] { weights[symbol] = weight.doubleValue }
        return weights
    }

    /// A number of the result.
    func result(_ name: String) -> Double? { self["result"]?[name]?.doubleValue }

    func explanations(_ kind: String) -> [JSON] {
        (self["result"]?["explanations"]?.arrayValue ?? []).filter { $0["kind"]?.stringValue == kind }
    }

    var orders: [JSON] { self["result"]?["orders"]?.arrayValue ?? [] }

    func setting(_ key: String, to value: JSON) -> JSON {
        var copy = self
        copy[key] = value
        return copy
    }
}
