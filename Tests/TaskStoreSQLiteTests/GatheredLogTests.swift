import FoundationEssentials
import GRDB
import GRDBSQLite
import TaskStoreTesting
import TestSupport
import Testing

@testable import TaskStoreSQLite

@Suite("Writes to the log that go out together")
struct GatheredLogTests {
    @Test func `what follows each other is one write, and comes before the wait for the disk`() {
        let file = RecordedFile()
        GatheredLog.gather(file.handle)
        #expect(file.write([1, 2], at: 32) == SQLITE_OK)
        #expect(file.write([3], at: 34) == SQLITE_OK)
        #expect(file.calls.isEmpty)
        #expect(file.sync() == SQLITE_OK)
        #expect(file.calls == [.write(at: 32, count: 3), .sync])
        #expect(file.sync() == SQLITE_OK)
        #expect(file.calls.dropFirst(2) == [.sync])
        #expect(file.content == Array(repeating: 0, count: 32) + [1, 2, 3])
    }

    @Test func `a write that cannot be done fails the wait, and is not tried again`() {
        let file = RecordedFile()
        GatheredLog.gather(file.handle)
        #expect(file.write([1], at: 0) == SQLITE_OK)
        file.failure = SQLITE_FULL
        #expect(file.sync() == SQLITE_FULL)
        file.failure = SQLITE_OK
        #expect(file.write([2], at: 0) == SQLITE_OK)
        #expect(file.sync() == SQLITE_OK)
        #expect(file.calls == [.write(at: 0, count: 1), .sync])
        #expect(file.content == [2])
    }

    @Test func `a file that is closed has all that was written`() {
        let file = RecordedFile()
        GatheredLog.gather(file.handle)
        #expect(file.write([1, 2, 3], at: 0) == SQLITE_OK)
        #expect(file.close() == SQLITE_OK)
        #expect(file.content == [1, 2, 3])
        #expect(file.calls == [.write(at: 0, count: 3), .close])
    }

    @Test func `a file whose sectors may be torn is left as it is`() {
        let file = RecordedFile(characteristics: 0)
        GatheredLog.gather(file.handle)
        #expect(file.write([1], at: 0) == SQLITE_OK)
        #expect(file.calls == [.write(at: 0, count: 1)])
    }

    @Test func `a commit of many pages is few calls to the system, and the others see it`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/database"
        let pool = try DatabasePool(path: path)
        let content = [UInt8](repeating: 7, count: 50 * 4096)
        let calls = try pool.writeWithoutTransaction { writer in
            try writer.execute(sql: "PRAGMA synchronous = FULL; CREATE TABLE pages (content BLOB)")
            try GatheredLog.gather(writer)
            let before = try Self.writesOfThisThread()
            try writer.execute(sql: "INSERT INTO pages VALUES (?)", arguments: [Data(content)])
            return try Self.writesOfThisThread() - before
        }
        // Some 50 frames of 4,120 bytes, 64 KiB at a time, where there would be 100 calls.
        #expect(1...8 ~= calls, "\(calls) calls")
        let others =
            try [pool.read { try Data.fetchAll($0, sql: "SELECT * FROM pages") }]
            + [DatabaseQueue(path: path).read { try Data.fetchAll($0, sql: "SELECT * FROM pages") }]
        #expect(others == [[Data(content)], [Data(content)]])
        try pool.close()
    }

    private static func writesOfThisThread() throws -> Int {
        let text = try String(contentsOfFile: "/proc/thread-self/io", encoding: .utf8)
        let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("syscw: ") })
        return try #require(Int(line.dropFirst("syscw: ".count)))
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `whatever is written where, reads and sizes are those of a plain file`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let (file, plain) = (RecordedFile(), RecordedFile())
        GatheredLog.gather(file.handle)
        var end = 0
        for step in 0..<2000 {
            switch Int.random(in: 0..<20, using: &random) {
            case 0: #expect(file.sync() == SQLITE_OK)
            case 1:
                let (offset, count) = (
                    Int.random(in: 0...end, using: &random), Int.random(in: 1...5000, using: &random)
                )
                #expect(file.read(count, at: offset) == plain.read(count, at: offset), "step \(step), seed \(seed)")
            case 2: #expect(file.size() == plain.size(), "step \(step), seed \(seed)")
            case 3:
                end = Int.random(in: 0...end, using: &random)
                #expect(file.truncate(end) == SQLITE_OK && plain.truncate(end) == SQLITE_OK)
            default:
                // Most follow what was written before; a few go back; some are larger than what is gathered.
                let offset = Int.random(in: 0..<8, using: &random) == 0 ? Int.random(in: 0...end, using: &random) : end
                let count =
                    Int.random(in: 0..<50, using: &random) == 0 ? 100_000 : [24, 2048].randomElement(using: &random)!
                let bytes = [UInt8](repeating: UInt8.random(in: 0...255, using: &random), count: count)
                #expect(file.write(bytes, at: offset) == SQLITE_OK && plain.write(bytes, at: offset) == SQLITE_OK)
                end = offset + count
            }
        }
        #expect(file.sync() == SQLITE_OK)
        #expect(file.content == plain.content)
        #expect(file.calls.count < plain.calls.count / 2)
    }
}

