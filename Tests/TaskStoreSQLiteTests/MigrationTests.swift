import TaskQueue
import TaskStoreTesting
import Testing

@testable import TaskStoreSQLite

@Suite struct MigrationTests {
    /// A task as the first release stored it.
    private static func task(
        _ sequence: Int, _ state: String, key: String? = nil, fairness: String = "ann", readyAt: Int64 = 1000,
        priority: Int = 0, agent: String? = nil
    ) -> [String] {
        let key = key.map { "'\($0)'" } ?? "NULL"
        let lease = agent.map { "x'00000000000000010000000000000002', '\($0)', 900, 9000000, 9000000, 1, 1" }
        return [
            """
            INSERT INTO tasks (sequence, id, namespace, type, swarm, pinned, submitter, priority, created, timeout_ms,
            retry_limit, retry_backoff_seconds, retry_max_backoff_seconds, concurrency_key, fairness_key, input_bytes, state,
            holds, ready_at, attempts, releases, continues_released, epoch, rank, due, token, lease_agent, lease_since,
            lease_expiry, lease_timeout_at, lease_acknowledged, lease_request)
            VALUES (\(sequence), 't\(sequence)', 'ns', 'echo', 'argus', 0, 'ann', \(priority), 500, 60000, 3, 2, 60, \(key),
            '\(fairness)', 2, '\(state)', 0, \(readyAt), \(agent == nil ? 0 : 1), 0, 0, \(agent == nil ? 0 : 1),
            \(readyAt - Int64(priority) * 30_000), \(state == "delayed" ? "\(readyAt)" : "NULL"),
            \(lease ?? "NULL, NULL, NULL, NULL, NULL, NULL, NULL"))
            """,
            "INSERT INTO payloads (sequence, input) VALUES (\(sequence), x'7b7d')",
        ]
    }

    @Test("A file of the first release goes on with order, limits and counts")
    func fromTheFirst() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/tasks.sqlite"
        let statements =
            Self.task(1, "leased", key: "gpu", agent: "old") + Self.task(2, "ready", key: "gpu")
            + Self.task(3, "ready", key: "gpu", readyAt: 900) + Self.task(4, "ready", fairness: "bob", readyAt: 1500)
            + Self.task(5, "ready", readyAt: 1200) + Self.task(6, "delayed", readyAt: 50_000)
            + Self.task(7, "ready", fairness: "bob", priority: 1)
        try Schema.makeFile(at: path, upTo: "1", statements)
        let clock = ManualClock(StoreTime(milliseconds: 2000))
        let store = try SQLiteTaskStore(path: path, clock: clock)
        try await store.putCatalogue(
            CatalogueEntry(namespace: "ns", swarm: "argus", capabilities: ["echo"], serviceAccount: "a"))
        let summary = try await store.summary(namespace: "ns", swarm: "argus")
        #expect([summary.ready, summary.leased, summary.delayed, summary.held] == [5, 1, 1, 0])
        #expect(try await store.nextDue().map { $0 <= clock.now() } == true)
        _ = try await store.reap(limit: 100)
        for id: TaskID in ["t2", "t3"] { #expect(try await store.task(id)?.holds == .concurrency) }
        let standing = try await store.keyStanding(namespace: "ns", key: "gpu")
        #expect(standing.places == ["argus": .init(held: 2, leased: 1)])
        let agent = try await store.register(
            AgentRegistration(
                namespace: "ns", swarm: "argus", name: "new", instance: "i", slots: 9, version: "2", capabilities: [],
                serviceAccount: "a"))
        let verdict = try await store.lease(LeaseCall(agent: agent.id, request: 1, slots: 9))
        guard case .answered(let offer) = verdict else {
            Issue.record("\(verdict)")
            return
        }
        #expect(offer.tasks.map(\.record.id) == ["t7", "t5", "t4"])
        try await store.close()
    }

    @Test("A file of the first release whose tasks have all ended is taken over too")
    func emptyFile() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/tasks.sqlite"
        try Schema.makeFile(at: path, upTo: "1", [])
        let store = try SQLiteTaskStore(path: path, clock: ManualClock())
        #expect(try await store.nextDue() == nil)
        try await store.close()
    }
}
