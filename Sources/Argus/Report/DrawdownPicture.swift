/// How far a series lies below its highest value so far.
enum DrawdownPicture {
    /// - Parameter levels: prices or wealth.
    static func chart(levels: [Double], labels: RowLabels) -> Chart {
        var high = -Double.infinity
        let falls = levels.map { level in
            high = max(high, level)
            return level / high - 1
        }
        let worst = Drawdown(levels)
        let places = falls.indices.map(Double.init)
        var layers: [Chart.Layer] = [
            .area(x: places, lower: falls, upper: falls.map { _ in 0 }, color: Palette.vermilion),
            .line(zip(places, falls).map { Chart.Point(x: $0, y: $1) }, color: Palette.vermilion),
        ]
        if worst.depth > 0 {
            layers.append(
                .note(
                    .init(x: Double(worst.trough), y: -worst.depth), "−\(ReportText.percent(worst.depth, decimals: 1))")
            )
        }
        return Chart(
            title: "Drawdown", summary: "The deepest fall from an earlier high is \(ReportText.percent(worst.depth)).",
            x: .rows(labels), y: .numbers("below the highest so far", format: .percent), layers: layers, includes: [0],
            height: 220)
    }
}
