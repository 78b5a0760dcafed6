/// Finds values that no repair can make good: prices that are not positive, and the like.
struct DatasetChecks {
    private let findings: [Finding]

    init(_ dataset: Dataset, kind: ReturnKind) {
        findings = dataset.columns.compactMap { Self.firstBad(in: $0, of: dataset, kind: kind) }
    }

    func throwIfBad() throws(Rejection) {
        if !findings.isEmpty { throw Rejection(findings) }
    }

    private static func firstBad(in column: Dataset.Column, of dataset: Dataset, kind: ReturnKind) -> Finding? {
        let (code, rule): (Finding.Code, String)
        let isBad: (Double) -> Bool
        switch dataset.form {
        case .bars where column.name == PriceColumn.volume.rawValue:
            (code, rule) = (.negativeVolume, "volumes must not be negative")
            isBad = { $0 < 0 }
        case .bars, .table:
            (code, rule) = (.nonPositivePrice, "prices must be positive")
            isBad = { $0 <= 0 }
        case .returns(let unit):
            // A log return may be any number.
            guard kind == .simple else { return nil }
            (code, rule) = (
                .returnBelowMinusOne,
                "a simple return must be above -\(NumberText.shortest(unit.scale))"
                    + " (unit \(unit.rawValue))"
            )
            isBad = { $0 <= -unit.scale }
        }
        let bad = column.values.indices.filter { isBad(column.values[$0]) }
        guard let first = bad.first else { return nil }
        let more = bad.count > 1 ? ", and \(bad.count - 1) more such row\(bad.count > 2 ? "s" : "")" : ""
        return Finding(
            code, input: dataset.name, symbol: dataset.symbol(of: column), row: dataset.rows[first],
            "\(dataset.name): \(column.name) is \(NumberText.shortest(column.values[first])) in \(dataset.place(first))\(more); \(rule)"
        )
    }

    /// Bars whose high is not the highest or whose low is not the lowest of the bar.
    static func inconsistentBars(_ dataset: Dataset) -> [Finding] {
        guard dataset.form == .bars else { return [] }
        func values(_ column: PriceColumn) -> [Double]? {
            dataset.columns.first { $0.name == column.rawValue }?.values
        }
        let others = [PriceColumn.open, .close, .high, .low].compactMap(values)
        let (high, low) = (values(.high), values(.low))
        // Comparisons with a missing value are false.
        let odd = (0..<dataset.rowCount).filter { row in
            others.contains { other in
                high.map { $0[row] < other[row] } == true || low.map { $0[row] > other[row] } == true
            }
        }
        guard let first = odd.first else { return [] }
        let count = odd.count == 1 ? "1 bar" : "\(odd.count) bars"
        return [
            Finding(
                .inconsistentBar, input: dataset.name, symbol: dataset.name, row: dataset.rows[first],
                "\(dataset.name): in \(count), the first in \(dataset.place(first)), the high is not the highest or the "
                    + "low not the lowest price; used as given")
        ]
    }
}
