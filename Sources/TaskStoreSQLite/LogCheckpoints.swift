import GRDB
private import GRDBSQLite
import Synchronization

/// Brings what the write-ahead log holds into the database's file, on a connection of its own, while commits go on.
///
/// Left to itself, SQLite does that within the commit that finds the log long, and whoever waits for that commit waits for thousands
/// of pages. A log begins anew only where nothing in it is left to be brought over, and a busy writer is always a little ahead: that
/// rest is the writer's to do. Bounds the log: a writer that is too far ahead waits.
final class LogCheckpoints: Sendable {
    enum Turn: Hashable {
        case nothing
        /// It is to be begun beside the writer.
        case begin
        /// The writer does what is left.
        case finish
        /// The writer waits for what has begun.
        case wait
    }

    /// When it is whose turn, by the length of the log.
    struct Course: Sendable {
        /// A log of so many pages is brought over.
        let startPages: Int
        /// The writer waits where the log has become this long before that was over.
        let limitPages: Int
        private var isRunning = false
        private var isLeftOver = false
        /// A log that could not begin anew, for a reader that stands in it, is left alone until it has this many.
        private var nextPages: Int

        init(startPages: Int, limitPages: Int) {
            self.startPages = startPages
            self.limitPages = limitPages
            nextPages = startPages
        }

        /// A commit has made the log `pages` long.
        mutating func committed(_ pages: Int) -> Turn {
            if pages < startPages { nextPages = startPages }
            if isRunning { return pages > limitPages ? .wait : .nothing }
            if isLeftOver {
                isLeftOver = false
                nextPages = pages + startPages
                return .finish
            }
            guard pages >= nextPages else { return .nothing }
            isRunning = true
            return .begin
        }

        /// What was begun is over.
        mutating func ended() {
            isRunning = false
            isLeftOver = true
        }
    }

    private let course: Mutex<Course>
    private let connection: DatabaseQueue
    /// How long the log is, as of the last commit.
    private let pages = Atomic(0)

    /// - Parameters:
    ///   - path: a database in write-ahead mode.
    ///   - startBytes: a log as long as this is brought over.
    ///   - limitBytes: the writer waits where the log has become this long before that was over.
    init(path: String, startBytes: Int = 16 << 20, limitBytes: Int = 64 << 20) throws {
        var configuration = Configuration()
        configuration.label = "task store, checkpoints"
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        connection = try DatabaseQueue(path: path, configuration: configuration)
        let pageBytes = try connection.read { try Int.fetchOne($0, sql: "PRAGMA page_size") } ?? 4096
        course = Mutex(Course(startPages: startBytes / pageBytes, limitPages: limitBytes / pageBytes))
    }

    /// Makes this the one that keeps the writer's log short. The writer is to be closed before this is gone.
    func watch(_ writer: Database) throws {
        try writer.execute(sql: "PRAGMA wal_autocheckpoint = 0")
        sqlite3_wal_hook(
            writer.sqliteConnection,
            { context, _, _, pages in
                if let context {
                    Unmanaged<LogCheckpoints>.fromOpaque(context).takeUnretainedValue().pages
                        .store(Int(pages), ordering: .relaxed)
                }
                return SQLITE_OK
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    /// Called on the writer's thread after each commit, when its calls are answered. What fails here leaves the log as it was, for
    /// the next time.
    func committed(_ writer: Database) {
        switch course.withLock({ $0.committed(pages.load(ordering: .relaxed)) }) {
        case .nothing: break
        case .begin:
            connection.asyncWriteWithoutTransaction { [self] database in
                _ = try? database.checkpoint(.passive)
                course.withLock { $0.ended() }
            }
        case .finish: _ = try? writer.checkpoint(.passive)
        // The queue does one thing after the other: this one's turn comes when that is over.
        case .wait: connection.writeWithoutTransaction { _ in }
        }
    }

    /// Waits for what is under way.
    func close() throws { try connection.close() }
}
