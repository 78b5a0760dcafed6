import FoundationEssentials
import GRDB
import Glibc
import Synchronization
package import TaskQueue

/// The task store in one SQLite file, owned by one process.
///
/// Large results lie in the directory `<path>-blobs`. WAL with `synchronous=FULL`: what a call has answered is on the disk, but for
/// when agents were last heard of and the numbers of polls that found nothing (`AgentNotes`). Writers take turns in group commits,
/// readers see snapshots and wait for nobody. Killed at any moment, it opens again on the same file with all that was answered, each
/// of it once.
package final class SQLiteTaskStore: TaskStore {
    package let policy: QueuePolicy
    let pool: DatabasePool
    let writer: GroupCommit
    private let shelf: StatementShelf
    private let points: PointReader
    private let checkpoints: LogCheckpoints
    let feedTail: FeedTail
    let hints = FeedHints()
    /// One program alone has the store open.
    private let hub = Broadcast<String>(mostWaiting: StoreMessageLimits.waiting)
    package var messages: any StoreMessages { hub }
    let notes: AgentNotes
    let pulse: SwarmPulse
    private let files: BlobDirectory
    package var blobs: any BlobStore { files }
    private let lock: Mutex<FileLock?>
    private let time: @Sendable () -> StoreTime

    /// Opens the store at `path`, made if it is not there, and gives live leases one full period: their agents could not send
    /// heartbeats while nobody had it open.
    ///
    /// Blocks on the disk; call it before serving.
    /// - Parameter generator: lease tokens come from it.
    /// - Throws: `TaskStoreError`: `unavailable` where another attempt may do better, `inUse`, `cannotOpen`, `corrupt`.
    package init(
        path: String,
        clock: any StoreClock = SystemStoreClock(),
        policy: QueuePolicy = QueuePolicy(),
        generator: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()
    ) throws(TaskStoreError) {
        let lock = try FileLock(for: path)
        let opened: Opened
        do {
            opened = try Self.open(path, clock, policy, generator)
        } catch {
            throw Self.openingError(path, error)
        }
        self.policy = policy
        self.lock = Mutex(consume lock)
        pool = opened.pool
        time = opened.now
        points = opened.points
        checkpoints = opened.checkpoints
        shelf = opened.context.shelf
        notes = opened.context.notes
        pulse = opened.context.pulse
        let feedTail = FeedTail(end: opened.feedEnd)
        self.feedTail = feedTail
        do {
            let writer = try GroupCommit(
                pool: opened.pool, files: StoreFiles(path: path), context: opened.context, feedTail: feedTail,
                checkpoints: opened.checkpoints
            ) { [hints] in
                hints.tell(isPressing: $0)
            }
            self.writer = writer
            files = try BlobDirectory(path: path + "-blobs", pool: opened.pool, writer: writer, now: opened.now)
        } catch {
            throw Self.openingError(path, error)
        }
    }

    package func now() -> StoreTime { time() }

    /// Finishes what was asked for and gives the file free. Later calls throw `closed`.
    package func close() async throws {
        // Lost, it would be known again before long.
        try? await write { transaction in
            try transaction.writeNotes(isLast: true)
            try transaction.writePulse()
        }
        await writer.close()
        // Its thread has nothing more to do, and the pool cannot be closed before.
        shelf.clear()
        files.close()
        hints.close()
        hub.close()
        feedTail.close()
        do {
            try points.close()
            try checkpoints.close()
            try pool.close()
        } catch { throw TaskStoreError.of(error) }
        lock.withLock { $0 = nil }
    }

    /// Reads from a snapshot that holds everything answered so far.
    func read<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        do { return try await pool.read(body) } catch { throw TaskStoreError.of(error) }
    }

    /// Reads a row or two by their key, with one statement.
    func readPoint<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        do {
            if let value = try points.read(body) { return value }
        } catch {
            throw TaskStoreError.of(error)
        }
        return try await read(body)
    }

    func write<Value: Sendable>(
        onStored: (@Sendable (Value) -> Void)? = nil,
        _ body: @escaping @Sendable (StoreTransaction) throws -> Value
    ) async throws -> Value {
        do { return try await writer.perform(onStored: onStored, body) } catch { throw TaskStoreError.of(error) }
    }
}

// MARK: - Opening

extension SQLiteTaskStore {
    private struct Opened {
        var pool: DatabasePool
        var context: StoreTransaction.Context
        var now: @Sendable () -> StoreTime
        var points: PointReader
        var checkpoints: LogCheckpoints
        var feedEnd: Int64
    }

    private static let writerCacheKibibytes = 8 << 10
    /// Of files that are made; those that are there keep theirs. A commit writes about 14 pages, each for the sake of a row or two,
    /// and what it writes has to be on the disk: half of SQLite's own 4,096 bytes is half of that.
    private static let newPageBytes = 2048

