import Glibc
import SystemThreads
import TaskQueue
import TestSupport
import Testing

@testable import TaskStorePostgres

@Suite struct OpeningTests {
    @Test("OpenSSL is not cleared up under threads that end as the process exits")
    func leavesOpenSSLAtExit() async {
        await #expect(processExitsWith: .success) {
            let nobody = try ConnectionSettings(url: "postgres://das@127.0.0.1:1/das", environment: [:])
            #expect(throws: PostgresError.self) { _ = try PostgresSession(nobody) }
            #expect(OpenSSLExit.watch())
            exit(0)
        }
    }

    @Test("A server that is not there is told plainly, without the password")
    func explainsAbsence() async throws {
        let server = try await PostgresServer.start()
        try await server.stop()
        let url = server.url("das", password: "hidden")
        let error = await #expect(throws: TaskStoreError.self) {
            _ = try await PostgresTaskStore(PostgresFactory.settings(url))
        }
        #expect(error?.code == .unavailable)
        #expect(error?.message.contains("Connection refused") == true, "\(error?.message ?? "")")
        #expect(error?.message.contains("\(server.port)") == true)
        #expect(error?.message.contains("hidden") == false)
    }

    @Test("A wrong password and a database that is not there are told plainly")
    func explainsRefusals() async throws {
        let server = try await PostgresServer.shared()
        let wrong = await #expect(throws: TaskStoreError.self) {
            _ = try await PostgresTaskStore(PostgresFactory.settings(server.url("postgres", password: "wrong")))
        }
        #expect(wrong?.code == .cannotOpen)
        #expect(wrong?.message.contains("refuses the user or the password") == true, "\(wrong?.message ?? "")")
        #expect(wrong?.message.contains("wrong") == false)
        let missing = await #expect(throws: TaskStoreError.self) {
            _ = try await PostgresTaskStore(PostgresFactory.settings(server.url("nowhere")))
        }
        #expect(missing?.code == .cannotOpen)
        #expect(missing?.message.contains("\"nowhere\" does not exist") == true, "\(missing?.message ?? "")")
    }

    @Test("Programs that start together on an empty database make its tables once")
    func migratesOnce() async throws {
        let server = try await PostgresServer.shared()
        let database = try await server.makeDatabase()
        let stores = try await withThrowingTaskGroup(of: PostgresTaskStore.self) { group in
            for _ in 0..<4 {
                group.addTask { try await PostgresTaskStore(PostgresFactory.settings(server.socketURL(database))) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(
            try await server.run("SELECT count(*) FROM das.migrations", in: database)
                == "\(Schema.migrations.count)")
        for store in stores { await store.close() }
    }

    @Test("Tables of a newer release, or of none, are refused")
    func refusesOtherTables() async throws {
        let harness = try await StoreHarness.open()
        await harness.store.close()
        try await harness.run("INSERT INTO das.migrations (version, digest) VALUES (999, 0)")
        let newer = await #expect(throws: TaskStoreError.self) { _ = try await harness.another() }
        #expect(newer?.code == .cannotOpen)
        #expect(newer?.message.contains("newer release (version 999") == true, "\(newer?.message ?? "")")
        try await harness.run("DELETE FROM das.migrations WHERE version = 999; UPDATE das.migrations SET digest = 0")
        let edited = await #expect(throws: TaskStoreError.self) { _ = try await harness.another() }
        #expect(edited?.message.contains("not those of any release") == true, "\(edited?.message ?? "")")
    }

    @Test("A migration that fails leaves nothing behind, and one that is added is taken by itself")
    func migratesForward() async throws {
        let server = try await PostgresServer.shared()
        let database = try await server.makeDatabase()
        let first = Migration(version: 1, statements: ["CREATE TABLE one (number bigint)"])
        let broken = Migration(version: 2, statements: ["CREATE TABLE two (number bigint)", "SELECT 1 / 0"])
        let mended = Migration(version: 2, statements: ["CREATE TABLE three (number bigint)"])
        let session = try PostgresSession(PostgresFactory.settings(server.socketURL(database)))
        #expect(throws: PostgresError.self) { try Migrator(session, [first, broken]).migrate() }
        #expect(try await server.run("SELECT to_regclass('das.one') IS NULL", in: database) == "t")
        try Migrator(session, [first]).migrate()
        try Migrator(session, [first, mended]).migrate()
        try Migrator(session, [first, mended]).migrate()
        #expect(try await server.run("SELECT version FROM das.migrations ORDER BY 1", in: database) == "1\n2")
        #expect(try await server.run("SELECT to_regclass('das.three') IS NULL", in: database) == "f")
    }

    @Test("A migration takes its time, whatever the limit of a statement is, and other programs wait for it")
    func migratesSlowly() async throws {
        let server = try await PostgresServer.shared()
        let database = try await server.makeDatabase()
        let url = server.socketURL(database)
        var limited = try PostgresFactory.settings(
            url + "&options=-c%20statement_timeout%3D500%20-c%20lock_timeout%3D500")
        limited.answerSeconds = 1
        let gate = "SELECT pg_advisory_lock(7)"
        let holder = try PostgresSession(PostgresFactory.settings(url))
        _ = try holder.run([Request(gate)])
        let slow = [Migration(version: 1, statements: ["CREATE TABLE one (number bigint)", gate])]
        let migrated = (0..<2).map { [limited] _ in
            Task { try await Self.onThread { try Migrator(try PostgresSession(limited), slow).migrate() } }
        }
        // One waits at the gate, the other for the first.
        try await server.run(
            """
            DO $$ BEGIN WHILE (SELECT count(*) FROM pg_stat_activity WHERE datname = '\(database)'
            AND wait_event_type = 'Lock') < 2 LOOP PERFORM pg_stat_clear_snapshot(); END LOOP; END $$
            """, in: "postgres")
        // When others have been given up at the gate, all limits have passed for these as well.
        var patient = try PostgresFactory.settings(url)
        patient.answerSeconds = 1
        for settings in [limited, patient] {
            await #expect(throws: PostgresError.self) {
                try await Self.onThread { _ = try PostgresSession(settings).run([Request(gate)]) }
            }
        }
        _ = try holder.run([Request("SELECT pg_advisory_unlock_all()")])
        for task in migrated { try await task.value }
        #expect(try await server.run("SELECT count(*) FROM das.migrations", in: database) == "1")
    }

    /// Runs what blocks its thread.
    private static func onThread(_ body: @escaping @Sendable () throws -> Void) async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            do {
                _ = try OSThread.start("migration") { continuation.resume(with: Result(catching: body)) }
            } catch {
                continuation.resume(throwing: error)
            }
        }
    }

    @Test("A server of a release that is too old is refused")
    func refusesOldServer() async throws {
        let server = try ScriptedPostgres(version: "12.22")
        let error = await #expect(throws: TaskStoreError.self) {
            _ = try await PostgresTaskStore(
                PostgresFactory.settings("postgres://das@127.0.0.1:\(server.port)/das?target_session_attrs=any"))
        }
        #expect(error?.code == .cannotOpen)
        #expect(error?.message.contains("PostgreSQL 12; the task store needs 13") == true, "\(error?.message ?? "")")
    }

    @Test("A store that was given up ends its thread, and with it its session", .timeLimit(.minutes(1)))
    func endsWithItsOwner() async throws {
        let harness = try await StoreHarness.open()
        var other: PostgresTaskStore? = try await harness.another()
        let writer = try #require(other?.writer)
        other = nil
        await writer.ended()
        await harness.store.close()
    }
}
