/// A report as one HTML page that needs nothing else: no script, no font, no network. It prints.
struct ReportPage {
    private let report: Report

    init(_ report: Report) { self.report = report }

    var html: String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>\(Markup.escaped(report.title))</title>
        <style>
        \(Self.style)
        </style>
        </head>
        <body>
        <header>
        <h1>\(Markup.escaped(report.title))</h1>
        <p>\(Markup.escaped(report.subtitle))</p>
        </header>
        \(report.sections.map(section).joined(separator: "\n"))
        <footer>\(Markup.escaped(report.notice))</footer>
        </body>
        </html>

        """
    }

    private func section(_ section: Report.Section) -> String {
        let heading = Markup.element("h2", [:], Markup.escaped(section.heading))
        return Markup.element("section", [:], ([heading] + section.blocks.map(block)).joined(separator: "\n"))
    }

    private func block(_ block: Report.Block) -> String {
        switch block {
        case .paragraph(let text): Markup.element("p", [:], Markup.escaped(text))
        case .list(let items):
            Markup.element("ul", [:], items.map { Markup.element("li", [:], Markup.escaped($0)) }.joined())
        case .picture(let picture):
            Markup.element("figure", [:], picture.draw().svg(title: picture.title, summary: picture.summary))
        case .table(let table): self.table(table)
        }
    }

    private func table(_ table: Report.Table) -> String {
        func row(_ cells: [String], _ name: String) -> String {
            Markup.element("tr", [:], cells.map { Markup.element(name, [:], Markup.escaped($0)) }.joined())
        }
        return Markup.element(
            "table", ["class": table.isNumeric ? "numbers" : "words"],
            "<thead>" + row(table.columns, "th") + "</thead>\n<tbody>"
                + table.rows.map { row($0, "td") }.joined(separator: "\n") + "</tbody>")
    }

    private static let style = """
        body { font: 15px/1.5 \(Palette.fonts); color: \(Palette.ink); background: \(Palette.paper);
               max-width: 900px; margin: 0 auto; padding: 24px 20px 40px; }
        h1 { font-size: 26px; margin: 0; }
        h2 { font-size: 19px; margin: 32px 0 8px; border-bottom: 1px solid \(Palette.grid); padding-bottom: 4px; }
        header p, footer { color: \(Palette.faint); margin: 4px 0; }
        footer { margin-top: 36px; border-top: 1px solid \(Palette.grid); padding-top: 8px; font-size: 13px; }
        figure { margin: 14px 0; }
        svg { max-width: 100%; height: auto; }
        table { border-collapse: collapse; font-size: 13px; margin: 12px 0; }
        th, td { padding: 3px 14px 3px 0; text-align: left; border-bottom: 1px solid \(Palette.grid); vertical-align: top; }
        .numbers th:not(:first-child), .numbers td:not(:first-child) {
            text-align: right; font-variant-numeric: tabular-nums; }
        @media print {
            body { max-width: none; padding: 0; font-size: 11pt; }
            figure, tr { break-inside: avoid; }
            h2 { break-after: avoid; }
        }
        """
}
