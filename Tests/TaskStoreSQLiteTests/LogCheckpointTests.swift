import Foundation
import GRDB
import Testing

@testable import TaskStoreSQLite

@Suite("Checkpoints of the task store's log", .timeLimit(.minutes(1)))
struct LogCheckpointTests {
    private typealias Course = LogCheckpoints.Course

    @Test("A long log is brought over beside the writer, who does what is left and then finds it short")
    func course() {
        var course = Course(startPages: 100, limitPages: 300)
        #expect(course.committed(99) == .nothing)
        #expect(course.committed(105) == .begin)
        #expect(course.committed(110) == .nothing)
        course.ended()
        #expect(course.committed(115) == .finish)
        #expect(course.committed(5) == .nothing)
        #expect(course.committed(100) == .begin)
    }

    @Test("A writer that is too far ahead waits")
    func limit() {
        var course = Course(startPages: 100, limitPages: 300)
        #expect(course.committed(100) == .begin)
        #expect(course.committed(300) == .nothing)
        #expect(course.committed(301) == .wait)
        course.ended()
        #expect(course.committed(302) == .finish)
    }

    @Test("A log that a reader holds is left alone until it has grown by as much again")
    func reader() {
        var course = Course(startPages: 100, limitPages: 300)
        #expect(course.committed(100) == .begin)
        course.ended()
        #expect(course.committed(110) == .finish)
        #expect(course.committed(120) == .nothing)
        #expect(course.committed(210) == .begin)
    }

    @Test("However much is written without a rest, the log stays short and the file has it all")
    func bounded() throws {
        let folder = try TemporaryFolder(isInMemory: true)
        let path = folder.path + "/log.sqlite"
        let pool = try DatabasePool(path: path)
        let checkpoints = try LogCheckpoints(path: path, startBytes: 64 << 10, limitBytes: 256 << 10)
        try pool.writeWithoutTransaction(checkpoints.watch)
        try pool.write { try $0.execute(sql: "CREATE TABLE t (number INTEGER, text BLOB)") }
        let commits = 400
        for number in 0..<commits {
            try pool.write { database in
                try database.execute(
                    sql: "INSERT INTO t VALUES (?, ?)", arguments: [number, Data(repeating: 7, count: 10 << 10)])
            }
            pool.writeWithoutTransaction { checkpoints.committed($0) }
        }
        // Some 16 KiB a commit would be 6 MiB.
        #expect(try Self.size(path + "-wal") < 1 << 20)
        #expect(try Self.size(path) > 3 << 20)
        #expect(try pool.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM t") } == commits)
        try checkpoints.close()
        try pool.close()
    }

    private static func size(_ path: String) throws -> Int {
        try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
    }
}
