import FoundationEssentials
import Glibc
import TaskQueue
import TaskStoreTesting
import Testing

@testable import TaskStoreSQLite

/// What happens to the file under the store: each fault is told plainly, harms nothing that was answered, and is over when its
/// cause is.
@Suite(.serialized, .timeLimit(.minutes(3))) struct DiskFaultTests {
    private static func ids(_ store: SQLiteTaskStore) async throws -> Set<TaskID> {
        var query = TaskQuery(namespace: "ns", limit: 1000)
        var ids: Set<TaskID> = []
        repeat {
            let page = try await store.tasks(query)
            ids.formUnion(page.tasks.map(\.id))
            query.cursor = page.cursor
        } while query.cursor != nil
        return ids
    }

    private static func submission(_ id: TaskID) -> Submission {
        var submission = CrashingWriter.submission(id)
        submission.input = Array("\"\(String(repeating: "x", count: 500))\"".utf8)
        return submission
    }

    @Test(
        "A full disk is told, loses nothing that was answered, and is over when there is room again",
        .enabled(if: TinyDisk.isAvailable, Comment(rawValue: TinyDisk.reason)))
    func survivesFullDisk() async throws {
        let disk = try TinyDisk(kilobytes: 2048)
        let path = disk.path + "/tasks.sqlite"
        let store = try SQLiteTaskStore(path: path)
        var answered: Set<TaskID> = []
        for number in 0..<20 {
            _ = try await store.submit([Self.submission(TaskID("before-\(number)"))])
            answered.insert(TaskID("before-\(number)"))
        }
        try disk.fill()
        var failure: TaskStoreError?
        for number in 0..<10_000 where failure == nil {
            let id = TaskID("full-\(number)")
            do {
                _ = try await store.submit([Self.submission(id)])
                answered.insert(id)
            } catch let error as TaskStoreError { failure = error }
        }
        #expect(failure?.code == .unavailable, "\(failure?.message ?? "nothing failed")")
        #expect(failure?.message.contains("full") == true, "\(failure?.message ?? "")")
        // The reaper finds it out, too, though nothing is due.
        let reap = await #expect(throws: TaskStoreError.self) {
            for _ in 0..<1000 { _ = try await store.reap(limit: 10) }
        }
        #expect(reap?.code == .unavailable)
        #expect(try await Self.ids(store) == answered, "what was answered can be read meanwhile")
        disk.makeRoom()
        _ = try await store.reap(limit: 10)
        _ = try await store.submit([Self.submission("after")])
        answered.insert("after")
        try await store.close()
        let again = try SQLiteTaskStore(path: path)
        #expect(try await Self.ids(again) == answered)
        #expect(try await Self.isWhole(again))
        try await again.close()
    }

    @Test(
        "A store on a full disk is not opened, with the reason, and is when there is room",
        .enabled(if: TinyDisk.isAvailable, Comment(rawValue: TinyDisk.reason)))
    func opensWithRoom() async throws {
        let disk = try TinyDisk(kilobytes: 1024)
        try disk.fill()
        let error = #expect(throws: TaskStoreError.self) { _ = try SQLiteTaskStore(path: disk.path + "/tasks.sqlite") }
        #expect(error?.code == .unavailable)
        #expect(error?.message.contains(disk.path) == true, "\(error?.message ?? "")")
        disk.makeRoom()
        try await SQLiteTaskStore(path: disk.path + "/tasks.sqlite").close()
    }

    @Test(
        "A file system that cannot be written is told, and harms nothing",
        .enabled(if: TinyDisk.isAvailable, Comment(rawValue: TinyDisk.reason)))
    func explainsReadOnly() async throws {
        let disk = try TinyDisk(kilobytes: 4096)
        let path = disk.path + "/tasks.sqlite"
        let store = try SQLiteTaskStore(path: path)
        _ = try await store.submit([Self.submission("a")])
        try await store.close()
        try disk.setReadOnly(true)
        let error = #expect(throws: TaskStoreError.self) { _ = try SQLiteTaskStore(path: path) }
        #expect(error?.code == .unavailable)
        #expect(error?.message.contains("Read-only file system") == true, "\(error?.message ?? "")")
        try disk.setReadOnly(false)
        let again = try SQLiteTaskStore(path: path)
        #expect(try await Self.ids(again) == ["a"])
        try await again.close()
    }

    @Test("A file that is taken away, or replaced, takes no more tasks until it is back", arguments: ["", "-wal"])
    func noticesLoss(suffix: String) async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/tasks.sqlite"
        let store = try SQLiteTaskStore(path: path)
        _ = try await store.submit([Self.submission("a")])
        #expect(rename(path + suffix, path + ".away") == 0)
        let gone = await #expect(throws: TaskStoreError.self) { _ = try await store.submit([Self.submission("lost")]) }
        #expect(gone?.code == .unavailable)
        #expect(gone?.message.contains(path + suffix) == true, "\(gone?.message ?? "")")
        try Data("another".utf8).write(to: URL(filePath: path + suffix))
        let replaced = await #expect(throws: TaskStoreError.self) {
            _ = try await store.submit([Self.submission("lost")])
        }
        #expect(replaced?.message.contains("another file") == true, "\(replaced?.message ?? "")")
        #expect(rename(path + ".away", path + suffix) == 0)
        _ = try await store.submit([Self.submission("b")])
        try await store.close()
        let again = try SQLiteTaskStore(path: path)
        #expect(try await Self.ids(again) == ["a", "b"])
        try await again.close()
    }

    private static func isWhole(_ store: SQLiteTaskStore) async throws -> Bool {
        try await store.write { transaction in
            var row = try transaction.row("PRAGMA integrity_check", []).map(RowReader.init)
            return row?.text() == "ok"
        }
    }

    // MARK: Damage

    /// A store with tasks in every state, closed; its log is in the file.
    private static func filledStore(in folder: TemporaryFolder) async throws -> String {
        let path = folder.path + "/tasks.sqlite"
        let store = try SQLiteTaskStore(path: path)
        try await fill(store, 0..<40)
        try await store.close()
        return path
    }

    private static func fill(_ store: SQLiteTaskStore, _ numbers: Range<Int>) async throws {
        try await store.putCatalogue(
            CatalogueEntry(namespace: "ns", swarm: CrashingWriter.swarm, capabilities: ["t"], serviceAccount: "agents"))
        let agent = try await store.register(registration).id
        for number in numbers {
            var submission = submission(TaskID("task-\(number)"))
            submission.concurrencyKey = number % 5 == 0 ? "key" : nil
            _ = try await store.submit([submission])
        }
        guard case .answered(let offer) = try await store.lease(LeaseCall(agent: agent, request: 1, slots: 20)) else {
            return
        }
        for (number, task) in offer.tasks.enumerated() where number % 2 == 0 {
            let content: AttemptReport.Content =
                number % 4 == 0
                ? .complete(result: Array("{}".utf8)) : .fail(Failure(code: "X", message: "y"), isRetryable: true)
            _ = try await store.report(
                agent, [AttemptReport(task: task.record.id, key: task.key, content: content)], next: nil)
        }
    }

    private static let registration = AgentRegistration(
        namespace: "ns", swarm: CrashingWriter.swarm, name: "one", instance: "1", slots: 20, version: "1",
        capabilities: [], serviceAccount: "agents")

    /// Uses all of a store that may be damaged. Whatever it throws is to be a `TaskStoreError`.
    private static func use(_ path: String) async throws {
        let store = try SQLiteTaskStore(path: path)
        func attempt(_ body: () async throws -> Void) async throws {
            do { try await body() } catch let error as TaskStoreError { #expect(error.code != .closed) }
        }
        try await attempt {
            for id in try await ids(store) {
                try await attempt { _ = try await store.input(of: id) }
                try await attempt { _ = try await store.attempts(of: id) }
            }
        }
        try await attempt { _ = try await store.changes(after: 0, limit: 1000) }
        try await attempt { _ = try await store.catalogue() }
        try await attempt { _ = try await store.summary(namespace: "ns", swarm: CrashingWriter.swarm) }
        try await attempt { _ = try await store.failureGroups(namespace: "ns", swarm: nil, limit: 10) }
        try await attempt { _ = try await store.outcomes(namespace: "ns", swarm: CrashingWriter.swarm, limit: 100) }
        try await attempt { _ = try await store.submit([submission("new")]) }
        try await attempt { _ = try await store.reap(limit: 100) }
        try await attempt {
            let agent = try await store.register(registration).id
            _ = try await store.lease(LeaseCall(agent: agent, request: 2, slots: 20))
        }
        try await attempt { try await store.close() }
    }

    @Test("A damaged file is read as far as it can be, or refused; it ends no process", arguments: [UInt64](0..<60))
    func survivesDamage(seed: UInt64) async throws {
        let folder = try TemporaryFolder(isInMemory: true)
        let path = try await Self.filledStore(in: folder)
        var bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
        var random = SeededGenerator(seed: seed)
        // The header, single pages, or a few places anywhere.
        let range = seed % 4 == 0 ? 0..<100 : 100..<bytes.count
        for _ in 0..<Int.random(in: 1...8, using: &random) {
            let place = Int.random(in: range, using: &random)
            bytes[place] ^= UInt8(1 << Int.random(in: 0..<8, using: &random))
        }
        if seed % 7 == 0 { bytes.removeLast(Int.random(in: 1..<bytes.count / 2, using: &random)) }
        try Data(bytes).write(to: URL(filePath: path))
        do {
            try await Self.use(path)
        } catch let error as TaskStoreError {
            #expect(error.code == .cannotOpen || error.code == .corrupt, "\(error)")
            #expect(error.message.contains(path), "\(error)")
        }
    }

    @Test("From a log that ends too early, what is whole is used", arguments: [UInt64](0..<15))
    func survivesShortLog(seed: UInt64) async throws {
        let folder = try TemporaryFolder(isInMemory: true)
        let path = folder.path + "/tasks.sqlite"
        let store = try SQLiteTaskStore(path: path)
        try await Self.fill(store, 0..<10)
        let copy = folder.path + "/copy.sqlite"
        try FileManager.default.copyItem(atPath: path, toPath: copy)
        var log = [UInt8](try Data(contentsOf: URL(filePath: path + "-wal")))
        try await store.close()
        var random = SeededGenerator(seed: seed)
        if seed % 3 == 0 {
            let place = Int.random(in: log.indices, using: &random)
            log[place] ^= 0x10
        } else {
            log.removeLast(Int.random(in: 1..<log.count, using: &random))
        }
        try Data(log).write(to: URL(filePath: copy + "-wal"))
        let damaged = try SQLiteTaskStore(path: copy)
        let found = try await Self.ids(damaged)
        #expect(
            found == Set((0..<found.count).map { TaskID("task-\($0)") }),
            "the first of them, and none is missing between")
        #expect(try await Self.isWhole(damaged))
        _ = try await damaged.submit([Self.submission("new")])
        try await damaged.close()
    }
}
