import GRDB
import TaskQueue
import Testing

@testable import TaskStoreSQLite

@Suite("Statements with nothing in between")
struct DirectStatementTests {
    private static let insert = Query("INSERT INTO t (number, text, bytes, real) VALUES (?, ?, ?, ?)")
    private static let select = Query("SELECT number, text, bytes, real FROM t WHERE rowid = ?")
    private static let count = Query("SELECT count(*) FROM t")

    /// A connection with one table, which is closed after `body`: no statement may be left then.
    private func run(_ body: (Database, StatementShelf) throws -> Void) throws {
        let queue = try DatabaseQueue()
        let shelf = StatementShelf()
        try queue.inDatabase { db in
            try db.execute(sql: "CREATE TABLE t (number INTEGER, text TEXT, bytes BLOB, real REAL) STRICT")
            try body(db, shelf)
            shelf.clear()
        }
        try queue.close()
    }

    private func count(_ db: Database, _ shelf: StatementShelf) throws -> Int? {
        try DirectStatement(Self.count, shelf, db) { _ in }.first { $0.int() }
    }

    @Test(
        "Values come back as they were given, whatever their size",
        arguments: [0, 1, 15, 16, 1000, 40_000, 65_536, 65_537, 300_000])
    func values(size: Int) throws {
        try run { db, shelf in
            let text = String(repeating: "é", count: size / 2) + String(repeating: "x", count: size % 2)
            let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            // The second takes the place of the first where it was kept.
            for number in [Int64.min, .max] {
                try DirectStatement(Self.insert, shelf, db) {
                    $0.bind(number)
                    $0.bind(text)
                    $0.bind(bytes)
                    $0.bind(0.1)
                }.run()
            }
            for (row, number) in [(1, Int64.min), (2, .max)] {
                let found = try DirectStatement(Self.select, shelf, db) { $0.bind(row) }.first { row in
                    #expect(row.integer() == number)
                    #expect(row.text() == text)
                    #expect(try row.optionalBytes() == bytes)
                    #expect(row.double() == 0.1)
                    try row.check()
                    return true
                }
                #expect(found == true)
            }
        }
    }

    @Test("Nothing is another thing than something empty, and takes the place of what was there")
    func nothing() throws {
        try run { db, shelf in
            try DirectStatement(Self.insert, shelf, db) {
                $0.bind(7)
                $0.bind("text")
                $0.bind([1, 2, 3])
                $0.bind(1.5)
            }.run()
            try DirectStatement(Self.insert, shelf, db) {
                $0.bind(nil as Int64?)
                $0.bind(nil as String?)
                $0.bind(nil as [UInt8]?)
                $0.bindNull()
            }.run()
            let isNothing = try DirectStatement(Self.select, shelf, db) { $0.bind(2) }.first { row in
                try row.optionalInteger() == nil && row.optionalText() == nil && row.optionalBytes() == nil
            }
            #expect(isNothing == true)
            #expect(try DirectStatement(Self.select, shelf, db) { $0.bind(3) }.first { $0.integer() } == nil)
        }
    }

    @Test("A lease token lies as its 16 bytes, the high ones first")
    func token() throws {
        try run { db, shelf in
            let token = LeaseToken(high: 0x0102_0304_0506_0708, low: 0x090A_0B0C_0D0E_0F10)
            try DirectStatement(Self.insert, shelf, db) {
                $0.bindNull()
                $0.bindNull()
                $0.bind(token)
                $0.bindNull()
            }.run()
            let bytes = try [UInt8].fetchOne(db)
            #expect(bytes == Array(1...16))
        }
    }

    @Test("What is not to be kept is undone alone, and whatever throws leaves nothing")
    func transactions() throws {
        try run { db, shelf in
            let whole = DirectTransaction(db: db, shelf: shelf)
            func insert() throws {
                try DirectStatement(Self.insert, shelf, db) { binder in for _ in 0..<4 { binder.bindNull() } }.run()
            }
            try whole.run {
                try insert()
                try whole.part {
                    try insert()
                    return false
                }
                try whole.part {
                    try insert()
                    return true
                }
                #expect(throws: CancellationError.self) {
                    try whole.part {
                        try insert()
                        throw CancellationError()
                    }
                }
                return true
            }
            #expect(try count(db, shelf) == 2)
            #expect(throws: CancellationError.self) {
                try whole.run {
                    try insert()
                    throw CancellationError()
                }
            }
            try whole.run {
                try insert()
                return false
            }
            #expect(try count(db, shelf) == 2)
            #expect(!db.isInsideTransaction)
        }
    }

    @Test("A transaction that was undone by itself does not pass for one that was kept")
    func undone() throws {
        try run { db, shelf in
            let whole = DirectTransaction(db: db, shelf: shelf)
            for isKept in [true, false] {
                let error = #expect(throws: DatabaseError.self) {
                    try whole.run {
                        try whole.part {
                            try db.execute(sql: "ROLLBACK")
                            return isKept
                        }
                        return true
                    }
                }
                #expect(error?.resultCode == .SQLITE_ABORT)
            }
            #expect(throws: DatabaseError.self) {
                try whole.run {
                    try db.execute(sql: "ROLLBACK")
                    return true
                }
            }
            // Nothing was to be kept: then it is as it should be.
            try whole.run {
                try db.execute(sql: "ROLLBACK")
                return false
            }
        }
    }
}

extension [UInt8] {
    fileprivate static func fetchOne(_ db: Database) throws -> [UInt8]? {
        try Row.fetchOne(db, sql: "SELECT bytes FROM t").flatMap { row in
            try row.withUnsafeData(atIndex: 0) { $0.map { [UInt8]($0) } }
        }
    }
}
