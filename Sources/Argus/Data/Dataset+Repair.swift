extension Dataset {
    /// Deals with missing values as `policy` says, and answers what was done.
    mutating func repairMissing(_ policy: InputReader.MissingPolicy) throws(Rejection) -> [Finding] {
        let gaps = columns.map { column in column.values.indices.filter { column.values[$0].isNaN } }
        guard gaps.contains(where: { !$0.isEmpty }) else { return [] }
        switch policy {
        case .reject:
            throw Rejection(missing(gaps, "give it, or ask for params.repair.missing \"drop-row\" or \"forward-fill\""))
        case .dropRow: return [try dropRows(gaps)]
        case .forwardFill: return try fillForward(gaps)
        }
    }

    private func missing(_ gaps: [[Int]], _ advice: String) -> [Finding] {
        zip(columns, gaps).compactMap { column, gaps in
            guard let first = gaps.first else { return nil }
            let more = gaps.count > 1 ? ", and in \(gaps.count - 1) more row\(gaps.count > 2 ? "s" : "")" : ""
            return Finding(
                .missingValue, input: name, symbol: symbol(of: column), row: rows[first],
                "\(name): \(column.name) is missing in \(place(first))\(more); \(advice)")
        }
    }

    private mutating func dropRows(_ gaps: [[Int]]) throws(Rejection) -> Finding {
        var isDropped = [Bool](repeating: false, count: rowCount)
        for index in gaps.joined() { isDropped[index] = true }
        let dropped = isDropped.indices.filter { isDropped[$0] }
        let first = dropped[0]
        let finding = Finding(
            .rowsDropped, input: name, row: rows[first],
            "\(name): \(dropped.count) of \(rowCount) rows dropped for missing values, the first \(place(first))")
        guard dropped.count < rowCount else {
            throw Rejection(
                Finding(.missingValue, input: name, row: rows[first], "\(name): every row has a missing value"))
        }
        keep(isDropped.indices.filter { !isDropped[$0] })
        return finding
    }

    private mutating func fillForward(_ gaps: [[Int]]) throws(Rejection) -> [Finding] {
        if case .returns = form {
            throw Rejection(missing(gaps, "returns cannot be filled forward; ask for \"drop-row\""))
        }
        let leading = gaps.map { $0.first == 0 ? [0] : [] }
        guard leading.allSatisfy(\.isEmpty) else {
            throw Rejection(missing(leading, "there is nothing before it to fill it with; ask for \"drop-row\""))
        }
        var findings: [Finding] = []
        for column in columns.indices where !gaps[column].isEmpty {
            for row in gaps[column] { columns[column].values[row] = columns[column].values[row - 1] }
            let first = gaps[column][0]
            findings.append(
                Finding(
                    .valuesFilled, input: name, symbol: symbol(of: columns[column]), row: rows[first],
                    "\(name): \(columns[column].name) filled with the value before it in \(gaps[column].count) rows, "
                        + "the first \(place(first))"))
        }
        return findings
    }
}
