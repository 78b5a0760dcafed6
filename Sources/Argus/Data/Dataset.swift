/// The data of one named input, in columns of equal length. A missing value is NaN here, and nowhere else.
struct Dataset: Sendable {
    enum Form: Sendable, Equatable {
        /// Columns are `open`, `high`, `low`, `close` and `volume`, as many as there are; the symbol is the input's name.
        case bars
        /// Columns are closing prices of the symbols that they are named for.
        case table
        /// Columns are returns of the symbols that they are named for, as the unit says.
        case returns(ReturnUnit)
    }

    enum ReturnUnit: String, Sendable {
        case fraction, percent

        var scale: Double { self == .percent ? 100 : 1 }
    }

    struct Column: Sendable {
        var name: String
        var values: [Double]
    }

    let name: String
    let form: Form
    /// The times as they were given; empty where returns came without.
    var times: [String]
    var points: [TimePoint]
    var columns: [Column]
    /// The data row that each row was, counted from 1: they differ once rows have been dropped.
    var rows: [Int]

    init(name: String, form: Form, times: [String], points: [TimePoint], columns: [Column]) {
        self.name = name
        self.form = form
        self.times = times
        self.points = points
        self.columns = columns
        rows = Array(1..<(columns.first?.values.count ?? 0) + 1)
    }

    var rowCount: Int { rows.count }
    var hasTimes: Bool { !times.isEmpty }

    /// The symbol that a column's values are about.
    func symbol(of column: Column) -> String { form == .bars ? name : column.name }

    /// Keeps the first `count` rows.
    mutating func truncate(to count: Int) {
        guard count < rowCount else { return }
        rows.removeLast(rowCount - count)
        if hasTimes {
            times.removeLast(times.count - count)
            points.removeLast(points.count - count)
        }
        for index in columns.indices { columns[index].values.removeLast(columns[index].values.count - count) }
    }

    /// Keeps the rows at `indexes`, which rise.
    mutating func keep(_ indexes: [Int]) {
        rows = indexes.map { rows[$0] }
        if hasTimes {
            times = indexes.map { times[$0] }
            points = indexes.map { points[$0] }
        }
        for column in columns.indices {
            let values = columns[column].values
            columns[column].values = indexes.map { values[$0] }
        }
    }

    /// Where a row is, for people: its time where there is one.
    func place(_ index: Int) -> String { hasTimes ? "row \(rows[index]) (\(times[index]))" : "row \(rows[index])" }
}
