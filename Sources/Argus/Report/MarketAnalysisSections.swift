internal import StructuredData

/// The report of a market analysis: for each symbol its price with bands and regimes, its falls, its returns and its figures.
struct MarketAnalysisSections {
    private let data: ReportData
    private let result: JSON
    private let rule = RegimeRule()

    /// The bands that are drawn around a price, as Bollinger's: over a month of days.
    private static let band = (period: 20, deviations: 2.0)
    /// A longer series' last rows are drawn once more, so that the bands can be seen.
    private static let recentRows = 250

    init(_ data: ReportData, _ result: JSON) {
        self.data = data
        self.result = result
    }

    var sections: [Report.Section] {
        data.symbols.map(section) + comovement
    }

    private func section(_ symbol: SymbolSeries) -> Report.Section {
        var blocks: [Report.Block] = []
        if let reading = result["reading"]?[symbol.symbol]?.stringValue { blocks.append(.paragraph(reading)) }
        let count = symbol.levels.count
        let title = symbol.prices.isEmpty ? "Wealth, from 1" : "Price"
        let study = PriceStudy(symbol, rule, period: Self.band.period, deviations: Self.band.deviations)
        blocks.append(.picture(price(symbol, study, rows: 0..<count, title: title)))
        if count > 2 * Self.recentRows {
            blocks.append(
                .picture(
                    price(
                        symbol, study, rows: count - Self.recentRows..<count,
                        title: "\(title): the last \(Self.recentRows) rows")))
        }
        blocks.append(.picture(DrawdownPicture.chart(levels: symbol.levels, labels: labels(symbol))))
        if symbol.returns.count >= ReturnStatistics.fewestReturns {
            blocks.append(
                .picture(
                    DistributionPicture.chart(
                        title: "Returns of a period", returns: symbol.returns, marks: [])))
        }
        if let table = statistics(symbol) { blocks.append(.table(table)) }
        if let table = volatility(symbol) { blocks.append(.table(table)) }
        return Report.Section(heading: symbol.symbol, blocks: blocks)
    }

    private func labels(_ symbol: SymbolSeries, _ rows: Range<Int>? = nil) -> RowLabels {
        // A series of returns has a level before its first row, which has no time.
        let isShifted = symbol.levels.count > symbol.rowCount
        let times = isShifted && !symbol.times.isEmpty ? [symbol.times[0]] + symbol.times : symbol.times
        guard let rows, rows.count < symbol.levels.count else {
            return RowLabels(times: times, count: symbol.levels.count)
        }
        return RowLabels(times: times.isEmpty ? [] : Array(times[rows]), count: rows.count)
    }

    // MARK: - Price

    private func price(_ symbol: SymbolSeries, _ study: PriceStudy, rows: Range<Int>, title: String) -> Chart {
        let levels = Array(symbol.levels[rows])
        let places = levels.indices.map(Double.init)
        var layers: [Chart.Layer] = []
        var keys = [Chart.Key(color: Palette.blue, text: symbol.prices.isEmpty ? "wealth" : "close")]
        let spans = RegimeSpan.all(study.regimes[rows])
        for span in spans where span.regime.trend != .sideways || span.regime.volatility == .high {
            layers.append(
                .shade(from: Double(span.rows.lowerBound), to: Double(span.rows.upperBound), color: span.color))
        }
        if !spans.isEmpty {
            keys.insert(
                contentsOf: [
                    Chart.Key(color: Palette.green, text: "trend up"),
                    Chart.Key(color: Palette.vermilion, text: "trend down"),
                    Chart.Key(color: Palette.orange, text: "sideways, volatile"),
                ], at: 0)
        }
        if let bands = study.bands {
            layers.append(
                .area(x: places, lower: Array(bands.lower[rows]), upper: Array(bands.upper[rows]), color: Palette.sky))
            keys.append(
                Chart.Key(
                    color: Palette.sky,
                    text: "\(Self.band.period) bars ± \(NumberText.shortest(Self.band.deviations)) σ"))
        }
        layers.append(.line(zip(places, levels).map { Chart.Point(x: $0, y: $1) }, color: Palette.blue))
        let regime = result["regimes"]?[symbol.symbol]
        let now = regime.map {
            " The trend is \($0["trend"]?.stringValue ?? "unknown"), the volatility \($0["volatility"]?.stringValue ?? "unknown")."
        }
        return Chart(
            title: title,
            summary: "\(symbol.symbol) over \(levels.count) rows, last \(ReportText.figure(levels.last)).\(now ?? "")",
            x: .rows(labels(symbol, rows)), y: .numbers(""), layers: layers, keys: keys, height: 320)
    }

