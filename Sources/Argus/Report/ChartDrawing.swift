/// Draws a ``Chart``.
struct ChartDrawing {
    static let width = 860.0

    private static let margins = (left: 64.0, right: 20.0, top: 40.0, bottom: 46.0)

    private let chart: Chart
    private let x: LinearScale
    private let y: LinearScale
    private(set) var drawing: Drawing

    init(_ chart: Chart) {
        self.chart = chart
        let margins = Self.margins
        let extent = Extent(chart)
        var isRows = false
        if case .rows = chart.x { isRows = true }
        x = LinearScale(
            over: extent.x, from: margins.left, to: Self.width - margins.right, padding: isRows ? 0 : 0.02)
        y = LinearScale(
            over: extent.y + chart.includes, from: chart.height - margins.bottom, to: margins.top, padding: 0.04)
        drawing = Drawing(width: Self.width, height: chart.height)
        drawing.rectangle(x: 0, y: 0, width: Self.width, height: chart.height, fill: Palette.paper)
        drawing.text(chart.title, .init(x: 12, y: 20), size: 14, isBold: true)
        for layer in chart.layers { if case .shade = layer { draw(layer) } }
        drawAxes()
        for layer in chart.layers { if case .shade = layer {} else { draw(layer) } }
        drawKeys()
    }

    private func place(_ point: Chart.Point) -> Drawing.Point { .init(x: x(point.x), y: y(point.y)) }

    // MARK: - Layers

    private mutating func draw(_ layer: Chart.Layer) {
        switch layer {
        case .line(let points, let color, let isDashed):
            for run in Self.finiteRuns(points) {
                drawing.polyline(
                    Self.reduced(run.map(place)), stroke: color, width: isDashed ? 1 : 1.5,
                    dash: isDashed ? "4 3" : nil)
            }
        case .area(let places, let lower, let upper, let color):
            let rows = places.indices.filter { lower[$0].isFinite && upper[$0].isFinite }
            let top = Self.reduced(rows.map { place(.init(x: places[$0], y: upper[$0])) })
            let bottom = Self.reduced(rows.map { place(.init(x: places[$0], y: lower[$0])) })
            drawing.polygon(top + bottom.reversed(), fill: color, opacity: 0.28)
        case .columns(let edges, let heights, let color):
            let base = y(max(0, y.lower))
            for (index, height) in heights.enumerated() where height.isFinite {
                let (left, right, top) = (x(edges[index]), x(edges[index + 1]), y(height))
                drawing.rectangle(
                    x: left + 0.5, y: min(top, base), width: max(right - left - 1, 0.5), height: abs(base - top),
                    fill: color, opacity: 0.75)
            }
        case .points(let points, let color, let radius):
            for point in points where point.x.isFinite && point.y.isFinite {
                drawing.circle(place(point), radius: radius, fill: color, stroke: Palette.paper)
            }
        case .shade(let from, let to, let color):
            let margins = Self.margins
            drawing.rectangle(
                x: x(from), y: margins.top, width: x(to) - x(from),
                height: chart.height - margins.top - margins.bottom, fill: color, opacity: 0.12)
        case .mark(let value, let text, let color, let isDashed):
            guard value.isFinite else { return }
            let (top, bottom) = (Self.margins.top, chart.height - Self.margins.bottom)
            drawing.line(
                .init(x: x(value), y: top), .init(x: x(value), y: bottom), stroke: color, width: 1.5,
                dash: isDashed ? "5 3" : nil)
            drawing.text(text, .init(x: x(value) + 4, y: top + 11 + markOffset(of: layer)), size: 11, fill: color)
        case .note(let point, let text):
            let isRight = x(point.x) > Self.width * 0.75
            drawing.text(
                text, .init(x: x(point.x) + (isRight ? -7 : 7), y: y(point.y) - 6), anchor: isRight ? .end : .start,
                size: 11)
        }
    }

    /// Each mark's word stands one line lower than that of the mark before it, so that near ones stay readable.
    private func markOffset(of layer: Chart.Layer) -> Double {
        guard case .mark(let value, let text, _, _) = layer else { return 0 }
        var line = 0
        for case .mark(let other, let otherText, _, _) in chart.layers {
            if other == value, otherText == text { break }
            line += 1
        }
        return Double(line % 8) * 13
    }

