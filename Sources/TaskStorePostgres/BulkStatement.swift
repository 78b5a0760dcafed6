/// Statements on many rows at once: each parameter is an array, one for each column.
enum BulkStatement {
    static func insert<Row>(into table: String, _ columns: [Column<Row>]) -> String {
        "INSERT INTO \(table) (\(names(columns))) SELECT * FROM \(unnest(columns))"
    }

    /// - Parameter columns: the first one is the key that finds the row.
    static func update<Row>(_ table: String, _ columns: some Collection<Column<Row>>) -> String {
        let columns = Array(columns)
        let key = quoted(columns[0].name)
        let set = columns.dropFirst().map { "\(quoted($0.name)) = new.\(quoted($0.name))" }.joined(separator: ", ")
        return "UPDATE \(table) AS old SET \(set) FROM \(unnest(columns)) AS new (\(names(columns))) "
            + "WHERE old.\(key) = new.\(key)"
    }

    private static func unnest<Row>(_ columns: [Column<Row>]) -> String {
        let arrays = columns.enumerated().map { "$\($0.offset + 1)::\($0.element.type.name)[]" }
        return "unnest(\(arrays.joined(separator: ", ")))"
    }

    private static func names<Row>(_ columns: [Column<Row>]) -> String {
        columns.map { quoted($0.name) }.joined(separator: ", ")
    }

    private static func quoted(_ name: String) -> String { name == "end" ? "\"end\"" : name }
}