    // MARK: - Tables

    private func statistics(_ symbol: SymbolSeries) -> Report.Table? {
        guard let statistics = result["statistics"]?[symbol.symbol] else { return nil }
        func percent(_ name: String) -> [String] {
            [ReportText.words(name), ReportText.percent(statistics[name]?.doubleValue)]
        }
        func number(_ name: String) -> [String] {
            [ReportText.words(name), ReportText.number(statistics[name]?.doubleValue)]
        }
        var rows = [
            ["observations", "\(statistics["observations"]?.intValue ?? 0)"], percent("annualReturn"),
            percent("annualVolatility"), number("sharpe"),
            ["max drawdown", ReportText.percent(statistics["maxDrawdown"]?["depth"]?.doubleValue)], number("skewness"),
            number("kurtosis"),
        ]
        for (name, title) in [("jarqueBera", "Jarque–Bera, p-value"), ("adf", "unit root (ADF), p-value")] {
            if let value = statistics[name]?["pValue"]?.doubleValue {
                rows.append([title, ReportText.number(value, decimals: 4)])
            }
        }
        return Report.Table(columns: ["statistics", "value"], rows: rows)
    }

    private func volatility(_ symbol: SymbolSeries) -> Report.Table? {
        guard let entries = result["volatility"]?[symbol.symbol]?.arrayValue, !entries.isEmpty else { return nil }
        return Report.Table(
            columns: ["volatility", "last", "a year", "parameters"],
            rows: entries.map { entry in
                let parameters = entry["parameters"]?.numberMembers ?? []
                return [
                    entry["model"]?.stringValue ?? "",
                    ReportText.percent(entry["conditionalLast"]?.doubleValue, decimals: 3),
                    ReportText.percent(entry["annualized"]?.doubleValue),
                    parameters.map { "\($0.name) \(ReportText.figure($0.value))" }.joined(separator: ", "),
                ]
            })
    }

    private var comovement: [Report.Section] {
        guard let correlation = result["correlation"]?.objectValue, correlation.count > 1 else { return [] }
        let names = Array(correlation.keys)
        let rows = names.map { name in
            [name] + names.map { ReportText.number(correlation[name]?[$0]?.doubleValue) }
        }
        return [
            Report.Section(heading: "Correlation", blocks: [.table(Report.Table(columns: [""] + names, rows: rows))])
        ]
    }
}

/// A stretch of rows with one regime.
private struct RegimeSpan {
    var regime: Regime
    var rows: Range<Int>

    var color: String {
        switch regime.trend {
        case .up: Palette.green
        case .down: Palette.vermilion
        case .sideways: Palette.orange
        }
    }

    static func all(_ regimes: ArraySlice<Regime?>) -> [RegimeSpan] {
        var spans: [RegimeSpan] = []
        for (row, regime) in regimes.enumerated() {
            guard let regime else { continue }
            if let last = spans.last, last.rows.upperBound == row, last.regime == regime {
                spans[spans.count - 1].rows = last.rows.lowerBound..<row + 1
            } else {
                spans.append(RegimeSpan(regime: regime, rows: row..<row + 1))
            }
        }
        return spans
    }
}

/// What is drawn behind a price, over the whole of its series.
private struct PriceStudy {
    let regimes: [Regime?]
    /// One for each level, NaN before the first; `nil` where there are too few levels.
    let bands: (lower: [Double], upper: [Double])?

    init(_ symbol: SymbolSeries, _ rule: RegimeRule, period: Int, deviations: Double) {
        regimes = rule.regimes(levels: symbol.levels, returns: symbol.returns)
        let given = ["timeperiod": Double(period), "nbdevup": deviations, "nbdevdn": deviations]
        guard let function = IndicatorFunction.named("BBANDS"), let arguments = try? function.arguments(given),
            symbol.levels.count > function.lookback(arguments)
        else {
            bands = nil
            return
        }
        let series = function.values(arguments, over: [symbol.levels])
        let blank = [Double](repeating: .nan, count: series.firstIndex)
        bands = (lower: blank + series.columns[2], upper: blank + series.columns[0])
    }
}