    // MARK: - Axes

    private mutating func drawAxes() {
        let margins = Self.margins
        let (left, right) = (margins.left, Self.width - margins.right)
        let bottom = chart.height - margins.bottom
        if case .numbers(let label, let format) = chart.y {
            let ticks = y.ticks()
            for value in ticks.values {
                drawing.line(.init(x: left, y: y(value)), .init(x: right, y: y(value)), stroke: Palette.grid)
                drawing.text(
                    format.text(value, decimals: ticks.decimals), .init(x: left - 6, y: y(value) + 4), anchor: .end,
                    size: 11, fill: Palette.faint)
            }
            drawing.text(label, .init(x: left, y: margins.top - 5), size: 11, fill: Palette.faint)
        }
        drawing.line(.init(x: left, y: bottom), .init(x: right, y: bottom), stroke: Palette.faint)
        switch chart.x {
        case .numbers(let label, let format):
            let ticks = x.ticks(about: 8)
            for value in ticks.values { drawTick(x(value), format.text(value, decimals: ticks.decimals)) }
            drawing.text(label, .init(x: right, y: bottom + 34), anchor: .end, size: 11, fill: Palette.faint)
        case .rows(let rows):
            for label in rows.labels where x(Double(label.row)) <= right { drawTick(x(Double(label.row)), label.text) }
        }
    }

    private mutating func drawTick(_ place: Double, _ text: String) {
        let bottom = chart.height - Self.margins.bottom
        drawing.line(.init(x: place, y: bottom), .init(x: place, y: bottom + 4), stroke: Palette.faint)
        drawing.text(text, .init(x: place, y: bottom + 17), anchor: .middle, size: 11, fill: Palette.faint)
    }

    private mutating func drawKeys() {
        drawing.drawKeys(chart.keys, right: Self.width - Self.margins.right, y: 20)
    }

    // MARK: - Points

    private static func finiteRuns(_ points: [Chart.Point]) -> [ArraySlice<Chart.Point>] {
        points.split { !$0.x.isFinite || !$0.y.isFinite }
    }

    /// The same picture with fewer points: of those on one pixel from left to right the first, the lowest, the highest and the
    /// last.
    private static func reduced(_ points: [Drawing.Point]) -> [Drawing.Point] {
        guard points.count > 2 * Int(width) else { return points }
        var result: [Drawing.Point] = []
        var start = 0
        while start < points.count {
            var end = start + 1
            while end < points.count, points[end].x.rounded(.down) == points[start].x.rounded(.down) { end += 1 }
            let column = start..<end
            let lowest = column.min { points[$0].y < points[$1].y } ?? start
            let highest = column.max { points[$0].y < points[$1].y } ?? start
            result += Set([start, lowest, highest, end - 1]).sorted().map { points[$0] }
            start = end
        }
        return result
    }

    /// The reach of what is drawn.
    private struct Extent {
        var x: [Double] = []
        var y: [Double] = []

        init(_ chart: Chart) {
            for layer in chart.layers {
                switch layer {
                case .line(let points, _, _), .points(let points, _, _):
                    x += points.map(\.x)
                    y += points.map(\.y)
                case .area(let places, let lower, let upper, _):
                    x += places
                    y += lower + upper
                case .columns(let edges, let heights, _):
                    x += edges
                    y += heights + [0]
                case .mark(let value, _, _, _): x.append(value)
                case .shade, .note: break
                }
            }
        }
    }
}

extension Drawing {
    /// The meanings of colours, in one line that ends at `right`.
    mutating func drawKeys(_ keys: [Chart.Key], right: Double, y: Double) {
        var place = right
        for key in keys.reversed() {
            place -= Self.width(of: key.text)
            text(key.text, Point(x: place, y: y), size: 11, fill: Palette.faint)
            rectangle(x: place - 15, y: y - 9, width: 10, height: 10, fill: key.color, opacity: 0.8)
            place -= 32
        }
    }

    /// About how wide a text of size 11 is, in any of the fonts.
    private static func width(of text: String) -> Double {
        text.reduce(0) { width, character in
            width + ("mwMW%".contains(character) ? 9.8 : "iljtf,.:| ".contains(character) ? 3.8 : 6.6)
        }
    }
}
