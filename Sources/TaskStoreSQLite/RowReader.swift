import FoundationEssentials
import GRDB
import TaskQueue

/// Reads the columns of a row one after the other. The tables are STRICT, so that a column holds its declared type; only the
/// words in text columns need checking. In a damaged file nothing is sure: what should be there and is not reads as nothing, and
/// `check` says so.
struct RowReader {
    private let row: Row
    private var index = 0
    private var isDamaged = false

    init(_ row: Row) { self.row = row }

    /// To be called when all is read.
    func check() throws {
        if isDamaged { throw corrupt("a row that lacks what every row has") }
    }

    mutating func integer() -> Int64 { optional() ?? damaged(0) }
    mutating func optionalInteger() -> Int64? { optional() }
    mutating func int() -> Int { Int(clamping: integer()) }
    mutating func optionalInt() -> Int? { (optional() as Int64?).map(Int.init(clamping:)) }
    mutating func double() -> Double { optional() ?? damaged(0) }
    mutating func bool() -> Bool { integer() != 0 }
    mutating func text() -> String { optional() ?? damaged("") }
    mutating func optionalText() -> String? { optional() }
    mutating func time() -> StoreTime { StoreTime(milliseconds: integer()) }
    mutating func optionalTime() -> StoreTime? { (optional() as Int64?).map(StoreTime.init(milliseconds:)) }
    mutating func bytes() throws -> [UInt8] { try optionalBytes() ?? [] }

    mutating func optionalBytes() throws -> [UInt8]? {
        try row.withUnsafeData(atIndex: advance()) { $0.map { [UInt8]($0) } }
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

    private mutating func optional<Value: DatabaseValueConvertible & StatementColumnConvertible>() -> Value? {
        row[advance()]
    }

    private func corrupt(_ what: String) -> TaskStoreError {
        TaskStoreError(.corrupt, "the task store holds \(what): it was written by another release, or is damaged")
    }
}

extension LeaseToken {
    /// As stored: 16 bytes, big-endian.
    var bytes: Data {
        Data(
            [high, low].flatMap { half in (0..<8).map { UInt8(truncatingIfNeeded: half >> (56 - 8 * UInt64($0))) } })
    }
}
