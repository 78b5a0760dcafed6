internal import StructuredData

/// One paragraph of plain English about a symbol.
///
/// Every number in it is one of ``figures``; words never carry numbers of their own.
struct Reading {
    private let symbol: SymbolSeries
    private let periodsPerYear: Double
    private(set) var figures = Figures()
    private var sentences: [String] = []

    var text: String { sentences.joined(separator: " ") }

    init(_ symbol: SymbolSeries, periodsPerYear: Double) {
        self.symbol = symbol
        self.periodsPerYear = periodsPerYear
        let rows = figures.count("rows", symbol.rowCount)
        let what = symbol.rowCount == 1 ? "row" : "rows"
        let span: String
        if let first = symbol.times.first, let last = symbol.times.last {
            span = " from \(figures.time("from", first)) to \(figures.time("to", last))"
        } else {
            span = ""
        }
        if let close = symbol.prices[.close]?.last {
            sentences.append(
                "\(symbol.symbol) closed at \(figures.level("close", close)), after \(rows) \(what)\(span).")
        } else {
            sentences.append("\(symbol.symbol) has \(rows) \(what) of returns\(span).")
        }
    }

    mutating func add(_ statistics: ReturnStatistics, _ drawdown: Drawdown) {
        if statistics.annualReturn.isFinite {
            var first =
                "Its compound return was \(figures.percent("annualReturnPercent", statistics.annualReturn)) a year"
            if statistics.annualVolatility.isFinite {
                first +=
                    " with a volatility of \(figures.percent("annualVolatilityPercent", statistics.annualVolatility))"
            }
            if statistics.sharpe.isFinite {
                first += ", a Sharpe ratio of \(figures.number("sharpe", statistics.sharpe))"
            }
            sentences.append(first + ".")
        }
        sentences.append(sentence(about: drawdown))
        if statistics.skewness.isFinite, statistics.kurtosis.isFinite {
            sentences.append(
                "Single returns have a skewness of \(figures.number("skewness", statistics.skewness)) and an excess "
                    + "kurtosis of \(figures.number("kurtosis", statistics.kurtosis)).")
        }
    }

    private mutating func sentence(about drawdown: Drawdown) -> String {
        guard drawdown.depth > 0 else { return "It never fell below an earlier high." }
        let depth = figures.percent("maxDrawdownPercent", drawdown.depth)
        let peak = place("maxDrawdownPeak", drawdown.peak)
        let trough = place("maxDrawdownTrough", drawdown.trough)
        let end =
            drawdown.recovered.map { "made good by \(place("maxDrawdownRecovered", $0))" } ?? "not yet made good"
        return "Its deepest fall was \(depth), from \(peak) to \(trough), \(end)."
    }

    mutating func add(_ assessment: RegimeRule.Assessment, _ rule: RegimeRule) {
        // Prices near the largest double have no average.
        guard assessment.fastAverage.isFinite, assessment.slowAverage.isFinite else { return }
        let fastPeriod = figures.count("fastPeriod", rule.fastPeriod)
        let slowPeriod = figures.count("slowPeriod", rule.slowPeriod)
        let fast = figures.level("fastAverage", assessment.fastAverage)
        let slow = figures.level("slowAverage", assessment.slowAverage)
        let last = symbol.levels[symbol.levels.count - 1]
        let trend =
            switch assessment.regime.trend {
            case .up: "The trend is up"
            case .down: "The trend is down"
            case .sideways: "There is no clear trend"
            }
        let position = last > assessment.slowAverage ? "above" : last < assessment.slowAverage ? "below" : "at"
        let subject = symbol.prices.isEmpty ? "the wealth made of these returns" : "the close"
        let rank = figures.percent("volatilityRankPercent", assessment.volatilityRank)
        let window = figures.count("volatilityWindow", rule.volatilityWindow)
        let history = figures.count("volatilityHistory", rule.history)
        sentences.append(
            "\(trend): \(subject) is \(position) its \(slowPeriod)-bar average of \(slow), and its \(fastPeriod)-bar "
                + "average is \(fast). Volatility is \(assessment.regime.volatility.rawValue): over \(window) bars it ranks at "
                + "\(rank) of its last \(history) values. Both have held since \(place("regimeSince", assessment.since))."
        )
    }

    mutating func add(_ model: VolatilityModel, annualized: Double, index: Int) {
        guard annualized.isFinite else { return }
        let percent = figures.percent("volatility\(index)Percent", annualized)
        switch model {
        case .closeToClose(let window?):
            let bars = figures.count("volatility\(index)Window", window)
            sentences.append("Close-to-close volatility over \(bars) returns is \(percent) a year.")
        case .closeToClose(nil):
            sentences.append("Close-to-close volatility over all returns is \(percent) a year.")
        case .ewma(let lambda):
            let weight = figures.number("volatility\(index)Lambda", lambda, decimals: 6)
            sentences.append("Exponentially weighted volatility with lambda \(weight) is \(percent) a year.")
        }
    }

    /// The last values of the functions that were asked for; of functions asked for more than once, the first.
    mutating func add(series: JSON?) {
        var parts: [String] = []
        for (function, outputs) in series?.objectValue ?? [:] where !function.contains("(") {
            var values: [String] = []
            for (output, column) in outputs.objectValue ?? [:] {
                guard let last = column.arrayValue?.last?.doubleValue else { continue }
                let text = figures.level("\(function).\(output)", last)
                values.append(output == "real" ? text : "\(output) \(text)")
            }
            if !values.isEmpty { parts.append("\(function) \(values.joined(separator: ", "))") }
        }
        if !parts.isEmpty { sentences.append("Last values: \(parts.joined(separator: "; ")).") }
    }

    private mutating func place(_ name: String, _ level: Int) -> String {
        guard let row = symbol.row(ofLevel: level) else { return "the start" }
        return symbol.times.isEmpty
            ? "row \(figures.count(name, row + 1))" : figures.time(name, symbol.times[row])
    }
}
