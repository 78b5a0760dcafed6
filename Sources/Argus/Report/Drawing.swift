/// A picture as SVG, in pixels from the upper left corner.
struct Drawing {
    /// Where a text is held.
    enum Anchor: String { case start, middle, end }

    let width: Double
    let height: Double
    private(set) var body = ""

    init(width: Double, height: Double) {
        self.width = width
        self.height = height
    }

    struct Point: Sendable, Equatable {
        var x: Double
        var y: Double
    }

    // MARK: - Shapes

    mutating func line(_ from: Point, _ to: Point, stroke: String, width: Double = 1, dash: String? = nil) {
        add(
            "line",
            "x1=\"\(n(from.x))\" y1=\"\(n(from.y))\" x2=\"\(n(to.x))\" y2=\"\(n(to.y))\" "
                + Self.stroke(stroke, width, dash))
    }

    mutating func polyline(_ points: [Point], stroke: String, width: Double = 1.5, dash: String? = nil) {
        guard points.count > 1 else { return }
        add(
            "polyline",
            "points=\"\(list(points))\" fill=\"none\" stroke-linejoin=\"round\" "
                + Self.stroke(stroke, width, dash))
    }

    mutating func polygon(_ points: [Point], fill: String, opacity: Double) {
        guard points.count > 2 else { return }
        add("polygon", "points=\"\(list(points))\" fill=\"\(fill)\" fill-opacity=\"\(n(opacity))\"")
    }

    mutating func rectangle(x: Double, y: Double, width: Double, height: Double, fill: String, opacity: Double = 1) {
        guard width > 0, height > 0 else { return }
        add(
            "rect",
            "x=\"\(n(x))\" y=\"\(n(y))\" width=\"\(n(width))\" height=\"\(n(height))\" fill=\"\(fill)\" "
                + "fill-opacity=\"\(n(opacity))\"")
    }

    mutating func circle(_ center: Point, radius: Double, fill: String, stroke: String = "none") {
        add(
            "circle",
            "cx=\"\(n(center.x))\" cy=\"\(n(center.y))\" r=\"\(n(radius))\" fill=\"\(fill)\" "
                + Self.stroke(stroke, 1, nil))
    }

    mutating func text(
        _ text: String, _ place: Point, anchor: Anchor = .start, size: Double = 12, fill: String = Palette.ink,
        isBold: Bool = false
    ) {
        add(
            "text",
            "x=\"\(n(place.x))\" y=\"\(n(place.y))\" text-anchor=\"\(anchor.rawValue)\" font-size=\"\(n(size))\" "
                + "fill=\"\(fill)\"\(isBold ? " font-weight=\"600\"" : "")", Markup.escaped(text))
    }

    /// Puts another drawing here, with its upper left corner at `place`.
    mutating func place(_ drawing: Drawing, at place: Point) {
        add("g", "transform=\"translate(\(n(place.x)) \(n(place.y)))\"", "\n" + drawing.body)
    }

    // MARK: - Writing

    /// The whole document. `title` and `summary` are for those who do not see it.
    func svg(title: String, summary: String) -> String {
        Markup.element(
            "svg",
            [
                "xmlns": "http://www.w3.org/2000/svg", "viewBox": "0 0 \(n(width)) \(n(height))", "width": n(width),
                "height": n(height), "role": "img", "font-family": Palette.fonts,
            ],
            "<title>\(Markup.escaped(title))</title><desc>\(Markup.escaped(summary))</desc>\n" + body)
    }

    private mutating func add(_ name: String, _ attributes: String, _ content: String? = nil) {
        body += content.map { "<\(name) \(attributes)>\($0)</\(name)>\n" } ?? "<\(name) \(attributes)/>\n"
    }

    private static func stroke(_ color: String, _ width: Double, _ dash: String?) -> String {
        "stroke=\"\(color)\" stroke-width=\"\(NumberText.shortest(width))\""
            + (dash.map { " stroke-dasharray=\"\($0)\"" } ?? "")
    }

    private func list(_ points: [Point]) -> String { points.map { "\(n($0.x)),\(n($0.y))" }.joined(separator: " ") }

    /// A hundredth of a pixel is more than any screen shows.
    private func n(_ value: Double) -> String { NumberText.shortest(NumberText.rounded(value, decimals: 2)) }
}
