import GRDB

/// The queries of one connection, compiled, and room for the values that the one that runs is given.
///
/// `@unchecked Sendable`: used on the thread of its connection alone, and cleared once that has nothing more to do.
final class StatementShelf: @unchecked Sendable {
    /// Larger values are copied by SQLite.
    private static let roomBytes = 64 << 10

    private var statements: [Statement?] = []
    private let room = UnsafeMutableRawBufferPointer.allocate(byteCount: roomBytes, alignment: 8)
    private var used = 0

    deinit { room.deallocate() }

    /// The statement for `query`, whose values take the place of those of the last one.
    func statement(_ query: Query, _ db: Database) throws -> Statement {
        used = 0
        if query.number < statements.count, let known = statements[query.number] { return known }
        // Compiled to be kept, as those of GRDB's cache are: others would take the room that SQLite works in.
        let statement = try db.cachedStatement(sql: query.sql)
        while statements.count <= query.number { statements.append(nil) }
        statements[query.number] = statement
        return statement
    }

    /// Puts bytes where they stay until the next statement; `nil`: there is no room.
    func place(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawPointer? {
        guard bytes.count <= room.count - used else { return nil }
        let place = UnsafeMutableRawBufferPointer(rebasing: room[used...])
        place.copyMemory(from: bytes)
        used += bytes.count
        return UnsafeRawPointer(room.baseAddress.map { $0 + (used - bytes.count) })
    }

    /// A connection with compiled statements cannot be closed.
    func clear() { statements = [] }
}
