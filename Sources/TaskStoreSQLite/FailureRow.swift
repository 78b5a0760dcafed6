import GRDB
import StructuredData
import TaskQueue

/// How a `FailureGroup` lies in the table `failures`.
enum FailureRow {
    static let select = "SELECT namespace, swarm, code, pattern, count, first, last, examples FROM failures "

    static func read(_ row: Row) throws -> FailureGroup {
        var row = RowReader(row)
        return FailureGroup(
            namespace: row.text(), swarm: row.text(),
            fingerprint: FailureFingerprint(code: row.text(), pattern: row.text()), count: row.int(),
            first: row.time(), last: row.time(), examples: try JSONText.strings(row.text()).map { TaskID($0) })
    }
}

/// Lists of words in a text column.
enum JSONText {
    static func of(_ strings: [String]) -> String { JSON(strings).text() }

    static func strings(_ text: String) throws -> [String] {
        try JSON.parse(text).arrayValue?.compactMap(\.stringValue) ?? []
    }
}
