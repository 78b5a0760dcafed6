/// Values of things that have names, as bars below each other; several values a name where there are several series.
struct BarChart: Picture {
    struct Series: Sendable {
        var name: String
        var color: String
        /// One for each name; not finite: no bar.
        var values: [Double]
    }

    var title: String
    var summary: String
    var names: [String]
    var series: [Series]
    var format = AxisFormat.percent

    private static let barHeight = 13.0
    private static let gap = 8.0
    private static let top = 40.0
    private static let bottom = 34.0
    /// Names that are longer are cut.
    private static let longestName = 22

    func draw() -> Drawing {
        let width = ChartDrawing.width
        let rowHeight = Double(series.count) * Self.barHeight + Self.gap
        let height = Self.top + Double(names.count) * rowHeight + Self.bottom
        let longest = min(names.map(\.count).max() ?? 0, Self.longestName)
        let left = 24 + Double(longest) * 7.2
        let scale = LinearScale(over: series.flatMap(\.values) + [0], from: left, to: width - 70, padding: 0.01)
        var drawing = Drawing(width: width, height: height)
        drawing.rectangle(x: 0, y: 0, width: width, height: height, fill: Palette.paper)
        drawing.text(title, .init(x: 12, y: 20), size: 14, isBold: true)
        let ticks = scale.ticks(about: 8)
        for value in ticks.values {
            drawing.line(
                .init(x: scale(value), y: Self.top), .init(x: scale(value), y: height - Self.bottom),
                stroke: value == 0 ? Palette.faint : Palette.grid)
            drawing.text(
                format.text(value, decimals: ticks.decimals), .init(x: scale(value), y: height - Self.bottom + 16),
                anchor: .middle, size: 11, fill: Palette.faint)
        }
        for (row, name) in names.enumerated() {
            let y = Self.top + Double(row) * rowHeight + Self.gap / 2
            let shown = name.count > Self.longestName ? name.prefix(Self.longestName - 1) + "…" : name[...]
            drawing.text(
                String(shown), .init(x: left - 8, y: y + (rowHeight - Self.gap) / 2 + 4), anchor: .end, size: 11)
            for (index, entry) in series.enumerated() where entry.values[row].isFinite {
                let value = entry.values[row]
                let barY = y + Double(index) * Self.barHeight
                drawing.rectangle(
                    x: min(scale(0), scale(value)), y: barY, width: abs(scale(value) - scale(0)),
                    height: Self.barHeight - 2, fill: entry.color, opacity: 0.85)
                drawing.text(
                    format.text(value, decimals: format == .percent ? 4 : 2),
                    .init(x: max(scale(0), scale(value)) + 4, y: barY + 9), size: 10, fill: Palette.faint)
            }
        }
        if series.count > 1 {
            drawing.drawKeys(series.map { Chart.Key(color: $0.color, text: $0.name) }, right: width - 20, y: 20)
        }
        return drawing
    }
}
