import FoundationEssentials
import GRDB
import Synchronization

/// Brings what the write-ahead log holds into the database's file, on a connection of its own, while writes go on.
///
/// SQLite would do that within the commit that finds the log long, which would hold up that write and all behind it for tens of
/// milliseconds. The writer does what is left, since a log begins anew only where nothing in it is still to be brought over, and a
/// writer that never rests would always be ahead.
final class LogCheckpoints: Sendable {
    private enum Step {
        case none, begin, wait, finish
    }

    private struct State {
        /// Since the last time.
        var bytes = 0
        var isRunning = false
        /// Whether the rest is still the writer's to do.
        var isUnfinished = false

        mutating func note(_ written: Int, startBytes: Int, limitBytes: Int) -> Step {
            bytes += written
            if isRunning { return bytes > limitBytes ? .wait : .none }
            if isUnfinished {
                isUnfinished = false
                bytes = 0
                return .finish
            }
            guard bytes >= startBytes else { return .none }
            isRunning = true
            return .begin
        }
    }

    private let path: String
    private let startBytes: Int
    private let limitBytes: Int
    private let state: Mutex<State>
    private let connection = Mutex<DatabaseQueue?>(nil)

    /// - Parameters:
    ///   - path: a file in write-ahead mode whose writer does not do this by itself.
    ///   - startBytes: a log that has grown by this much is brought over.
    ///   - limitBytes: writes wait where it has grown by this much before that was over.
    init(path: String, startBytes: Int = 16 << 20, limitBytes: Int = 64 << 20) {
        self.path = path
        self.startBytes = startBytes
        self.limitBytes = limitBytes
        // A process that was killed has left a log.
        let log = try? FileManager.default.attributesOfItem(atPath: path + "-wal")[.size] as? Int
        state = Mutex(State(bytes: log ?? 0))
    }

    /// Called by the writer after each commit.
    /// - Parameter bytes: about how much it has written.
    func committed(_ bytes: Int, by writer: DatabaseQueue) async {
        switch state.withLock({ $0.note(bytes, startBytes: startBytes, limitBytes: limitBytes) }) {
        case .none: break
        case .begin: begin()
        // The queue does one thing after the other: this one's turn comes when that is over. It does nothing that could fail.
        case .wait: try? await queue().writeWithoutTransaction { _ in }
        case .finish:
            // One that fails leaves the log as it was, for the next.
            try? await writer.writeWithoutTransaction { _ = try $0.checkpoint(.passive) }
        }
    }

    private func begin() {
        // Without a connection the writer does it all.
        guard let queue = try? queue() else { return end() }
        queue.asyncWriteWithoutTransaction { [self] database in
            // Like the other: what it has not done stays in the log.
            _ = try? database.checkpoint(.passive)
            end()
        }
    }

    private func end() {
        state.withLock { state in
            state.isRunning = false
            state.isUnfinished = true
        }
    }

    /// The connection, made when it is first needed.
    private func queue() throws -> DatabaseQueue {
        try connection.withLock { connection in
            if let connection { return connection }
            var configuration = Configuration()
            configuration.label = "das.apiserver.checkpoints"
            configuration.prepareDatabase { database in try database.execute(sql: "PRAGMA synchronous=FULL") }
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            connection = queue
            return queue
        }
    }
}
