import BenchmarkSupport
import FoundationEssentials
import GRDB

/// What the file system and SQLite allow at all: one transaction that inserts a row of 256 bytes and updates it.
struct RawSQLite {
    static let rowBytes = 256

    private let database: DatabaseQueue

    /// - Parameter path: a file that is not there yet.
    init(path: String) throws {
        var configuration = Configuration()
        configuration.journalMode = .wal
        database = try DatabaseQueue(path: path, configuration: configuration)
        try database.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA synchronous = FULL")
            try db.execute(
                sql: "CREATE TABLE peer (id INTEGER PRIMARY KEY, state INTEGER NOT NULL, body BLOB NOT NULL)")
        }
    }

    /// - Parameter transactions: the numbers of the rows.
    func measure(transactions: Range<Int>) throws -> Durations {
        let body = Data(repeating: 0x61, count: Self.rowBytes)
        return try database.writeWithoutTransaction { db in
            let insert = try db.makeStatement(sql: "INSERT INTO peer (id, state, body) VALUES (?, 0, ?)")
            let update = try db.makeStatement(sql: "UPDATE peer SET state = 1 WHERE id = ?")
            var durations = Durations()
            for id in transactions {
                let begin = ContinuousClock.now
                try db.inTransaction(.immediate) {
                    try insert.execute(arguments: [id, body])
                    try update.execute(arguments: [id])
                    return .commit
                }
                durations.add(begin.duration(to: .now))
            }
            return durations
        }
    }
}
