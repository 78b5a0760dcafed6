import FoundationEssentials
import GRDB
import TaskQueue

/// Reads the columns of a row one after the other. The tables are STRICT, so that a column holds its declared type; only the
/// words in text columns need checking. In a damaged file nothing is sure: what should be there and is not reads as nothing, and
/// `check` says so.
struct RowReader {
    private enum Source {
        case row(Row)
        /// One that has just made a step: good until the next one.
        case statement(SQLiteStatement)
    }

    private let source: Source
    private var index = 0
    private var isDamaged = false

    init(_ row: Row) { source = .row(row) }

    init(_ statement: SQLiteStatement) { source = .statement(statement) }

    /// To be called when all is read.
    func check() throws {
        if isDamaged { throw corrupt("a row that lacks what every row has") }
    }

    mutating func skip(_ count: Int) { index += count }

    mutating func integer() -> Int64 { optionalInteger() ?? damaged(0) }
    mutating func int() -> Int { Int(clamping: integer()) }
    mutating func optionalInt() -> Int? { optionalInteger().map(Int.init(clamping:)) }
    mutating func bool() -> Bool { integer() != 0 }
    mutating func text() -> String { optionalText() ?? damaged("") }
    mutating func time() -> StoreTime { StoreTime(milliseconds: integer()) }
    mutating func optionalTime() -> StoreTime? { optionalInteger().map(StoreTime.init(milliseconds:)) }
    mutating func bytes() throws -> [UInt8] { try optionalBytes() ?? [] }

    mutating func optionalBytes() throws -> [UInt8]? {
        switch source {
        case .row(let row): try row.withUnsafeData(atIndex: advance()) { $0.map { [UInt8]($0) } }
        case .statement(let statement):
            Data.fromStatement(statement, atUncheckedIndex: CInt(advance())).map { [UInt8]($0) }
        }
    }

    mutating func optionalToken() throws -> LeaseToken? {
        guard let bytes = try optionalBytes() else { return nil }
        guard bytes.count == 16 else { throw corrupt("a lease token of \(bytes.count) bytes") }
        let halves = [bytes.prefix(8), bytes.suffix(8)].map { $0.reduce(UInt64(0)) { $0 << 8 | UInt64($1) } }
        return LeaseToken(high: halves[0], low: halves[1])
    }

    mutating func word<Word: RawRepresentable>(_ type: Word.Type) throws -> Word where Word.RawValue == String {
        let text = text()
        guard let word = Word(rawValue: text) else { throw corrupt("the unknown word \(text) for \(Word.self)") }
        return word
    }

    mutating func optionalWord<Word: RawRepresentable>(_ type: Word.Type) throws -> Word?
    where Word.RawValue == String {
        guard let text = optionalText() else { return nil }
        guard let word = Word(rawValue: text) else { throw corrupt("the unknown word \(text) for \(Word.self)") }
        return word
    }

    mutating func optionalFailure() -> Failure? {
        let code = optionalText()
        let message = optionalText()
        return code.map { Failure(code: $0, message: message ?? "") }
    }

    private mutating func advance() -> Int {
        defer { index += 1 }
        return index
    }

    private mutating func damaged<Value>(_ value: Value) -> Value {
        isDamaged = true
        return value
    }

    // For each type by itself: what is generic is looked up anew for each column.

    mutating func optionalInteger() -> Int64? {
        switch source {
        case .row(let row): row[advance()]
        case .statement(let statement): Int64.fromStatement(statement, atUncheckedIndex: CInt(advance()))
        }
    }

    mutating func double() -> Double {
        let value: Double? =
            switch source {
            case .row(let row): row[advance()]
            case .statement(let statement): Double.fromStatement(statement, atUncheckedIndex: CInt(advance()))
            }
        return value ?? damaged(0)
    }

    mutating func optionalText() -> String? {
        switch source {
        case .row(let row): row[advance()]
        case .statement(let statement): String.fromStatement(statement, atUncheckedIndex: CInt(advance()))
        }
    }

    private func corrupt(_ what: String) -> TaskStoreError {
        TaskStoreError(.corrupt, "the task store holds \(what): it was written by another release, or is damaged")
    }
}
