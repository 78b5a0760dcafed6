/// Something that a report shows.
protocol Picture: Sendable {
    var title: String { get }
    /// What there is to see, in a sentence.
    var summary: String { get }

    func draw() -> Drawing
}

/// Curves, areas, columns and marks over two axes, as a value.
struct Chart: Picture {
    struct Point: Sendable, Equatable {
        var x: Double
        var y: Double
    }

    /// What is drawn, from the back to the front. Values that are not finite leave a gap.
    enum Layer: Sendable {
        /// A curve through points from left to right.
        case line([Point], color: String, isDashed: Bool = false)
        /// Between two curves over the same places.
        case area(x: [Double], lower: [Double], upper: [Double], color: String)
        /// Columns from zero, each from one edge to the next.
        case columns(edges: [Double], heights: [Double], color: String)
        /// Single points.
        case points([Point], color: String, radius: Double = 3)
        /// The whole height between two places.
        case shade(from: Double, to: Double, color: String)
        /// A place on the horizontal axis, with a word beside it.
        case mark(x: Double, text: String, color: String, isDashed: Bool = false)
        /// A word beside a point.
        case note(Point, String)
    }

    enum Axis: Sendable {
        case numbers(String, format: AxisFormat = .plain)
        /// Rows of a series, from 0.
        case rows(RowLabels)
    }

    struct Key: Sendable, Equatable {
        var color: String
        var text: String
    }

    var title: String
    var summary: String
    var x: Axis
    var y: Axis
    var layers: [Layer]
    /// The colours' meanings.
    var keys: [Key] = []
    /// Values that the vertical axis reaches in any case.
    var includes: [Double] = []
    var height = 280.0

    func draw() -> Drawing { ChartDrawing(self).drawing }
}

/// How the numbers of an axis are written.
enum AxisFormat: Sendable {
    case plain, percent

    func text(_ value: Double, decimals: Int) -> String {
        switch self {
        case .plain: Self.fixed(value, decimals)
        case .percent: Self.fixed(value * 100, max(0, decimals - 2)) + "%"
        }
    }

    private static func fixed(_ value: Double, _ decimals: Int) -> String {
        let text = NumberText.shortest(NumberText.rounded(value, decimals: decimals))
        guard decimals > 0, !text.contains("e") else { return text }
        let given = text.firstIndex(of: ".").map { text.distance(from: $0, to: text.endIndex) - 1 } ?? 0
        return text + (given == 0 ? "." : "") + String(repeating: "0", count: max(0, decimals - given))
    }
}
