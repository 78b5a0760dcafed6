import GRDB
import GRDBSQLite

/// Hands what a commit adds to the write-ahead log to the system in one piece.
///
/// SQLite writes each page of a commit by two calls, one for the frame's header and one for the page, and only then waits for the
/// disk. Nobody reads those frames before that: what tells the other connections of them comes after the wait. So they are kept in
/// memory until SQLite asks for the wait, or for anything else of the file. Of a commit of 14 pages, 28 calls take 65 µs, and one
/// that writes the same takes 8.
///
/// To be used by the one thread that writes to the database.
struct GatheredLog {
    typealias File = UnsafeMutablePointer<sqlite3_file>

    /// About 30 frames: from there on, calls are large enough.
    private static let capacity = 64 << 10

    /// What SQLite calls. The first, as the file refers to it, and is found by that.
    private var methods: sqlite3_io_methods
    /// What the system's own files do.
    private let system: UnsafePointer<sqlite3_io_methods>
    private let bytes: UnsafeMutableRawPointer
    /// Where what is gathered belongs.
    private var start: Int64 = 0
    private var count = 0

    /// Gathers from now on what this connection, which has written before, adds to the log. One whose commits do not wait for the
    /// disk, or not with all that they write, is left as it is.
    static func gather(_ writer: Database) throws {
        let waits = try Int.fetchOne(writer, sql: "PRAGMA synchronous")
        var file: File?
        let status = sqlite3_file_control(writer.sqliteConnection, "main", SQLITE_FCNTL_JOURNAL_POINTER, &file)
        guard status == SQLITE_OK, let file, waits == fullySynchronous,
            try String.fetchOne(writer, sql: "PRAGMA journal_mode") == "wal"
        else { return }
        gather(file)
    }

    /// Of `PRAGMA synchronous`.
    private static let fullySynchronous = 2

    static func gather(_ file: File) {
        guard let system = file.pointee.pMethods,
            // Without that promise a commit is filled up to whole sectors, and goes on to write after its wait.
            let characteristics = system.pointee.xDeviceCharacteristics?(file),
            characteristics & SQLITE_IOCAP_POWERSAFE_OVERWRITE != 0
        else { return }
        let log = UnsafeMutablePointer<GatheredLog>.allocate(capacity: 1)
        log.initialize(to: GatheredLog(system))
        file.pointee.pMethods = UnsafeRawPointer(log).assumingMemoryBound(to: sqlite3_io_methods.self)
    }

    private init(_ system: UnsafePointer<sqlite3_io_methods>) {
        self.system = system
        methods = system.pointee
        bytes = .allocate(byteCount: Self.capacity, alignment: 16)
        methods.xWrite = { file, bytes, count, offset in
            GatheredLog.with(file) { log, file in log.write(file, bytes, count, at: offset) }
        }
        methods.xSync = { file, flags in
            GatheredLog.flushed(file) { system, file in system.xSync(file, flags) }
        }
        methods.xRead = { file, bytes, count, offset in
            GatheredLog.flushed(file) { system, file in system.xRead(file, bytes, count, offset) }
        }
        methods.xTruncate = { file, size in
            GatheredLog.flushed(file) { system, file in system.xTruncate(file, size) }
        }
        methods.xFileSize = { file, size in
            GatheredLog.flushed(file) { system, file in system.xFileSize(file, size) }
        }
        methods.xFileControl = { file, operation, argument in
            GatheredLog.flushed(file) { system, file in system.xFileControl(file, operation, argument) }
        }
        methods.xClose = { file in GatheredLog.close(file) }
    }

    private static func with(
        _ file: File?, _ body: (inout GatheredLog, File) -> CInt
    ) -> CInt {
        guard let file, let methods = file.pointee.pMethods else { return SQLITE_MISUSE }
        let log = UnsafeMutableRawPointer(mutating: methods).assumingMemoryBound(to: GatheredLog.self)
        return body(&log.pointee, file)
    }

    /// Does something else with the file than to write to it.
    private static func flushed(_ file: File?, _ body: (sqlite3_io_methods, File) -> CInt) -> CInt {
        with(file) { log, file in
            let status = log.flush(file)
            return status == SQLITE_OK ? body(log.system.pointee, file) : status
        }
    }

    private mutating func write(_ file: File, _ bytes: UnsafeRawPointer?, _ size: CInt, at offset: Int64) -> CInt {
        guard let bytes else { return SQLITE_MISUSE }
        if count > 0, offset != start + Int64(count) || count + Int(size) > Self.capacity {
            let status = flush(file)
            if status != SQLITE_OK { return status }
        }
        guard size <= Self.capacity else { return system.pointee.xWrite(file, bytes, size, offset) }
        if count == 0 { start = offset }
        self.bytes.advanced(by: count).copyMemory(from: bytes, byteCount: Int(size))
        count += Int(size)
        return SQLITE_OK
    }

    /// What could not be written is forgotten, as the commit that it belongs to is.
    private mutating func flush(_ file: File) -> CInt {
        guard count > 0 else { return SQLITE_OK }
        defer { count = 0 }
        return system.pointee.xWrite(file, bytes, CInt(count), start)
    }

    private static func close(_ file: File?) -> CInt {
        guard let file, let methods = file.pointee.pMethods else { return SQLITE_MISUSE }
        let log = UnsafeMutableRawPointer(mutating: methods).assumingMemoryBound(to: GatheredLog.self)
        let written = log.pointee.flush(file)
        let (system, bytes) = (log.pointee.system, log.pointee.bytes)
        file.pointee.pMethods = system
        log.deinitialize(count: 1)
        log.deallocate()
        bytes.deallocate()
        let closed = system.pointee.xClose(file)
        return written == SQLITE_OK ? closed : written
    }
}
