import Foundation
import GRDB
import Testing

@testable import LocalAPIServer

@Suite("Checkpoints of the log", .timeLimit(.minutes(1)))
struct LogCheckpointTests {
    @Test("However much is written without a rest, the log stays short and the file has it all")
    func bounded() async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "log-\(UUID().uuidString).sqlite").path
        defer { for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + end) } }
        let writer = try Self.writer(path)
        try await writer.write { try $0.execute(sql: "CREATE TABLE t (number INTEGER, text BLOB)") }
        let checkpoints = LogCheckpoints(path: path, startBytes: 64 << 10, limitBytes: 256 << 10)
        let commits = 400
        for number in 0..<commits {
            try await Self.insert(number, kibibytes: 10, writer)
            await checkpoints.committed(16 << 10, by: writer)
        }
        // Some 16 KiB a commit would be 6 MiB.
        #expect(try Self.size(path + "-wal") < 1 << 20)
        #expect(try Self.size(path) > 3 << 20)
        let count = try await DatabaseQueue(path: path).read { try Int.fetchOne($0, sql: "SELECT count(*) FROM t") }
        #expect(count == commits)
    }

    @Test("A log that was left long is brought over with the first commits")
    func left() async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "log-\(UUID().uuidString).sqlite").path
        defer { for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + end) } }
        let writer = try Self.writer(path)
        try await writer.write { try $0.execute(sql: "CREATE TABLE t (number INTEGER, text BLOB)") }
        try await Self.insert(0, kibibytes: 300, writer)
        #expect(try Self.size(path) < 100 << 10)
        let checkpoints = LogCheckpoints(path: path, startBytes: 256 << 10, limitBytes: 1)
        for number in 1...3 {
            try await Self.insert(number, kibibytes: 1, writer)
            await checkpoints.committed(1 << 10, by: writer)
        }
        #expect(try Self.size(path) > 300 << 10)
    }

    /// One that leaves the log alone.
    private static func writer(_ path: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA journal_mode=WAL")
            try database.execute(sql: "PRAGMA wal_autocheckpoint=0")
        }
        return try DatabaseQueue(path: path, configuration: configuration)
    }

    private static func insert(_ number: Int, kibibytes: Int, _ writer: DatabaseQueue) async throws {
        try await writer.write { database in
            try database.execute(
                sql: "INSERT INTO t VALUES (?, ?)",
                arguments: [number, Data(repeating: UInt8(truncatingIfNeeded: number), count: kibibytes << 10)])
        }
    }

    private static func size(_ path: String) throws -> Int {
        try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
    }
}
