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
        var configuration = Configuration()
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA journal_mode=WAL")
            try database.execute(sql: "PRAGMA wal_autocheckpoint=0")
        }
        let writer = try DatabaseQueue(path: path, configuration: configuration)
        try await writer.write { try $0.execute(sql: "CREATE TABLE t (number INTEGER, text BLOB)") }
        let checkpoints = LogCheckpoints(path: path, startBytes: 64 << 10, limitBytes: 256 << 10)
        let commits = 400
        for number in 0..<commits {
            try await writer.write { database in
                try database.execute(
                    sql: "INSERT INTO t VALUES (?, ?)",
                    arguments: [number, Data(repeating: UInt8(truncatingIfNeeded: number), count: 10 << 10)])
            }
            await checkpoints.committed(16 << 10, by: writer)
        }
        // Some 16 KiB a commit would be 6 MiB.
        #expect(try Self.size(path + "-wal") < 1 << 20)
        #expect(try Self.size(path) > 3 << 20)
        let count = try await DatabaseQueue(path: path).read { try Int.fetchOne($0, sql: "SELECT count(*) FROM t") }
        #expect(count == commits)
    }

    private static func size(_ path: String) throws -> Int {
        try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
    }
}
