/// How often returns of which size were: a histogram, with the normal density of the same mean and deviation over it.
enum DistributionPicture {
    struct Mark: Sendable {
        var place: Double
        var text: String
        var color: String
        var isDashed = false
    }

    private static let mostColumns = 80

    /// - Parameters:
    ///   - returns: two at least.
    ///   - marks: places to point out.
    static func chart(title: String, returns: [Double], marks: [Mark]) -> Chart {
        let finite = returns.filter(\.isFinite)
        let edges = edges(finite)
        var heights = [Double](repeating: 0, count: edges.count - 1)
        let width = edges[1] - edges[0]
        for value in finite {
            let column = Int(((value - edges[0]) / width).rounded(.down))
            heights[min(max(column, 0), heights.count - 1)] += 1
        }
        let count = Double(finite.count)
        let moments = Moments(finite)
        let (mean, deviation) = (moments.mean, moments.standardDeviation)
        var layers: [Chart.Layer] = [.columns(edges: edges, heights: heights, color: Palette.blue)]
        if deviation > 0 {
            let curve = (0...200).map { step in
                let x = edges[0] + (edges[edges.count - 1] - edges[0]) * Double(step) / 200
                let z = (x - mean) / deviation
                return Chart.Point(
                    x: x,
                    y: count * width * RealMath.exponential(-z * z / 2) / (deviation * (2 * Double.pi).squareRoot()))
            }
            layers.append(.line(curve, color: Palette.faint, isDashed: true))
        }
        layers += marks.map { .mark(x: $0.place, text: $0.text, color: $0.color, isDashed: $0.isDashed) }
        return Chart(
            title: title,
            summary: "\(finite.count) returns, mean \(ReportText.percent(mean, decimals: 3)), standard deviation "
                + "\(ReportText.percent(deviation, decimals: 3))."
                + marks.map { " \($0.text) at \(ReportText.percent($0.place))." }.joined(),
            x: .numbers("return", format: .percent), y: .numbers("count"), layers: layers,
            keys: [
                Chart.Key(color: Palette.blue, text: "returns"),
                Chart.Key(color: Palette.faint, text: "normal density, same mean and deviation"),
            ], height: 300)
    }

    /// Equal columns as wide as 2·IQR·n^(−1/3) (Freedman and Diaconis 1981), ``mostColumns`` at most.
    private static func edges(_ values: [Double]) -> [Double] {
        let sorted = values.sorted()
        guard let least = sorted.first, let greatest = sorted.last, greatest > least else {
            let place = sorted.first ?? 0
            let margin = max(abs(place) * 0.05, 1e-6)
            return [place - margin, place + margin]
        }
        let count = sorted.count
        let spread = sorted[count * 3 / 4] - sorted[count / 4]
        let width = 2 * spread / RealMath.exponential(RealMath.logarithm(Double(count)) / 3)
        let wanted = width > 0 ? ((greatest - least) / width).rounded(.up) : Double(mostColumns)
        let columns = min(max(Int(min(wanted, Double(mostColumns))), 5), mostColumns)
        return (0...columns).map { least + (greatest - least) * Double($0) / Double(columns) }
    }
}