    private static func open(
        _ path: String, _ clock: any StoreClock, _ policy: QueuePolicy,
        _ generator: any RandomNumberGenerator & Sendable
    ) throws -> Opened {
        // Lease tokens are secrets: nobody else may read the file. SQLite gives its other files the same mode.
        let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        if descriptor >= 0 { Glibc.close(descriptor) }
        var configuration = Configuration()
        configuration.label = "task store"
        configuration.maximumReaderCount = 4
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA page_size = \(newPageBytes)") }
        let pool = try DatabasePool(path: path, configuration: configuration)
        try pool.writeWithoutTransaction { db in
            // GRDB asks for NORMAL, which may lose the last commits with the power.
            try db.execute(sql: "PRAGMA synchronous = FULL")
            // The pages that each transaction changes, which are read again and again otherwise.
            try db.execute(sql: "PRAGMA cache_size = -\(writerCacheKibibytes)")
            // What a savepoint may have to take back would go into a file of its own for each call that changes many pages.
            try db.execute(sql: "PRAGMA temp_store = MEMORY")
        }
        let migrator = Schema.migrator
        if try pool.read(migrator.hasBeenSuperseded) {
            throw TaskStoreError(
                .cannotOpen, "the task store \(path) was written by a newer release; start that one, or a new store")
        }
        try migrator.migrate(pool)
        let (latest, lastTurn) = try pool.read { db in
            (
                try Int64.fetchOne(
                    db,
                    sql: """
                        SELECT max(time) FROM (SELECT time FROM state UNION ALL
                        SELECT * FROM (SELECT time FROM feed ORDER BY cursor DESC LIMIT 1))
                        """) ?? 0,
                try Int64.fetchOne(db, sql: "SELECT max(turn) FROM lanes") ?? 0
            )
        }
        // Time goes on from the latest that the store has lived by, should this machine's clock have been put back.
        let ahead = max(latest - clock.now().milliseconds, 0)
        let now: @Sendable () -> StoreTime = { clock.now() + ahead }
        let context = StoreTransaction.Context(
            machine: TaskMachine(policy: policy), now: now, generator: generator, lastTurn: lastTurn)
        try pool.write { db in
            let transaction = StoreTransaction(db, context)
            for task in try transaction.tasks(where: "state = 'leased'", []) {
                try transaction.apply(.recover, to: task)
            }
            try transaction.finish()
        }
        let checkpoints = try LogCheckpoints(path: path)
        try pool.writeWithoutTransaction { writer in
            try checkpoints.watch(writer)
            try GatheredLog.gather(writer)
        }
        return Opened(
            pool: pool, context: context, now: now, points: try PointReader(path: path), checkpoints: checkpoints,
            feedEnd: try pool.read(feedEnd))
    }

    private static func openingError(_ path: String, _ error: any Error) -> TaskStoreError {
        if let error = error as? TaskStoreError { return error }
        switch (error as? DatabaseError)?.resultCode {
        case .SQLITE_NOTADB?:
            return TaskStoreError(
                .cannotOpen, "\(path) is not a task store: it is no SQLite file; choose another path", cause: error)
        case .SQLITE_CORRUPT?:
            return TaskStoreError(
                .corrupt, "the task store \(path) is damaged: \(error); restore it from a backup", cause: error)
        case .SQLITE_FULL?:
            return TaskStoreError(
                .unavailable, "the disk that holds the task store \(path) is full; make room on it", cause: error)
        case .SQLITE_READONLY?:
            return TaskStoreError(
                .cannotOpen,
                "the task store \(path) cannot be written: \(error); the file and its folder must be "
                    + "writable for this user", cause: error)
        default: break
        }
        return TaskStoreError(.cannotOpen, "cannot open the task store \(path): \(error)", cause: error)
    }
}

extension TaskStoreError {
    /// What a database error means to a caller of the store.
    static func of(_ error: any Error) -> any Error {
        switch error {
        case is TaskStoreError, is CancellationError: return error
        case let error as FileFailure:
            let advice = error.isFull ? "; make room on the disk" : ""
            return TaskStoreError(.unavailable, "the task store \(error)\(advice)", cause: error)
        case let error as DatabaseError:
            switch error.resultCode {
            case .SQLITE_CORRUPT, .SQLITE_NOTADB:
                return TaskStoreError(
                    .corrupt, "the task store's file is damaged: \(error); restore it from a backup", cause: error)
            case .SQLITE_FULL:
                return TaskStoreError(
                    .unavailable, "the disk that holds the task store is full; make room on it", cause: error)
            case .SQLITE_MISUSE:
                return TaskStoreError(.closed, "the task store is closed", cause: error)
            default:
                return TaskStoreError(.unavailable, "the task store cannot do its work now: \(error)", cause: error)
            }
        default:
            return TaskStoreError(.corrupt, "the task store holds what cannot be read: \(error)", cause: error)
        }
    }
}
