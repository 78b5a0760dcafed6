import GRDB
private import GRDBSQLite
import TaskQueue

/// Gives a statement its values, in the order of its marks.
struct Binder: ~Copyable {
    // Of the C macros with a cast: the bytes stay where they are, or are to be copied.
    private static let stays: sqlite3_destructor_type? = nil
    private static let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    private let statement: SQLiteStatement
    private let shelf: StatementShelf
    /// How many it has given.
    private(set) var count: CInt = 0
    /// What SQLite said to the first that it did not take.
    private(set) var code = SQLITE_OK

    init(_ statement: SQLiteStatement, _ shelf: StatementShelf) {
        self.statement = statement
        self.shelf = shelf
    }

    mutating func bind(_ value: Int64) {
        count += 1
        note(sqlite3_bind_int64(statement, count, value))
    }

    mutating func bind(_ value: Double) {
        count += 1
        note(sqlite3_bind_double(statement, count, value))
    }

    mutating func bind(_ value: String) {
        count += 1
        var value = value
        let code = value.withUTF8 { text in
            let bytes = UnsafeRawBufferPointer(text)
            let place = shelf.place(bytes)
            let start = (place ?? bytes.baseAddress)?.assumingMemoryBound(to: CChar.self)
            return sqlite3_bind_text(
                statement, count, start, CInt(bytes.count), place == nil ? Self.copied : Self.stays)
        }
        note(code)
    }

    mutating func bind(_ value: [UInt8]) { value.withUnsafeBytes { bind(blob: $0) } }

    mutating func bind(_ value: LeaseToken) {
        withUnsafeBytes(of: (value.high.bigEndian, value.low.bigEndian)) { bind(blob: $0) }
    }

    private mutating func bind(blob bytes: UnsafeRawBufferPointer) {
        count += 1
        // An address that is null would make it one that is not there.
        guard !bytes.isEmpty else { return note(sqlite3_bind_zeroblob(statement, count, 0)) }
        let place = shelf.place(bytes)
        note(
            sqlite3_bind_blob(
                statement, count, place ?? bytes.baseAddress, CInt(bytes.count),
                place == nil ? Self.copied : Self.stays))
    }

    mutating func bindNull() {
        count += 1
        note(sqlite3_bind_null(statement, count))
    }

    mutating func bind(_ value: Int) { bind(Int64(value)) }
    mutating func bind(_ value: Bool) { bind(value ? 1 : 0 as Int64) }
    mutating func bind(_ value: StoreTime) { bind(value.milliseconds) }

    mutating func bind(_ value: Int64?) { if let value { bind(value) } else { bindNull() } }
    mutating func bind(_ value: Int?) { if let value { bind(value) } else { bindNull() } }
    mutating func bind(_ value: Bool?) { if let value { bind(value) } else { bindNull() } }
    mutating func bind(_ value: StoreTime?) { if let value { bind(value) } else { bindNull() } }
    mutating func bind(_ value: String?) { if let value { bind(value) } else { bindNull() } }
    mutating func bind(_ value: [UInt8]?) { if let value { bind(value) } else { bindNull() } }
    mutating func bind(_ value: LeaseToken?) { if let value { bind(value) } else { bindNull() } }

    private mutating func note(_ code: CInt) { if self.code == SQLITE_OK { self.code = code } }
}
