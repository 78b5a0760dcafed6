import GRDB
import Synchronization

/// A connection for reads of a row or two by their key, which are done where they are asked for: they take microseconds, and to hand
/// them to another thread and back takes several times as long.
///
/// One at a time, and nobody waits for his turn: `nil` says to read by the pool instead.
final class PointReader: Sendable {
    /// What single rows need; SQLite's own default is 2 MiB.
    private static let cacheKibibytes = 256

    private let queue: DatabaseQueue
    private let isOpen = Mutex(true)

    init(path: String) throws {
        var configuration = Configuration()
        configuration.label = "task store, single rows"
        configuration.readonly = true
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA cache_size = -\(Self.cacheKibibytes)") }
        queue = try DatabaseQueue(path: path, configuration: configuration)
    }

    /// Reads with one statement, from a snapshot that holds everything that was committed.
    func read<Value: Sendable>(_ body: @Sendable (Database) throws -> Value) throws -> Value? {
        try isOpen.withLockIfAvailable { isOpen in
            isOpen ? try queue.unsafeRead(body) : nil
        } ?? nil
    }

    func close() throws {
        let wasOpen = isOpen.withLock { isOpen in
            defer { isOpen = false }
            return isOpen
        }
        if wasOpen { try queue.close() }
    }
}