/// A file in memory as SQLite knows files, which notes what is done to it.
private final class RecordedFile {
    enum Call: Equatable {
        case write(at: Int, count: Int)
        case sync
        case close
    }

    /// What SQLite refers to a file by: the functions, followed by whatever is the file's own.
    private struct Handle {
        var base: sqlite3_file
        var owner: Unmanaged<RecordedFile>
    }

    private(set) var content: [UInt8] = []
    private(set) var calls: [Call] = []
    /// What writes answer.
    var failure = SQLITE_OK

    private let characteristics: CInt
    private let memory = UnsafeMutablePointer<Handle>.allocate(capacity: 1)
    private let methods = UnsafeMutablePointer<sqlite3_io_methods>.allocate(capacity: 1)

    init(characteristics: CInt = SQLITE_IOCAP_POWERSAFE_OVERWRITE) {
        self.characteristics = characteristics
        var methods = sqlite3_io_methods()
        methods.xWrite = { file, bytes, count, offset in
            RecordedFile.of(file).perform(.write(at: Int(offset), count: Int(count))) { content in
                let end = Int(offset) + Int(count)
                if content.count < end { content += Array(repeating: 0, count: end - content.count) }
                content.replaceSubrange(
                    Int(offset)..<end, with: UnsafeRawBufferPointer(start: bytes, count: Int(count)))
            }
        }
        methods.xSync = { file, _ in RecordedFile.of(file).perform(.sync) { _ in } }
        methods.xClose = { file in RecordedFile.of(file).perform(.close) { _ in } }
        methods.xRead = { file, bytes, count, offset in
            let content = RecordedFile.of(file).content.dropFirst(Int(offset)).prefix(Int(count))
            UnsafeMutableRawBufferPointer(start: bytes, count: Int(count)).copyBytes(from: content)
            return content.count == Int(count) ? SQLITE_OK : SQLITE_IOERR | (2 << 8)
        }
        methods.xTruncate = { file, size in
            let file = RecordedFile.of(file)
            file.content = Array(file.content.prefix(Int(size)))
            return SQLITE_OK
        }
        methods.xFileSize = { file, size in
            size?.pointee = Int64(RecordedFile.of(file).content.count)
            return SQLITE_OK
        }
        methods.xDeviceCharacteristics = { RecordedFile.of($0).characteristics }
        self.methods.initialize(to: methods)
        memory.initialize(to: Handle(base: sqlite3_file(pMethods: self.methods), owner: .passUnretained(self)))
    }

    deinit {
        if calls.last != .close { _ = close() }
        memory.deallocate()
        methods.deallocate()
    }

    var handle: UnsafeMutablePointer<sqlite3_file> {
        UnsafeMutableRawPointer(memory).assumingMemoryBound(to: sqlite3_file.self)
    }

    private static func of(_ file: UnsafeMutablePointer<sqlite3_file>?) -> RecordedFile {
        UnsafeMutableRawPointer(file!).assumingMemoryBound(to: Handle.self).pointee.owner.takeUnretainedValue()
    }

    private func perform(_ call: Call, _ body: (inout [UInt8]) -> Void) -> CInt {
        if case .write = call, failure != SQLITE_OK { return failure }
        calls.append(call)
        body(&content)
        return SQLITE_OK
    }

    // MARK: What SQLite does

    func write(_ bytes: [UInt8], at offset: Int) -> CInt {
        handle.pointee.pMethods.pointee.xWrite(handle, bytes, CInt(bytes.count), Int64(offset))
    }

    func sync() -> CInt { handle.pointee.pMethods.pointee.xSync(handle, SQLITE_SYNC_NORMAL) }

    func close() -> CInt { handle.pointee.pMethods.pointee.xClose(handle) }

    func truncate(_ size: Int) -> CInt { handle.pointee.pMethods.pointee.xTruncate(handle, Int64(size)) }

    func size() -> Int64 {
        var size: Int64 = 0
        _ = handle.pointee.pMethods.pointee.xFileSize(handle, &size)
        return size
    }

    func read(_ count: Int, at offset: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        _ = handle.pointee.pMethods.pointee.xRead(handle, &bytes, CInt(count), Int64(offset))
        return bytes
    }
}
