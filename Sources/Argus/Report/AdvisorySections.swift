internal import StructuredData

/// The report of advice: weights before and after, the frontier with the portfolio on it, where the risk comes from, orders, and why.
struct AdvisorySections {
    private let data: ReportData
    private let params: JSON
    private let result: JSON

    init(_ data: ReportData, _ answer: JSON, _ result: JSON) {
        self.data = data
        params = answer["lineage"]?["params"] ?? [:]
        self.result = result
    }

    var sections: [Report.Section] {
        [weights, frontier, risk, orders, explanations, policy].compactMap { $0 }
    }

    private var explanationEntries: [JSON] { result["explanations"]?.arrayValue ?? [] }

    private func entries(_ kind: String) -> [JSON] { explanationEntries.filter { $0["kind"]?.stringValue == kind } }

    /// The last price of a symbol, given or from its series.
    private func price(_ symbol: String) -> Double? {
        params["prices"]?[symbol]?.doubleValue ?? data.symbol(symbol)?.prices[.close]?.last
    }

    /// Today's weights in the value of holdings and cash; `nil` where nothing is held.
    private var weightsBefore: [String: Double]? {
        let holdings = params["holdings"]?.numberMembers ?? []
        let values = holdings.compactMap { holding in price(holding.name).map { (holding.name, $0 * holding.value) } }
        let total = values.map(\.1).reduce(0, +) + (params["cash"]?.doubleValue ?? 0)
        guard !values.isEmpty, total > 0 else { return nil }
        return Dictionary(values.map { ($0, $1 / total) }, uniquingKeysWith: +)
    }

    // MARK: - Sections

    private var weights: Report.Section {
        let after = result["weights"]?.numberMembers ?? []
        let sorted = after.sorted { $0.value > $1.value }
        let before = weightsBefore
        var series: [BarChart.Series] = []
        if let before {
            series.append(
                .init(name: "before", color: Palette.sky, values: sorted.map { before[$0.name] ?? 0 }))
        }
        series.append(.init(name: "after", color: Palette.blue, values: sorted.map(\.value)))
        let held = sorted.filter { $0.value > 1e-6 }.count
        let rows = [
            ["expected return a year", ReportText.percent(result["expectedReturn"]?.doubleValue)],
            ["volatility a year", ReportText.percent(result["volatility"]?.doubleValue)],
            ["Sharpe ratio", ReportText.number(result["sharpe"]?.doubleValue)],
            ["expected shortfall a period", ReportText.percent(result["cvar"]?.doubleValue)],
            ["cash after", ReportText.number(result["cashAfter"]?.doubleValue)],
        ]
        return Report.Section(
            heading: "Weights",
            blocks: [
                .picture(
                    BarChart(
                        title: before == nil ? "Target weights" : "Weights before and after",
                        summary: "\(held) of \(after.count) assets are held"
                            + (sorted.first.map { ", most of \($0.name): \(ReportText.percent($0.value))." } ?? "."),
                        names: sorted.map(\.name), series: series)),
                .table(Report.Table(columns: ["portfolio", "value"], rows: rows)),
            ])
    }

    private var frontier: Report.Section? {
        let points = (result["frontier"]?.arrayValue ?? []).compactMap { point -> Chart.Point? in
            guard let x = point["volatility"]?.doubleValue, let y = point["return"]?.doubleValue else { return nil }
            return Chart.Point(x: x, y: y)
        }
        guard points.count > 1 else { return nil }
        var layers: [Chart.Layer] = [
            .line(points, color: Palette.blue), .points(points, color: Palette.blue, radius: 2.5),
        ]
        if let x = result["volatility"]?.doubleValue, let y = result["expectedReturn"]?.doubleValue {
            layers.append(.points([Chart.Point(x: x, y: y)], color: Palette.vermilion, radius: 6))
            layers.append(.note(Chart.Point(x: x, y: y), "the portfolio"))
        }
        return Report.Section(
            heading: "Efficient frontier",
            blocks: [
                .picture(
                    Chart(
                        title: "The least volatility for each return",
                        summary: "\(points.count) portfolios from \(ReportText.percent(points.first?.y)) to "
                            + "\(ReportText.percent(points.last?.y)) a year, and the portfolio that is advised.",
                        x: .numbers("volatility a year", format: .percent),
                        y: .numbers("expected return a year", format: .percent), layers: layers, height: 340))
            ])
    }

    private var risk: Report.Section? {
        let entries = entries("risk-contribution")
        guard !entries.isEmpty else { return nil }
        let before = entries.map { $0["before"]?.doubleValue ?? .nan }
        var series: [BarChart.Series] = [
            .init(name: "after", color: Palette.purple, values: entries.map { $0["after"]?.doubleValue ?? .nan })
        ]
        if before.contains(where: \.isFinite) {
            series.insert(.init(name: "before", color: Palette.orange, values: before), at: 0)
        }
        return Report.Section(
            heading: "Where the risk comes from",
            blocks: [
                .picture(
                    BarChart(
                        title: "Shares of the variance", summary: "The variance shared among \(entries.count) assets.",
                        names: entries.map { $0["symbol"]?.stringValue ?? "" }, series: series))
            ])
    }

    private var orders: Report.Section {
        let orders = result["orders"]?.arrayValue ?? []
        guard !orders.isEmpty else {
            return Report.Section(heading: "Orders", blocks: [.paragraph("There is nothing to trade.")])
        }
        let rows = orders.map { order in
            [
                order["symbol"]?.stringValue ?? "", order["side"]?.stringValue ?? "",
                ReportText.figure(order["quantity"]?.doubleValue), ReportText.figure(order["price"]?.doubleValue),
                ReportText.number(order["cost"]?.doubleValue),
            ]
        }
        return Report.Section(
            heading: "Orders",
            blocks: [.table(Report.Table(columns: ["symbol", "side", "quantity", "price", "cost"], rows: rows))])
    }

    private var explanations: Report.Section? {
        let bindings = entries("binding-constraint").map { entry in
            [
                entry["constraint"]?.stringValue ?? "", ReportText.figure(entry["dual"]?.doubleValue),
                ReportText.figure(entry["relax"]?["by"]?.doubleValue),
                ReportText.figure(entry["relax"]?["changesObjectiveBy"]?.doubleValue),
            ]
        }
        let trades = entries("trade").compactMap { $0["text"]?.stringValue }
        var blocks: [Report.Block] = []
        if !bindings.isEmpty {
            blocks.append(
                .table(
                    Report.Table(
                        columns: ["constraint that binds", "dual", "relaxed by", "changes the objective by"],
                        rows: bindings)))
        }
        if !trades.isEmpty { blocks.append(.list(trades)) }
        return blocks.isEmpty ? nil : Report.Section(heading: "Why", blocks: blocks)
    }

    private var policy: Report.Section? {
        let violations = (result["policy"]?["violations"]?.arrayValue ?? []).compactMap { $0["message"]?.stringValue }
        return violations.isEmpty
            ? nil : Report.Section(heading: "Policy: orders are blocked", blocks: [.list(violations)])
    }
}
