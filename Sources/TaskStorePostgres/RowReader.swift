import TaskQueue

/// Reads the columns of a row one after the other, in the order in which the statement names them.
struct RowReader {
    private let rows: Rows
    private let row: Int
    private var column = 0

    init(_ rows: Rows, _ row: Int) {
        self.rows = rows
        self.row = row
    }

    mutating func optionalInteger() throws -> Int64? {
        guard let bytes = next() else { return nil }
        guard bytes.count == 8 else { throw corrupt("an integer of \(bytes.count) bytes") }
        return Int64(bigEndian: bytes.loadUnaligned(as: Int64.self))
    }

    mutating func optionalText() -> String? { next().map { String(decoding: $0, as: UTF8.self) } }
    mutating func optionalBytes() -> [UInt8]? { next().map { [UInt8]($0) } }

    mutating func integer() throws -> Int64 { try present(try optionalInteger()) }
    mutating func int() throws -> Int { Int(clamping: try integer()) }
    mutating func optionalInt() throws -> Int? { try optionalInteger().map(Int.init(clamping:)) }
    mutating func text() throws -> String { try present(optionalText()) }
    mutating func bytes() throws -> [UInt8] { try present(optionalBytes()) }
    mutating func time() throws -> StoreTime { StoreTime(milliseconds: try integer()) }
    mutating func optionalTime() throws -> StoreTime? {
        try optionalInteger().map(StoreTime.init(milliseconds:))
    }

    mutating func bool() throws -> Bool { try present(try optionalBool()) }

    mutating func optionalBool() throws -> Bool? {
        guard let bytes = next() else { return nil }
        guard bytes.count == 1 else { throw corrupt("a truth value of \(bytes.count) bytes") }
        return bytes[0] != 0
    }

    mutating func double() throws -> Double {
        guard let bytes = next(), bytes.count == 8 else { throw corrupt("a number of the wrong size") }
        return Double(bitPattern: UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)))
    }

    mutating func optionalToken() throws -> LeaseToken? {
        guard let bytes = next() else { return nil }
        guard bytes.count == 16 else { throw corrupt("a lease token of \(bytes.count) bytes") }
        return LeaseToken(
            high: UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
            low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
    }

    mutating func optionalWord<Word: RawRepresentable>(_ type: Word.Type) throws -> Word?
    where Word.RawValue == String {
        guard let text = optionalText() else { return nil }
        guard let word = Word(rawValue: text) else { throw corrupt("the unknown word \(text) for \(Word.self)") }
        return word
    }

    mutating func word<Word: RawRepresentable>(_ type: Word.Type) throws -> Word where Word.RawValue == String {
        try present(try optionalWord(type))
    }

    mutating func optionalFailure() -> Failure? {
        let code = optionalText()
        let message = optionalText()
        return code.map { Failure(code: $0, message: message ?? "") }
    }

    private mutating func next() -> UnsafeRawBufferPointer? {
        defer { column += 1 }
        return rows.bytes(row, column)
    }

    private func present<Value>(_ value: Value?) throws -> Value {
        guard let value else { throw corrupt("nothing where a value must stand") }
        return value
    }

    private func corrupt(_ what: String) -> TaskStoreError {
        TaskStoreError(.corrupt, "the task store holds \(what): it was written by another release, or is damaged")
    }
}

extension LeaseToken {
    /// As stored: 16 bytes, big-endian.
    var bytes: [UInt8] {
        [high, low].flatMap { half in withUnsafeBytes(of: half.bigEndian) { [UInt8]($0) } }
    }
}
