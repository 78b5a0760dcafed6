import SwarmAPI

/// The table of results.
struct DemoTable: Sendable {
    var results: [DemoResult]
    var folder: String

    var text: String {
        let rows = results.map { result in
            [
                result.symbol, result.phase.rawValue, result.observations.map(String.init) ?? "",
                percent(result.annualReturn), percent(result.annualVolatility), number(result.sharpe, digits: 2),
                percent(result.maxDrawdown), number(result.relativeStrength, digits: 1), result.trend,
                "\(folder)/\(result.symbol).json",
            ]
        }
        let titles = ["STOCK", "PHASE", "DAYS", "RETURN", "VOLATILITY", "SHARPE", "DRAWDOWN", "RSI", "TREND", "RESULT"]
        let widths = titles.indices.map { column in ([titles] + rows).map { $0[column].count }.max() ?? 0 }
        // Numbers line up on the right, words on the left.
        let isNumber = [false, false, true, true, true, true, true, true, false, false]
        func line(_ cells: [String]) -> String {
            let padded = cells.enumerated().map { column, cell in
                let pad = String(repeating: " ", count: widths[column] - cell.count)
                return isNumber[column] ? pad + cell : cell + pad
            }
            return trimmed(padded.joined(separator: "  "))
        }
        return ([line(titles)] + rows.map(line)).joined(separator: "\n")
    }

    private func trimmed(_ line: String) -> String {
        var line = Substring(line)
        while line.last == " " { line.removeLast() }
        return String(line)
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
