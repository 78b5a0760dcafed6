import GRDB
private import GRDBSQLite

/// A cached statement on its way through SQLite, with nothing in between: what GRDB makes of arguments and rows costs more than
/// the work on most of the rows here.
///
/// To be run to its end before the next statement: one that stands between two rows keeps its snapshot.
struct DirectStatement: ~Copyable {
    private let statement: Statement
    private let db: Database

    init(_ sql: String, _ arguments: [(any DatabaseValueConvertible)?], _ db: Database) throws {
        let statement = try db.cachedStatement(sql: sql)
        let handle = statement.sqliteStatement
        sqlite3_reset(handle)
        sqlite3_clear_bindings(handle)
        precondition(
            Int(sqlite3_bind_parameter_count(handle)) == arguments.count, "arguments that do not fit the statement")
        for (index, argument) in arguments.enumerated() {
            guard let argument else { continue }
            let code = argument.bind(to: handle, at: CInt(index + 1))
            if code != SQLITE_OK { throw Self.failure(code, statement, db) }
        }
        self.statement = statement
        self.db = db
    }

    init(_ query: Query, _ shelf: StatementShelf, _ db: Database, _ give: (inout Binder) throws -> Void) throws {
        let statement = try shelf.statement(query, db)
        let handle = statement.sqliteStatement
        sqlite3_reset(handle)
        var binder = Binder(handle, shelf)
        try give(&binder)
        precondition(sqlite3_bind_parameter_count(handle) == binder.count, "values that do not fit the statement")
        if binder.code != SQLITE_OK { throw Self.failure(binder.code, statement, db) }
        self.statement = statement
        self.db = db
    }

    deinit { sqlite3_reset(statement.sqliteStatement) }

    /// To its end, whatever rows there are.
    func run() throws { while try step() {} }

    /// What `read` makes of each row.
    func rows<Element>(_ read: (inout RowReader) throws -> Element) throws -> [Element] {
        var elements: [Element] = []
        while try step() {
            var reader = RowReader(statement.sqliteStatement)
            elements.append(try read(&reader))
        }
        return elements
    }

    /// What `read` makes of the first row; `nil`: there is none.
    func first<Element>(_ read: (inout RowReader) throws -> Element) throws -> Element? {
        guard try step() else { return nil }
        var reader = RowReader(statement.sqliteStatement)
        return try read(&reader)
    }

    /// Whether it stands on a row.
    private func step() throws -> Bool {
        let code = sqlite3_step(statement.sqliteStatement)
        if code == SQLITE_ROW { return true }
        if code == SQLITE_DONE { return false }
        throw Self.failure(code, statement, db)
    }

    private static func failure(_ code: CInt, _ statement: Statement, _ db: Database) -> DatabaseError {
        DatabaseError(
            resultCode: ResultCode(rawValue: code), message: String(cString: sqlite3_errmsg(db.sqliteConnection)),
            sql: statement.sql)
    }
}
