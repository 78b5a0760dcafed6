import TaskQueue
import TaskStoreTesting
import TestSupport
import Testing

@testable import TaskStorePostgres

@Suite struct LaneMigrationTests {
    /// A task as the first release stored it.
    private static func task(
        _ sequence: Int, _ state: String = "ready", submitter: String = "ann", type: String = "t",
        readyAt: Int64 = 1000, priority: Int64 = 0
    ) -> String {
        """
        INSERT INTO das.tasks (sequence, id, namespace, type, pinned, submitter, created, timeout_ms, retry_limit,
        retry_backoff_seconds, retry_max_backoff_seconds, fairness_key, input_bytes, swarm, priority, state, holds,
        ready_at, attempts, releases, continues_released, epoch, rank, due, ended, checkpoint_bytes)
        VALUES (\(sequence), 't\(sequence)', 'ns', '\(type)', false, 'ann', 500, 60000, 3, 2, 60, '\(submitter)', 2,
        'argus', \(priority), '\(state)', 0, \(readyAt), 0, 0, false, 0, \(readyAt - priority * 30_000),
        \(state == "delayed" ? "\(readyAt)" : "NULL"), \(state == "failed" ? "900" : "NULL"), 0);
        INSERT INTO das.payloads (sequence, input) VALUES (\(sequence), '{}');
        """
    }

    @Test("Tables of the first release go on with order, turns and counts")
    func fromTheFirst() async throws {
        let server = try await PostgresServer.shared()
        let database = try await server.makeDatabase()
        let settings = try PostgresFactory.settings(server.socketURL(database))
        try Migrator(try PostgresSession(settings), [Schema.migrations[0]]).migrate()
        let tasks = [
            Self.task(1), Self.task(2, readyAt: 900), Self.task(3, submitter: "bob", readyAt: 1500),
            Self.task(4, submitter: "bob", type: "u", readyAt: 1600, priority: 1),
            Self.task(5, "delayed", readyAt: 50_000),
            Self.task(6, "failed"),
        ]
        try await server.run(
            tasks.joined()
                + "INSERT INTO das.turns VALUES ('ns', 'argus', 'ann', 1800000); SELECT setval('das.task_sequence', 6)",
            in: database)
        let clock = ManualClock(StoreTime(milliseconds: 2000))
        let store = try await PostgresTaskStore(settings, clock: clock)
        try await store.putCatalogue(
            CatalogueEntry(namespace: "ns", swarm: "argus", capabilities: ["t", "u"], serviceAccount: "agents"))
        let summary = try await store.summary(namespace: "ns", swarm: "argus")
        #expect([summary.ready, summary.leased, summary.delayed, summary.held] == [4, 0, 1, 0])
        #expect(summary.oldestReady == StoreTime(milliseconds: 900))
        #expect(summary.nextDelayed == StoreTime(milliseconds: 50_000))
        #expect(summary.arrivalsLastMinute == 6)
        #expect(try await store.position(of: "t1") == QueuePosition(ahead: 1, otherSubmitters: 1))
        let agent = try await StoreHarness.agent("one", on: store, slots: 9)
        let verdict = try await store.lease(LeaseCall(agent: agent, request: 1, slots: 9))
        // Bob's first, whose priority is worth 30 s; then by turns: ann was served before, bob just now.
        #expect(verdict.tasks.map(\.record.id) == ["t4", "t2", "t3", "t1"])
        await store.close()
    }
}
