package import StructuredData

/// Rows of a benchmark's results, for people and as JSON.
package struct ResultTable {
    package struct Row {
        package var name: String
        /// The row above that this one is a part of.
        package var whole: String?
        package var repetitions: Int
        package var perSecond: Double?
        package var durations: Durations
        package var note = ""
    }

    package var rows: [Row] = []

    package init() {}

    package mutating func add(
        _ name: String, _ durations: Durations, within time: Duration? = nil, partOf whole: String? = nil,
        note: String = ""
    ) {
        let count = durations.milliseconds.count
        rows.append(
            Row(
                name: name, whole: whole, repetitions: count, perSecond: time.map { Double(count) / $0.seconds },
                durations: durations, note: note))
    }

    package var text: String {
        let titles = ["", "N", "PER SECOND", "P50 MS", "P99 MS", ""]
        let cells = rows.map { row in
            [
                (row.whole == nil ? "" : "  ") + row.name, "\(row.repetitions)", row.perSecond?.text(digits: 0) ?? "",
                row.durations.percentile(50).text(digits: 3), row.durations.percentile(99).text(digits: 3), row.note,
            ]
        }
        let widths = titles.indices.map { column in ([titles] + cells).map { $0[column].count }.max() ?? 0 }
        return ([titles] + cells).map { line in
            line.enumerated().map { column, cell in
                let pad = String(repeating: " ", count: widths[column] - cell.count)
                // Numbers line up on the right.
                return (1...4).contains(column) ? pad + cell : cell + pad
            }.joined(separator: "  ")
        }.joined(separator: "\n")
    }

    package var json: JSON {
        .array(
            rows.map { row in
                var object: JSON = [
                    "name": .string(row.name), "repetitions": JSON(row.repetitions),
                    "p50Milliseconds": .number(row.durations.percentile(50)),
                    "p99Milliseconds": .number(row.durations.percentile(99)),
                ]
                if let whole = row.whole { object["partOf"] = .string(whole) }
                if let perSecond = row.perSecond { object["perSecond"] = .number(perSecond) }
                return object
            })
    }
}
