internal import StructuredData

/// Makes data of CSV text: a header line, a time column, and either prices of one symbol or a column for each symbol.
///
/// The time column is the one called `date`, `time`, `datetime` or `timestamp`. Where a column is called `close`, the columns
/// `open`, `high`, `low`, `close` and `volume` make bars and others are left out with a warning; otherwise every column is a
/// symbol of a table. Letter case does not matter for any of these names.
struct CSVDatasetReader {
    let name: String
    /// Where the text, or the file's name, stands in the task's input.
    let path: JSONPointer

    private static let timeNames: Set<String> = ["date", "time", "datetime", "timestamp"]

    /// What a column of the text becomes.
    private enum Role {
        case time
        case values(Int)
        case ignored
    }

    func dataset(_ bytes: [UInt8], notes: inout [Finding]) throws(Rejection) -> Dataset {
        var reader = CSVReader(bytes)
        var fields: [CSVReader.Field] = []
        guard try next(&reader, &fields) else {
            throw bad("the CSV text is empty; its first line must name the columns, such as date,close")
        }
        let header = fields.map { reader.text($0) }
        let (form, roles, names) = try layout(of: header, notes: &notes)

        var columns = names.map { Dataset.Column(name: $0, values: []) }
        var times: [String] = []
        var points: [TimePoint] = []
        while try next(&reader, &fields) {
            let row = times.count + 1
            guard fields.count == roles.count else {
                throw bad(
                    row: row, line: reader.line, "has \(fields.count) fields, but the header has \(roles.count)")
            }
            for (index, role) in roles.enumerated() {
                switch role {
                case .time:
                    let text = reader.text(fields[index])
                    guard let point = TimePoint(text) else {
                        throw bad(
                            .badTime, row: row, line: reader.line,
                            "\(JSON.string(text).text()) is no time; write YYYY-MM-DD or RFC 3339")
                    }
                    times.append(text)
                    points.append(point)
                case .values(let column):
                    switch reader.number(fields[index]) {
                    case .value(let value): columns[column].values.append(value)
                    case .missing: columns[column].values.append(.nan)
                    case .invalid:
                        throw bad(
                            .badNumber, row: row, line: reader.line, symbol: form == .bars ? name : names[column],
                            "\(names[column]) is \(JSON.string(reader.text(fields[index])).text()), which is no number")
                    }
                case .ignored: break
                }
            }
        }
        return Dataset(name: name, form: form, times: times, points: points, columns: columns)
    }

    private func next(_ reader: inout CSVReader, _ fields: inout [CSVReader.Field]) throws(Rejection) -> Bool {
        do throws(CSVReader.UnterminatedQuote) {
            return try reader.next(into: &fields)
        } catch {
            throw bad("line \(error.line): a quoted field does not end")
        }
    }

    private func layout(
        of header: [String], notes: inout [Finding]
    ) throws(Rejection) -> (form: Dataset.Form, roles: [Role], names: [String]) {
        let lowered = header.map { $0.lowercased() }
        guard let time = lowered.firstIndex(where: Self.timeNames.contains) else {
            throw bad(
                "no column is called date, time, datetime or timestamp; the header is: \(header.joined(separator: ","))"
            )
        }
        let isBars = lowered.contains(PriceColumn.close.rawValue)
        var roles: [Role] = []
        var names: [String] = []
        for (index, title) in header.enumerated() {
            let name = isBars ? lowered[index] : title
            if index == time {
                roles.append(.time)
            } else if isBars, PriceColumn(rawValue: name) == nil {
                roles.append(.ignored)
                notes.append(
                    Finding(
                        .columnIgnored, input: self.name, path: path,
                        "\(self.name): the column \(JSON.string(title).text()) is no part of bars and was left out"))
            } else if title.isEmpty {
                throw bad("column \(index + 1) has no name")
            } else if names.contains(name) {
                throw bad("two columns are called \(JSON.string(name).text())")
            } else {
                roles.append(.values(names.count))
                names.append(name)
            }
        }
        guard !names.isEmpty else { throw bad("there is no column but the time") }
        let open = PriceColumn.allCases.filter { $0 != .close }.map(\.rawValue)
        if !isBars, names.count > 1, names.allSatisfy({ open.contains($0.lowercased()) }) {
            throw bad("the column close is missing")
        }
        return (isBars ? .bars : .table, roles, names)
    }

    private func bad(_ message: String) -> Rejection {
        Rejection(Finding(.badCSV, input: name, path: path, "\(name): \(message)"))
    }

    private func bad(
        _ code: Finding.Code = .badCSV, row: Int, line: Int, symbol: String? = nil, _ message: String
    ) -> Rejection {
        Rejection(
            Finding(
                code, input: name, symbol: symbol, row: row, path: path,
                "\(name), row \(row) (line \(line) of the text): \(message)"))
    }
}
