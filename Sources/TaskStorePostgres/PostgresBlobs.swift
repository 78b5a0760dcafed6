import Synchronization
import TaskQueue

/// Large results in the tables `uploads`, `upload_pieces` and `blobs`.
///
/// An upload has a number of its own, under which its pieces lie. Its end lists it in `blobs`, in the place of an earlier one:
/// what is listed is whole. What is not listed is an upload in progress, or one that was left, which is known by its age.
final class PostgresBlobs: BlobStore {
    /// Pieces are this long, but for the last one of each.
    static let pieceBytes = 1 << 20
    /// An upload that has not grown for so long is nobody's any more.
    static let abandonedMs: Int64 = 3_600_000

    private let writer: StoreWriter
    private let reader: StoreReader

    init(writer: StoreWriter, reader: StoreReader) {
        self.writer = writer
        self.reader = reader
    }

    func write(_ id: BlobID) async throws -> any BlobWriter {
        let number = try await perform { transaction in
            guard var row = try transaction.rows(Request("SELECT nextval('upload_number')")).first else {
                throw StoreTransaction.damaged("the sequence of uploads is missing")
            }
            let number = try row.integer()
            transaction.enqueue(
                Request(
                    "INSERT INTO uploads VALUES ($1::bigint, $2::text, $3::bigint, $4::bigint)", .integer(number),
                    .text(id.task.text), .integer(id.epoch), .integer(transaction.now.milliseconds)))
            return number
        }
        return PostgresUpload(id: id, number: number, blobs: self)
    }

    func info(_ id: BlobID) async throws -> BlobInfo? {
        try await read(BlobTable.request(BlobTable.info, id)) { rows in
            guard var row = rows.first else { return nil }
            return try BlobTable.read(&row)
        }
    }

    func read(_ id: BlobID, offset: Int, limit: Int) async throws -> [UInt8]? {
        var parameters = Parameters(.text(id.task.text), .integer(id.epoch))
        parameters.add(Cell(offset))
        parameters.add(Cell(limit))
        return try await read(Request(BlobTable.part, parameters)) { rows in
            if rows.count == 0 { return nil }
            return rows.map { row in row.optionalBytes() ?? [] }.reduce(into: []) { $0 += $1 }
        }
    }

    func sweep(writtenBefore time: StoreTime, limit: Int) async throws -> [BlobID] {
        try await perform { transaction in
            // Locked first, and looked at again: a report that is under way has a lock on the blob that it refers to, or finds
            // none any more.
            let parameters = Parameters(.integer(time.milliseconds), Cell(limit))
            var found = Parameters()
            let rows = try transaction.rows(Request(BlobTable.orphans, parameters))
            let ids = try rows.map { row in BlobID(task: TaskID(try row.text()), epoch: try row.integer()) }
            found.add(ids.map(\.task.text))
            found.add(ids.map(\.epoch))
            let swept = try transaction.rows(Request(BlobTable.sweep, found)).map { row in
                BlobID(task: TaskID(try row.text()), epoch: try row.integer())
            }
            transaction.enqueue(
                Request(BlobTable.sweepUploads, Parameters(.integer(transaction.now.milliseconds - Self.abandonedMs))))
            return ids.filter(Set(swept).contains)
        }
    }

    // MARK: For uploads

    func add(_ piece: [UInt8], to number: Int64, at start: Int) async throws {
        try await perform(bytes: piece.count) { transaction in
            transaction.enqueue(
                Request(
                    "INSERT INTO upload_pieces VALUES ($1::bigint, $2::bigint, $3::bytea)", .integer(number),
                    Cell(start), .bytes(piece)))
            transaction.enqueue(
                Request(
                    "UPDATE uploads SET touched = $2::bigint WHERE number = $1::bigint", .integer(number),
                    .integer(transaction.now.milliseconds)))
        }
    }

    func list(_ id: BlobID, _ number: Int64, sha256: String, bytes: Int) async throws -> BlobInfo {
        try await perform { transaction in
            let earlier = try transaction.rows(BlobTable.request(BlobTable.uploadLocked, id)).first
            if var earlier { transaction.enqueue(Self.deletion(of: try earlier.integer())) }
            let info = BlobInfo(id: id, sha256: sha256, bytes: bytes, written: transaction.now)
            transaction.enqueue(BlobTable.listing(info, upload: number))
            transaction.enqueue(Request("DELETE FROM uploads WHERE number = $1::bigint", .integer(number)))
            return info
        }
    }

    func drop(_ number: Int64) async throws {
        try await perform { transaction in
            transaction.enqueue(Self.deletion(of: number))
            transaction.enqueue(Request("DELETE FROM uploads WHERE number = $1::bigint", .integer(number)))
        }
    }

    private static func deletion(of number: Int64) -> Request {
        Request("DELETE FROM upload_pieces WHERE upload = $1::bigint", .integer(number))
    }

    private func read<Value: Sendable>(
        _ request: Request, _ decode: @escaping @Sendable (Rows) throws -> Value
    ) async throws -> Value {
        try await reader.perform([request]) { answers in
            do { return try decode(answers[0]) } catch { throw TaskStoreError.of(error) }
        }
    }

    private func perform<Value: Sendable>(
        bytes: Int = 0, _ body: @escaping @Sendable (StoreTransaction) throws -> Value
    ) async throws -> Value {
        try await writer.perform(Needs(bytes: bytes)) { transaction in
            let value = try body(transaction)
            return { value }
        }
    }
}

/// An upload: gathers pieces of a good size.
private final class PostgresUpload: BlobWriter {
    private struct State {
        var piece: [UInt8] = []
        var stored = 0
    }

