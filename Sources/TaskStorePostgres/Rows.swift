import CLibpq

/// What a statement has answered: rows in the binary format.
final class Rows {
    private let result: OpaquePointer
    let count: Int

    /// Takes `result` over.
    init(_ result: OpaquePointer) {
        self.result = result
        count = Int(PQntuples(result))
    }

    deinit { PQclear(result) }

    var first: RowReader? { count > 0 ? RowReader(self, 0) : nil }

    func map<Value>(_ body: (inout RowReader) throws -> Value) rethrows -> [Value] {
        try (0..<count).map { index in
            var reader = RowReader(self, index)
            return try body(&reader)
        }
    }

    /// The bytes of a value, valid while the rows live; `nil`: NULL.
    func bytes(_ row: Int, _ column: Int) -> UnsafeRawBufferPointer? {
        if PQgetisnull(result, Int32(row), Int32(column)) != 0 { return nil }
        return UnsafeRawBufferPointer(
            start: PQgetvalue(result, Int32(row), Int32(column)),
            count: Int(PQgetlength(result, Int32(row), Int32(column))))
    }
}
