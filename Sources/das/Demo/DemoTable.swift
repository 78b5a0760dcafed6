import SwarmAPI

/// The table of results.
struct DemoTable: Sendable {
    var results: [DemoResult]
    var folder: String

    var text: String {
        var table = TextTable(
            ["STOCK", "PHASE", "DAYS", "RETURN", "VOLATILITY", "SHARPE", "DRAWDOWN", "RSI", "TREND", "RESULT"],
            numbers: [2, 3, 4, 5, 6, 7])
        for result in results {
            table.add([
                result.symbol, result.phase.rawValue, result.observations.map(String.init) ?? "",
                percent(result.annualReturn), percent(result.annualVolatility), number(result.sharpe, digits: 2),
                percent(result.maxDrawdown), number(result.relativeStrength, digits: 1), result.trend,
                "\(folder)/\(result.symbol).json",
            ])
        }
        return table.text
    }

    private func percent(_ value: Double?) -> String { value.map { number($0 * 100, digits: 1) + "%" } ?? "" }

    private func number(_ value: Double?, digits: Int) -> String {
        guard let value, value.isFinite else { return "" }
        let scale = (0..<digits).reduce(1.0) { scale, _ in scale * 10 }
        let scaled = (abs(value) * scale).rounded()
        let whole = Int(scaled / scale)
        let fraction = String(Int(scaled) - whole * Int(scale))
        let padding = String(repeating: "0", count: digits - fraction.count)
        return (value < 0 && scaled > 0 ? "-" : "") + "\(whole).\(padding)\(fraction)"
    }
}
