internal import StructuredData

/// The report of a risk assessment: how returns lie and where each method puts its figures, whose risk it is, what stress costs, and
/// how forecasts held.
struct RiskAssessmentSections {
    private let data: ReportData
    private let params: JSON
    private let result: JSON

    init(_ data: ReportData, _ answer: JSON, _ result: JSON) {
        self.data = data
        params = answer["lineage"]?["params"] ?? [:]
        self.result = result
    }

    var sections: [Report.Section] {
        [distribution, components, scenarios, backtest, ratios].compactMap { $0 }
    }

    private var risks: [JSON] { result["risk"]?.arrayValue ?? [] }

    /// The book's returns at its weights of today, over the times that all its symbols have.
    private var bookReturns: (returns: [Double], times: [String])? {
        let weights = (result["weights"] ?? params["weights"])?.numberMembers ?? []
        let held = weights.compactMap { weight in data.symbol(weight.name).map { ($0, weight.value) } }
        guard !held.isEmpty, held.count == weights.count else { return nil }
        let symbols = held.map(\.0)
        guard let alignment = ReturnAlignment(symbols, kind: .simple) else { return nil }
        let count = alignment.returns[0].count
        let returns = RiskSample.combine(alignment.returns, held.map(\.1))
        let times = symbols.allSatisfy { $0.times == symbols[0].times } ? symbols[0].times.suffix(count) : []
        return (returns, Array(times))
    }

    // MARK: - Sections

    private var distribution: Report.Section {
        var blocks: [Report.Block] = []
        let confidence = risks.compactMap { $0["confidence"]?.doubleValue }.max() ?? 0
        if let book = bookReturns, book.returns.count > 1 {
            let shown = risks.filter {
                $0["confidence"]?.doubleValue == confidence && $0["horizonDays"]?.intValue == 1
            }
            let first = shown.first { $0["valueAtRisk"]?.doubleValue != nil }
            let method = first?["method"]?.stringValue ?? ""
            let marks = [("valueAtRisk", "VaR", false), ("expectedShortfall", "ES", true)].compactMap {
                name, word, isDashed in
                first?[name]?.doubleValue.map {
                    DistributionPicture.Mark(
                        place: -$0, text: "\(word) \(method) \(ReportText.percent($0))", color: Palette.vermilion,
                        isDashed: isDashed)
                }
            }
            blocks.append(
                .picture(
                    DistributionPicture.chart(
                        title: "Daily returns of the book"
                            + (marks.isEmpty ? "" : ", with risk at \(ReportText.level(confidence))"),
                        returns: book.returns, marks: marks)))
            let wealth = book.returns.reduce(into: [1.0]) { $0.append($0[$0.count - 1] * (1 + $1)) }
            let times = book.times.isEmpty ? [] : [book.times[0]] + book.times
            blocks.append(
                .picture(DrawdownPicture.chart(levels: wealth, labels: RowLabels(times: times, count: wealth.count))))
        }
        if let methods = methods(at: confidence) { blocks.append(.picture(methods)) }
        blocks.append(.table(table))
        blocks += refusals.isEmpty ? [] : [.list(refusals)]
        return Report.Section(heading: "Value at risk and expected shortfall", blocks: blocks)
    }

    /// The figures of the methods beside each other.
    private func methods(at confidence: Double) -> BarChart? {
        let shown = risks.filter {
            $0["confidence"]?.doubleValue == confidence && $0["valueAtRisk"]?.doubleValue != nil
        }
        guard shown.count > 1 else { return nil }
        func values(_ name: String) -> [Double] { shown.map { $0[name]?.doubleValue ?? .nan } }
        return BarChart(
            title: "What each method says at \(ReportText.level(confidence))",
            summary: "Value at risk and expected shortfall by \(shown.count) methods.",
            names: shown.map { $0["method"]?.stringValue ?? "" },
            series: [
                .init(name: "value at risk", color: Palette.blue, values: values("valueAtRisk")),
                .init(name: "expected shortfall", color: Palette.vermilion, values: values("expectedShortfall")),
            ])
    }

    private var table: Report.Table {
        let hasAmounts = risks.contains { $0["valueAtRiskAmount"] != nil }
        let currency = result["currency"]?.stringValue.map { ", \($0)" } ?? ""
        var columns = ["method", "confidence", "days", "value at risk", "expected shortfall", "95% interval"]
        if hasAmounts { columns += ["VaR\(currency)", "ES\(currency)"] }
        let rows = risks.map { risk in
            let interval = (risk["interval"]?.arrayValue ?? []).map { ReportText.percent($0.doubleValue) }
            var row = [
                risk["method"]?.stringValue ?? "", ReportText.level(risk["confidence"]?.doubleValue),
                "\(risk["horizonDays"]?.intValue ?? 1)", ReportText.percent(risk["valueAtRisk"]?.doubleValue),
                ReportText.percent(risk["expectedShortfall"]?.doubleValue),
                interval.isEmpty ? "" : interval.joined(separator: " to "),
            ]
            if hasAmounts {
                row += ["valueAtRiskAmount", "expectedShortfallAmount"].map { ReportText.number(risk[$0]?.doubleValue) }
            }
            return row
        }
        return Report.Table(columns: columns, rows: rows)
    }

