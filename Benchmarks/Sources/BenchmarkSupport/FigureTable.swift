package import StructuredData

/// Figures of different kinds, each beside what it must reach.
package struct FigureTable {
    package struct Row {
        package var name: String
        package var value: Double
        package var unit: String
        package var digits = 0
        /// What the figure must reach, or, where `isCeiling`, not exceed.
        package var bound: Double?
        package var isCeiling = false
        package var note = ""
    }

    package var rows: [Row] = []

    package init() {}

    package mutating func add(
        _ name: String, _ value: Double, _ unit: String, digits: Int = 0, atLeast floor: Double? = nil,
        atMost ceiling: Double? = nil, note: String = ""
    ) {
        rows.append(
            Row(
                name: name, value: value, unit: unit, digits: digits, bound: floor ?? ceiling,
                isCeiling: ceiling != nil,
                note: note))
    }

    package var text: String {
        let cells = rows.map { row in
            let bound = row.bound.map { "\(row.isCeiling ? "≤" : "≥") \($0.text(digits: row.digits))" } ?? ""
            let isMet = row.bound.map { row.isCeiling ? row.value <= $0 : row.value >= $0 } ?? true
            return [row.name, row.value.text(digits: row.digits), row.unit, bound, isMet ? "" : "MISSED", row.note]
        }
        let lines = [["", "FIGURE", "", "BOUND", "", ""]] + cells
        let widths = (0..<6).map { column in lines.map { $0[column].count }.max() ?? 0 }
        return lines.map { line in
            line.enumerated().map { column, cell in
                let pad = String(repeating: " ", count: widths[column] - cell.count)
                return column == 1 ? pad + cell : cell + pad
            }.joined(separator: "  ")
        }.joined(separator: "\n")
    }

    package var json: JSON {
        .array(
            rows.map { row in
                var object: JSON = [
                    "name": .string(row.name), "value": .number(row.value), "unit": .string(row.unit),
                ]
                if let bound = row.bound { object[row.isCeiling ? "atMost" : "atLeast"] = .number(bound) }
                if !row.note.isEmpty { object["note"] = .string(row.note) }
                return object
            })
    }

    /// Prints the table with what it holds under.
    package func report(_ name: String, _ conditions: Conditions, _ more: String, asJSON: Bool) {
        if asJSON {
            print(JSON.object(["conditions": conditions.json, "note": .string(more), "results": json]).text(.pretty))
        } else {
            print("\(name): \(conditions.text)\n\(more)\n\n\(text)")
        }
    }
}
