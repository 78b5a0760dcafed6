/// Columns for people, as wide as their longest cell.
struct TextTable: Sendable {
    private var rows: [[String]]
    /// Columns of numbers, which line up on the right.
    private let numbers: Set<Int>

    init(_ titles: [String], numbers: Set<Int> = []) {
        rows = [titles]
        self.numbers = numbers
    }

    mutating func add(_ cells: [String]) { rows.append(cells) }

    var text: String {
        let columns = (rows.first ?? []).indices
        let widths = columns.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            columns.map { column in
                let pad = String(repeating: " ", count: widths[column] - row[column].count)
                if numbers.contains(column) { return pad + row[column] }
                return column == columns.last ? row[column] : row[column] + pad
            }.joined(separator: "   ")
        }.joined(separator: "\n")
    }
}