    private let id: BlobID
    private let number: Int64
    private let blobs: PostgresBlobs
    private let state = Mutex(State())

    init(id: BlobID, number: Int64, blobs: PostgresBlobs) {
        self.id = id
        self.number = number
        self.blobs = blobs
    }

    func write(_ bytes: [UInt8]) async throws {
        state.withLock { $0.piece += bytes }
        while let piece = state.withLock({ Self.takePiece(&$0, whole: true) }) {
            try await blobs.add(piece.bytes, to: number, at: piece.start)
        }
    }

    func finish(sha256: String) async throws -> BlobInfo {
        if let last = state.withLock({ Self.takePiece(&$0, whole: false) }) {
            try await blobs.add(last.bytes, to: number, at: last.start)
        }
        return try await blobs.list(id, number, sha256: sha256, bytes: state.withLock { $0.stored })
    }

    func abandon() async {
        // What cannot be deleted now is found by its age.
        try? await blobs.drop(number)
    }

    private static func takePiece(_ state: inout State, whole: Bool) -> (bytes: [UInt8], start: Int)? {
        guard state.piece.count >= (whole ? PostgresBlobs.pieceBytes : 1) else { return nil }
        let bytes = Array(state.piece.prefix(PostgresBlobs.pieceBytes))
        state.piece.removeFirst(bytes.count)
        defer { state.stored += bytes.count }
        return (bytes, state.stored)
    }
}

/// The statements about blobs.
enum BlobTable {
    static let info = Statement(
        "blob_info",
        """
        SELECT task, epoch, sha256, bytes, written FROM blobs WHERE task = $1::text AND epoch = $2::bigint
        """)

    static let uploadLocked = Statement(
        "blob_upload", "SELECT upload FROM blobs WHERE task = $1::text AND epoch = $2::bigint FOR UPDATE")

    /// The pieces between two places, cut to them; one row without bytes where there are none.
    static let part = Statement(
        "blob_part",
        """
        SELECT substring(piece.bytes FROM greatest($3::bigint - start, 0)::integer + 1
            FOR least($3::bigint + $4::bigint - start, \(PostgresBlobs.pieceBytes))::integer
                - greatest($3::bigint - start, 0)::integer)
        FROM blobs LEFT JOIN upload_pieces AS piece ON piece.upload = blobs.upload
            AND start > $3::bigint - \(PostgresBlobs.pieceBytes) AND start < $3::bigint + $4::bigint
        WHERE task = $1::text AND epoch = $2::bigint ORDER BY start
        """)

    /// Those that are no task's result and whose lease does not stand.
    private static let isOrphan =
        """
        NOT EXISTS (SELECT 1 FROM tasks WHERE result_blob_task = blobs.task AND result_blob_epoch = blobs.epoch
        AND result_blob_task IS NOT NULL) AND NOT EXISTS (SELECT 1 FROM tasks WHERE id = blobs.task
        AND state = 'leased' AND tasks.epoch = blobs.epoch)
        """

    static let orphans = Statement(
        "blob_orphans",
        """
        SELECT task, epoch FROM blobs WHERE written < $1::bigint AND \(isOrphan)
        ORDER BY written LIMIT $2::bigint FOR UPDATE SKIP LOCKED
        """)

    static let sweep = Statement(
        "blob_sweep",
        """
        WITH gone AS (
            DELETE FROM blobs USING unnest($1::text[], $2::bigint[]) AS found (task, epoch)
            WHERE blobs.task = found.task AND blobs.epoch = found.epoch AND \(isOrphan)
            RETURNING blobs.task, blobs.epoch, upload
        ), pieces AS (DELETE FROM upload_pieces WHERE upload IN (SELECT upload FROM gone))
        SELECT task, epoch FROM gone
        """)

    static let sweepUploads = Statement(
        "upload_sweep",
        """
        WITH gone AS (
            DELETE FROM uploads WHERE number IN (SELECT number FROM uploads WHERE touched < $1::bigint
            ORDER BY number LIMIT 16 FOR UPDATE SKIP LOCKED) RETURNING number
        )
        DELETE FROM upload_pieces WHERE upload IN (SELECT number FROM gone)
        """)

    /// Nobody sweeps the blob before the end of the transaction.
    static let infoLocked = Statement(
        "blob_info_locked",
        """
        SELECT task, epoch, sha256, bytes, written FROM blobs WHERE task = $1::text AND epoch = $2::bigint FOR SHARE
        """)

    static let reading = [info, part]
    static let writing = [infoLocked, uploadLocked, orphans, sweep, sweepUploads]

    static func request(_ statement: Statement, _ id: BlobID) -> Request {
        Request(statement, Parameters(.text(id.task.text), .integer(id.epoch)))
    }

    static func listing(_ info: BlobInfo, upload: Int64) -> Request {
        Request(
            """
            INSERT INTO blobs (task, epoch, upload, sha256, bytes, written)
            VALUES ($1::text, $2::bigint, $3::bigint, $4::text, $5::bigint, $6::bigint)
            ON CONFLICT (task, epoch) DO UPDATE SET upload = excluded.upload, sha256 = excluded.sha256,
            bytes = excluded.bytes, written = excluded.written
            """, .text(info.id.task.text), .integer(info.id.epoch), .integer(upload), .text(info.sha256),
            Cell(info.bytes), .integer(info.written.milliseconds))
    }

    static func read(_ row: inout RowReader) throws -> BlobInfo {
        let id = BlobID(task: TaskID(try row.text()), epoch: try row.integer())
        return BlobInfo(id: id, sha256: try row.text(), bytes: try row.int(), written: try row.time())
    }
}
