import FoundationEssentials
import Glibc
import TaskQueue
import TaskStoreTesting
import Testing

@testable import TaskStoreSQLite

@Suite struct SQLiteFileTests {
    @Test("A second owner is refused, with the first one's process id")
    func refusesSecondOwner() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/tasks.sqlite"
        let store = try SQLiteTaskStore(path: path)
        let error = #expect(throws: TaskStoreError.self) { _ = try SQLiteTaskStore(path: path) }
        #expect(error?.code == .inUse)
        #expect(error?.message.contains("process \(getpid()) ") == true, "\(error?.message ?? "")")
        try await store.close()
        try await SQLiteTaskStore(path: path).close()
    }

    @Test("A store that a cancelled task closes is closed")
    func closesWhenCancelled() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/tasks.sqlite"
        let store = try SQLiteTaskStore(path: path)
        let submission = Submission(
            id: "t1", namespace: "ns", type: "echo", swarm: "argus", origin: .http(submitter: "tester"), input: [])
        _ = try await store.submit([submission])
        try await Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await store.close()
        }.value
        let next = try SQLiteTaskStore(path: path)
        #expect(try await next.task("t1") != nil)
        try await next.close()
    }

    @Test("Commits are on the disk before they are answered")
    func writesThrough() async throws {
        let folder = try TemporaryFolder()
        let store = try SQLiteTaskStore(path: folder.path + "/tasks.sqlite")
        let settings = try await store.write { transaction in
            var mode = try transaction.row("PRAGMA journal_mode", []).map(RowReader.init)
            var synchronous = try transaction.row("PRAGMA synchronous", []).map(RowReader.init)
            return [mode?.text(), synchronous.map { _ in "\(synchronous?.integer() ?? -1)" }]
        }
        // 2 is FULL.
        #expect(settings == ["wal", "2"])
        try await store.close()
    }

    @Test("Nobody but the owner may read the file, since it holds lease tokens")
    func keepsTokensSecret() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/tasks.sqlite"
        let store = try SQLiteTaskStore(path: path)
        for suffix in ["", "-wal", "-shm"] {
            var status = stat()
            #expect(stat(path + suffix, &status) == 0)
            #expect(status.st_mode & 0o077 == 0, "\(suffix)")
        }
        try await store.close()
    }

    @Test("A folder that is not there, and a file that is no store, are told plainly")
    func explainsWhatCannotBeOpened() throws {
        let folder = try TemporaryFolder()
        let missing = #expect(throws: TaskStoreError.self) {
            _ = try SQLiteTaskStore(path: folder.path + "/none/tasks.sqlite")
        }
        #expect(missing?.code == .unavailable, "it may be a volume that is not there yet")
        #expect(missing?.message.contains("No such file or directory") == true)
        let text = folder.path + "/text"
        try Data(String(repeating: "this is no database ", count: 100).utf8).write(to: URL(filePath: text))
        let wrong = #expect(throws: TaskStoreError.self) { _ = try SQLiteTaskStore(path: text) }
        #expect(wrong?.code == .cannotOpen)
        #expect(wrong?.message.contains("no SQLite file") == true, "\(wrong?.message ?? "")")
    }

    @Test("A store of a newer release is refused")
    func refusesNewerRelease() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/tasks.sqlite"
        let store = try SQLiteTaskStore(path: path)
        try await store.write { transaction in
            try transaction.run("INSERT INTO grdb_migrations VALUES ('999')", [])
        }
        try await store.close()
        let error = #expect(throws: TaskStoreError.self) { _ = try SQLiteTaskStore(path: path) }
        #expect(error?.message.contains("newer release") == true, "\(error?.message ?? "")")
    }

    @Test("A closed store refuses calls, and finishes those it had taken")
    func closes() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/tasks.sqlite"
        let store = try SQLiteTaskStore(path: path)
        async let answers = withTaskGroup(of: Bool.self) { group in
            for number in 0..<50 {
                group.addTask {
                    let answer = try? await store.submit([CrashingWriter.submission(TaskID("t\(number)"))])
                    return answer != nil
                }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        try await store.close()
        let answered = await answers
        let error = await #expect(throws: TaskStoreError.self) { _ = try await store.task("t0") }
        #expect(error?.code == .closed)
        let again = try SQLiteTaskStore(path: path)
        #expect(try await again.tasks(TaskQuery(namespace: "ns")).tasks.count == answered)
        try await again.close()
    }

    @Test("A call that fails in a group commit is undone alone")
    func undoesAlone() async throws {
        struct Refused: Error {}
        let folder = try TemporaryFolder()
        let store = try SQLiteTaskStore(path: folder.path + "/tasks.sqlite")
        let succeeded = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<100 {
                group.addTask {
                    let done: Void? = try? await store.writer.perform { transaction in
                        try transaction.run("INSERT INTO consumers VALUES (?, 0)", ["\(number)"])
                        if number % 3 == 0 { throw Refused() }
                    }
                    return done != nil
                }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        let kept = try await store.write { transaction in
            var row = try transaction.row("SELECT count(*) FROM consumers", []).map(RowReader.init)
            return row?.integer()
        }
        #expect(succeeded == 66)
        #expect(kept == 66)
        try await store.close()
    }

    @Test("The catalogue that the writer remembers is the one that was stored")
    func remembersTheCatalogue() async throws {
        struct Refused: Error {}
        let folder = try TemporaryFolder()
        let store = try SQLiteTaskStore(path: folder.path + "/tasks.sqlite")
        let entry = CatalogueEntry(namespace: "ns", swarm: "argus", capabilities: ["t"], serviceAccount: "agents")
        await #expect(throws: Refused.self) {
            try await store.writer.perform { transaction in
                try transaction.run("INSERT INTO catalogue VALUES ('ns', 'ghost', x'7b7d')", [])
                throw Refused()
            }
        }
        try await store.putCatalogue(entry)
        let known = try await store.write { transaction in
            [
                try transaction.entry(namespace: "ns", swarm: "argus"),
                try transaction.entry(namespace: "ns", swarm: "ghost"),
            ]
        }
        #expect(known == [entry, nil])
        try await store.close()
    }
}
