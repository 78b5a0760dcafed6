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

    mutating func add(_ test: AugmentedDickeyFuller) {
        let level = 0.05
        let statistic = figures.number("adfStatistic", test.statistic)
        let pValue = figures.number("adfPValue", test.pValue, decimals: 4)
        let name = symbol.prices.isEmpty ? "The logarithm of the wealth made of them" : "The logarithm of the close"
        sentences.append(
            "\(name) \(test.pValue < level ? "reverts to a mean" : "behaves as a random walk may") by the augmented Dickey-Fuller "
                + "test: \(statistic), with a p-value of \(pValue).")
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

    /// What a fitted model says beside its volatility.
    struct VolatilityFigures {
        /// The part of a shock to the variance that is left after one period.
        var persistence: Double
        /// Of the last period of the horizon; `nil` where there is none.
        var forecast: Double?
        var horizon: Int
    }

    mutating func add(_ model: VolatilityModel, annualized: Double, _ fitted: VolatilityFigures?, index: Int) {
        guard annualized.isFinite else { return }
        let percent = figures.percent("volatility\(index)Percent", annualized)
        switch model {
        case .closeToClose(let window): add("Close-to-close", window, "returns", percent, index)
        case .range(.parkinson, let window): add("Parkinson's", window, "bars", percent, index)
        case .range(.garmanKlass, let window): add("Garman and Klass's", window, "bars", percent, index)
        case .range(.rogersSatchell, let window): add("Rogers and Satchell's", window, "bars", percent, index)
        case .range(.yangZhang, let window): add("Yang and Zhang's", window, "bars", percent, index)
        case .ewma(let lambda):
            let weight = figures.number("volatility\(index)Lambda", lambda, decimals: 6)
            sentences.append("Exponentially weighted volatility with lambda \(weight) is \(percent) a year.")
        case .garch(let specification, _, _):
            add(specification, percent, fitted, index)
        }
    }

    private mutating func add(_ name: String, _ window: Int?, _ what: String, _ percent: String, _ index: Int) {
        let over = window.map { figures.count("volatility\(index)Window", $0) } ?? "all"
        sentences.append("\(name) volatility over \(over) \(what) is \(percent) a year.")
    }

    private mutating func add(
        _ specification: GarchSpecification, _ percent: String, _ fitted: VolatilityFigures?, _ index: Int
    ) {
        let name =
            switch specification.variance {
            case .garch: "GARCH"
            case .gjr: "GJR-GARCH"
            case .egarch: "EGARCH"
            }
        let errors = specification.distribution == .t ? "Student-t" : "normal"
        var sentence = "By \(name) with \(errors) errors, volatility was \(percent) a year in the last period"
        if let forecast = fitted?.forecast, let horizon = fitted?.horizon {
            let annual = figures.percent("volatility\(index)ForecastPercent", forecast * periodsPerYear.squareRoot())
            let periods = figures.count("volatility\(index)Horizon", horizon)
            sentence += " and is expected to be \(annual) at a horizon of \(periods)"
        }
        if let persistence = fitted?.persistence, persistence.isFinite {
            sentence +=
                "; of a shock to it, \(figures.percent("volatility\(index)PersistencePercent", persistence)) is left after a "
                + "period"
        }
        sentences.append(sentence + ".")
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
