import FoundationEssentials
import GRDB
import Glibc
import SystemThreads
import TaskQueue

/// Large results as files of a directory beside the store's own file, listed in its table `blobs`.
///
/// A file is written under a name of its own and synced, and the directory with it, before the table tells of it: what the table
/// lists is whole. A file that it does not list is an upload in progress, or what a crash has left of one.
final class BlobDirectory: BlobStore {
    private let path: String
    private let pool: DatabasePool
    private let writer: GroupCommit
    private let now: @Sendable () -> StoreTime
    /// Files are read and written here: their disk may be slow, and the cooperative pool is not to wait for it.
    let thread: DedicatedThread

    /// Makes the directory where it is not there, and removes what the store's last life has not finished.
    init(
        path: String, pool: DatabasePool, writer: GroupCommit, now: @escaping @Sendable () -> StoreTime
    ) throws {
        self.path = path
        self.pool = pool
        self.writer = writer
        self.now = now
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw FileFailure("make the directory", path) }
        let listed = try pool.read { db in try Set(String.fetchAll(db, sql: "SELECT file FROM blobs")) }
        for file in try FileManager.default.contentsOfDirectory(atPath: path) where !listed.contains(file) {
            unlink("\(path)/\(file)")
        }
        thread = try DedicatedThread("task store files")
    }

    func close() { thread.stop() }

    func write(_ id: BlobID) async throws -> any BlobWriter {
        let name = UUID().uuidString.lowercased()
        let file = try await onThread { [path] in try NewFile("\(path)/\(name)") }
        return BlobUpload(id: id, name: name, file: file, directory: self)
    }

    func info(_ id: BlobID) async throws -> BlobInfo? { try await row(id)?.info }

    func read(_ id: BlobID, offset: Int, limit: Int) async throws -> [UInt8]? {
        guard let row = try await row(id) else { return nil }
        return try await onThread { [path] in try NewFile.read("\(path)/\(row.file)", offset: offset, limit: limit) }
    }

    func sweep(writtenBefore time: StoreTime, limit: Int) async throws -> [BlobID] {
        let orphans = try await perform { transaction in
            let orphans = try transaction.rows(
                BlobRow.select + """
                    WHERE written < ? AND NOT EXISTS (SELECT 1 FROM tasks WHERE result_blob_task = blobs.task
                    AND result_blob_epoch = blobs.epoch) AND NOT EXISTS (SELECT 1 FROM tasks
                    WHERE id = blobs.task AND state = 'leased' AND tasks.epoch = blobs.epoch) ORDER BY written LIMIT ?
                    """, [time.milliseconds, limit]
            ).map(BlobRow.init)
            for orphan in orphans {
                try transaction.run(
                    "DELETE FROM blobs WHERE task = ? AND epoch = ?", [orphan.info.id.task.text, orphan.info.id.epoch])
            }
            return orphans
        }
        await remove(orphans.map(\.file))
        return orphans.map(\.info.id)
    }

    // MARK: For uploads

    func onThread<Value: Sendable>(_ body: @Sendable () throws -> Value) async throws -> Value {
        try await withTaskExecutorPreference(thread) {
            do { return try body() } catch { throw TaskStoreError.of(error) }
        }
    }

    /// Lists a file that is whole, in the place of an earlier one.
    func list(_ id: BlobID, file: String, sha256: String, bytes: Int) async throws -> BlobInfo {
        try await onThread { [path] in try NewFile.sync(directory: path) }
        let info = BlobInfo(id: id, sha256: sha256, bytes: bytes, written: now())
        let earlier = try await perform { transaction in
            let arguments: [(any DatabaseValueConvertible)?] = [id.task.text, id.epoch]
            let earlier = try transaction.row(BlobRow.select + "WHERE task = ? AND epoch = ?", arguments)
            try transaction.run(
                "INSERT OR REPLACE INTO blobs (task, epoch, file, sha256, bytes, written) VALUES (?, ?, ?, ?, ?, ?)",
                arguments + [file, sha256, bytes, info.written.milliseconds])
            return earlier.map { [BlobRow($0).file] } ?? []
        }
        await remove(earlier)
        return info
    }

    /// Files that are not listed any more. One that cannot be removed now goes when the store is opened next.
    func remove(_ files: [String]) async {
        await withTaskExecutorPreference(thread) { [path] in for file in files { unlink("\(path)/\(file)") } }
    }

    private func row(_ id: BlobID) async throws -> BlobRow? {
        do {
            return try await pool.read { db in
                try Row.fetchOne(
                    db.cachedStatement(sql: BlobRow.select + "WHERE task = ? AND epoch = ?"),
                    arguments: [id.task.text, id.epoch]
                ).map(BlobRow.init)
            }
        } catch { throw TaskStoreError.of(error) }
    }

    private func perform<Value: Sendable>(
        _ body: @escaping @Sendable (StoreTransaction) throws -> Value
    ) async throws -> Value {
        do { return try await writer.perform(body) } catch { throw TaskStoreError.of(error) }
    }
}

/// A row of `blobs`.
struct BlobRow {
    static let select = "SELECT task, epoch, file, sha256, bytes, written FROM blobs "

    var info: BlobInfo
    var file: String

    init(_ row: Row) {
        var row = RowReader(row)
        let id = BlobID(task: TaskID(row.text()), epoch: row.integer())
        file = row.text()
        info = BlobInfo(id: id, sha256: row.text(), bytes: row.int(), written: row.time())
    }
}

extension StoreTransaction {
    func hasBlob(_ id: BlobID, sha256: String, bytes: Int) throws -> Bool {
        let row = try row(BlobRow.select + "WHERE task = ? AND epoch = ?", [id.task.text, id.epoch])
        guard let info = row.map(BlobRow.init)?.info else { return false }
        return info.sha256 == sha256 && info.bytes == bytes
    }
}
