/// The text of a statement, and whether a session keeps it prepared.
struct Statement: Sendable, Hashable {
    /// Under which each session keeps it; `nil`: planned for its parameters each time.
    var name: String?
    var sql: String

    init(_ name: String, _ sql: String) {
        self.name = name
        self.sql = sql
    }

    init(_ sql: String) { self.sql = sql }
}

/// A statement with its parameters.
struct Request: Sendable {
    var statement: Statement
    var parameters: Parameters

    init(_ statement: Statement, _ parameters: Parameters = Parameters()) {
        self.statement = statement
        self.parameters = parameters
    }

    init(_ sql: String, _ cells: Cell...) {
        statement = Statement(sql)
        parameters = Parameters()
        for cell in cells { parameters.add(cell) }
    }
}
