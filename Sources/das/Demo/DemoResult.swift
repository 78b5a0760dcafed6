import StructuredData
import SwarmAPI

/// One stock's result, as the table shows it.
struct DemoResult: Sendable {
    var symbol: String
    var phase: SwarmTask.Phase
    var agent: String
    var attempts: Int
    var message: String
    private var analysis: JSON?

    init(symbol: String, task: SwarmTask) {
        self.symbol = symbol
        phase = task.status?.phase ?? .pending
        agent = task.status?.agent ?? ""
        attempts = task.status?.attempts ?? 0
        message = task.status?.message ?? ""
        analysis = task.status?.result?["result"]
    }

    private var statistics: JSON? { analysis?["statistics"]?[symbol] }

    var observations: Int? { statistics?["observations"]?.intValue }
    var annualReturn: Double? { statistics?["annualReturn"]?.doubleValue }
    var annualVolatility: Double? { statistics?["annualVolatility"]?.doubleValue }
    var sharpe: Double? { statistics?["sharpe"]?.doubleValue }
    var maxDrawdown: Double? { statistics?["maxDrawdown"]?["depth"]?.doubleValue }
    var trend: String { analysis?["regimes"]?[symbol]?["trend"]?.stringValue ?? "" }

    var relativeStrength: Double? {
        let series = analysis?["series"]?[symbol]?["RSI"]?["real"]
        return series?.doubleValue ?? series?.arrayValue?.last?.doubleValue
    }
}
