/// A report's pictures below each other in one SVG, for where a page is too much.
struct ReportSheet {
    private let report: Report

    init(_ report: Report) { self.report = report }

    private static let top = 74.0
    private static let heading = 34.0
    private static let gap = 14.0
    private static let bottom = 34.0

    var svg: String {
        let sections = report.sections.map { section in
            (
                heading: section.heading,
                drawings: section.blocks.compactMap { block in
                    if case .picture(let picture) = block { picture.draw() } else { nil }
                }
            )
        }.filter { !$0.drawings.isEmpty }
        let heights = sections.map { section in
            Self.heading + section.drawings.map { $0.height + Self.gap }.reduce(0, +)
        }
        let height = Self.top + heights.reduce(0, +) + Self.bottom
        var sheet = Drawing(width: ChartDrawing.width, height: height)
        sheet.rectangle(x: 0, y: 0, width: sheet.width, height: height, fill: Palette.paper)
        sheet.text(report.title, .init(x: 12, y: 32), size: 22, isBold: true)
        sheet.text(report.subtitle, .init(x: 12, y: 54), size: 12, fill: Palette.faint)
        var y = Self.top
        for section in sections {
            sheet.text(section.heading, .init(x: 12, y: y + 20), size: 17, isBold: true)
            y += Self.heading
            for drawing in section.drawings {
                sheet.place(drawing, at: .init(x: 0, y: y))
                y += drawing.height + Self.gap
            }
        }
        sheet.text(report.notice, .init(x: 12, y: height - 14), size: 11, fill: Palette.faint)
        return sheet.svg(title: report.title, summary: report.subtitle)
    }
}