    private var refusals: [String] {
        risks.compactMap { risk in
            risk["refused"]?.stringValue.map {
                "\(risk["method"]?.stringValue ?? "") at \(ReportText.level(risk["confidence"]?.doubleValue)): \($0)"
            }
        }
    }

    /// Of each method that shares its figure among holdings, at its highest confidence.
    private var components: Report.Section? {
        let shared = risks.filter { !($0["components"]?.numberMembers.isEmpty ?? true) }
        guard let confidence = shared.compactMap({ $0["confidence"]?.doubleValue }).max() else { return nil }
        let shown = shared.filter { $0["confidence"]?.doubleValue == confidence }
        let first = shown[0]["components"]?.numberMembers.sorted { $0.value > $1.value } ?? []
        let names = first.map(\.name)
        let picture = BarChart(
            title: "Whose risk it is, at \(ReportText.level(confidence))",
            summary: "The value at risk shared among \(names.count) holdings; most of it is \(names.first ?? "")'s.",
            names: names,
            series: shown.enumerated().map { index, risk in
                BarChart.Series(
                    name: risk["method"]?.stringValue ?? "", color: Palette.series(index),
                    values: names.map { risk["components"]?[$0]?.doubleValue ?? .nan })
            })
        return Report.Section(heading: "Components", blocks: [.picture(picture)])
    }

    private var scenarios: Report.Section? {
        let scenarios = result["scenarios"]?.arrayValue ?? []
        guard !scenarios.isEmpty else { return nil }
        let losses = scenarios.map { $0["loss"]?.doubleValue ?? .nan }
        return Report.Section(
            heading: "Stress",
            blocks: [
                .picture(
                    BarChart(
                        title: "Loss in each scenario", summary: "Losses of the book in \(scenarios.count) scenarios.",
                        names: scenarios.map { $0["name"]?.stringValue ?? "" },
                        series: [.init(name: "loss", color: Palette.vermilion, values: losses)]))
            ])
    }

    private var backtest: Report.Section? {
        guard let backtest = result["backtest"], let book = bookReturns else { return nil }
        let forecasts = (backtest["valueAtRisk"]?.arrayValue ?? []).map { -($0.doubleValue ?? .nan) }
        let returns = book.returns.suffix(forecasts.count)
        guard !forecasts.isEmpty, returns.count == forecasts.count else { return nil }
        func points(_ values: [Double]) -> [Chart.Point] {
            values.enumerated().map { Chart.Point(x: Double($0), y: $1) }
        }
        let actual = points(Array(returns))
        let exceptions = zip(actual, forecasts).filter { $0.y < $1 }.map { $0.0 }
        let zone = backtest["zone"]?.stringValue.map { ", zone \($0)" } ?? ""
        let count = backtest["exceptions"]?.intValue ?? exceptions.count
        let chart = Chart(
            title: "Returns against the forecast value at risk",
            summary: "\(count) exceptions in \(forecasts.count) days\(zone).",
            x: .rows(RowLabels(times: Array(book.times.suffix(forecasts.count)), count: forecasts.count)),
            y: .numbers("return", format: .percent),
            layers: [
                .line(actual, color: Palette.sky),
                .line(points(forecasts), color: Palette.blue),
                .points(exceptions, color: Palette.vermilion, radius: 3),
            ],
            keys: [
                Chart.Key(color: Palette.sky, text: "returns"),
                Chart.Key(color: Palette.blue, text: "minus value at risk"),
                Chart.Key(color: Palette.vermilion, text: "exceptions"),
            ])
        func pValue(_ test: JSON?) -> String { ReportText.number(test?["pValue"]?.doubleValue, decimals: 4) }
        let christoffersen = backtest["christoffersen"]
        let table = Report.Table(
            columns: ["backtest", "value"],
            rows: [
                ["days", "\(backtest["observations"]?.intValue ?? 0)"], ["exceptions", "\(count)"],
                ["Kupiec, p-value", pValue(backtest["kupiec"])],
                ["Christoffersen, independence, p-value", pValue(christoffersen?["independence"])],
                ["Christoffersen, conditional, p-value", pValue(christoffersen?["conditional"])],
                ["Acerbi–Székely Z2", ReportText.number(backtest["z2"]?.doubleValue, decimals: 4)],
                ["Basel zone", backtest["zone"]?.stringValue ?? ReportText.missing],
            ])
        return Report.Section(heading: "Backtest", blocks: [.picture(chart), .table(table)])
    }

    private var ratios: Report.Section? {
        guard let ratios = result["ratios"] else { return nil }
        let percents: Set = ["maxDrawdown", "trackingError"]
        let rows = ratios.numberMembers.map { name, value in
            [
                ReportText.words(name),
                percents.contains(name) ? ReportText.percent(value) : ReportText.number(value),
            ]
        }
        return Report.Section(
            heading: "Ratios", blocks: [.table(Report.Table(columns: ["ratio", "value"], rows: rows))])
    }
}
