import Dispatch
import TaskQueue
import TaskStoreTesting
import Testing

@testable import TaskStoreSQLite

@Suite("Calls that share a commit", .timeLimit(.minutes(1)))
struct GroupCommitTests {
    private struct Refused: Error {}

    /// Begins tasks in the order in which they are made.
    private final class InOrder: TaskExecutor {
        private let queue = DispatchQueue(label: "in order")

        func enqueue(_ job: consuming ExecutorJob) {
            let job = UnownedJob(job)
            queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
        }
    }

    private func submission(_ id: String) -> Submission {
        Submission(
            id: TaskID(id), namespace: "ns", type: "echo", swarm: "argus", origin: .http(submitter: "tester"),
            input: Array("{}".utf8))
    }

    /// An agent of the swarm that the submissions are for.
    private func agent(in store: SQLiteTaskStore) async throws -> AgentID {
        try await store.putCatalogue(
            CatalogueEntry(
                namespace: "ns", swarm: "argus", capabilities: ["echo"], serviceAccount: "agents", slots: 2))
        return try await store.register(
            AgentRegistration(
                namespace: "ns", swarm: "argus", name: "pod", podUID: nil, instance: "i", slots: 2, version: "1",
                capabilities: [], serviceAccount: "agents")
        ).id
    }

    /// Runs `calls` in one commit, each in its place; those whose number is in `failing` throw when they have written. Answers
    /// whether each was answered without an error.
    private func commit(_ calls: Int, failing: Set<Int>, in store: SQLiteTaskStore) async throws -> [Bool] {
        let executor = InOrder()
        let gate = DispatchSemaphore(value: 0)
        // The first call holds the writer until the others wait behind it.
        let blocker = Task(executorPreference: executor) { try await store.write { _ in gate.wait() } }
        let answers = (0..<calls).map { number in
            Task(executorPreference: executor) {
                do {
                    try await store.write { transaction in
                        try transaction.run("INSERT INTO consumers (name, cursor) VALUES (?, 0)", ["call \(number)"])
                        try transaction.feed(.catalogue, namespace: "ns", swarm: "call \(number)")
                        if failing.contains(number) { throw Refused() }
                    }
                    return true
                } catch {
                    return false
                }
            }
        }
        // By the time this one has begun, those before it wait.
        await Task(executorPreference: executor) { _ = gate.signal() }.value
        try await blocker.value
        var answered: [Bool] = []
        for answer in answers { answered.append(await answer.value) }
        return answered
    }

    @Test(
        "One that fails is undone alone, be it the first, the last or all",
        arguments: [[], [0], [0, 1], [2], [1, 3], [3], [0, 1, 2, 3]])
    func failing(_ failing: [Int]) async throws {
        let folder = try TemporaryFolder(isInMemory: true)
        let path = folder.path + "/tasks.sqlite"
        let store = try SQLiteTaskStore(path: path)
        let start = try await store.changeCursor()
        let answered = try await commit(4, failing: Set(failing), in: store)
        #expect(answered == (0..<4).map { !failing.contains($0) })
        let kept = (0..<4).filter { !failing.contains($0) }.map { "call \($0)" }
        let names = try await store.write { try $0.read("SELECT name FROM consumers", []) { $0.text() } }
        #expect(Set(names) == Set(kept))
        // What the feed says in memory is what its file says.
        let told = try await store.changes(after: start, limit: 100)
        #expect(Set(told.changes.map(\.swarm)) == Set(kept))
        try await store.close()
        let reopened = try SQLiteTaskStore(path: path)
        #expect(try await reopened.changes(after: start, limit: 100) == told)
        #expect(try await reopened.changeCursor() == told.cursor)
        try await reopened.close()
    }

    @Test("Whoever has an answer finds what it says, in the record and in the feed")
    func readsOwnWrites() async throws {
        let folder = try TemporaryFolder(isInMemory: true)
        let store = try SQLiteTaskStore(path: folder.path + "/tasks.sqlite")
        var cursor = try await store.changeCursor()
        try await withThrowingTaskGroup(of: Void.self) { group in
            // Others read all the time, so that single rows are also read by the pool.
            for reader in 0..<4 {
                group.addTask {
                    for _ in 0..<300 { _ = try await store.task(TaskID("t\(reader)")) }
                }
            }
            for number in 0..<100 {
                _ = try await store.submit([submission("t\(number)")])
                #expect(try await store.task(TaskID("t\(number)"))?.state == .ready)
                #expect(try await store.input(of: TaskID("t\(number)")) == Array("{}".utf8))
                let page = try await store.changes(after: cursor, limit: 100)
                #expect(page.changes.map(\.kind) == [.submitted, .ready])
                #expect(page.changes.allSatisfy { $0.task == TaskID("t\(number)") })
                cursor = page.cursor
            }
            try await group.waitForAll()
        }
        try await store.close()
    }

    @Test("A poll that finds nothing writes nothing, and its number counts all the same")
    func idlePolls() async throws {
        let folder = try TemporaryFolder(isInMemory: true)
        let path = folder.path + "/tasks.sqlite"
        let store = try SQLiteTaskStore(path: path)
        func changes() async throws -> [Int64] {
            try await store.write { try $0.read("SELECT total_changes()", []) { $0.integer() } }
        }
        let agent = try await agent(in: store)
        let before = try await changes()
        let nothing = LeaseVerdict.answered(LeaseOffer(tasks: [], isDraining: false))
        #expect(try await store.lease(LeaseCall(agent: agent, request: 1, slots: 1)) == nothing)
        #expect(try await store.lease(LeaseCall(agent: agent, request: 5, slots: 1)) == nothing)
        #expect(try await store.lease(LeaseCall(agent: agent, request: 4, slots: 1)) == .stale)
        #expect(try await store.lease(LeaseCall(agent: "nobody", request: 1, slots: 1)) == .unknownAgent)
        #expect(try await changes() == before)
        #expect(try await store.agent(agent)?.lastRequest == 5)
        _ = try await store.submit([submission("t1")])
        // A lower one is refused where there would be something, too, and an equal one gets it.
        #expect(try await store.lease(LeaseCall(agent: agent, request: 4, slots: 1)) == .stale)
        let lease = try await store.lease(LeaseCall(agent: agent, request: 5, slots: 1))
        guard case .answered(let offer) = lease else { throw Refused() }
        #expect(offer.tasks.map(\.record.id) == [TaskID("t1")])
        _ = try await store.lease(LeaseCall(agent: agent, request: 7, slots: 0))
        try await store.close()
        let reopened = try SQLiteTaskStore(path: path)
        #expect(try await reopened.agent(agent)?.lastRequest == 7)
        try await reopened.close()
    }

    @Test("Every commit waits for the disk")
    func syncs() async throws {
        let folder = try TemporaryFolder(isInMemory: true)
        let store = try SQLiteTaskStore(path: folder.path + "/tasks.sqlite")
        // 2 is FULL: the commit waits for the disk.
        #expect(try await store.write { try $0.read("PRAGMA synchronous", []) { $0.integer() } } == [2])
        try await store.close()
    }

    @Test("Time goes on from the end of the feed, whatever the clock says")
    func timeOfFeed() async throws {
        let folder = try TemporaryFolder(isInMemory: true)
        let path = folder.path + "/tasks.sqlite"
        let clock = ManualClock()
        let store = try SQLiteTaskStore(path: path, clock: clock)
        clock.advance(60_000)
        _ = try await store.submit([submission("t1")])
        let last = store.now()
        try await store.close()
        let reopened = try SQLiteTaskStore(path: path, clock: ManualClock())
        #expect(reopened.now() == last)
        // Pruned to nothing, it has been written down elsewhere.
        try await reopened.acknowledge(consumer: "reader", through: try await reopened.changeCursor())
        #expect(try await reopened.changes(after: 0, limit: 10).changes.isEmpty)
        try await reopened.close()
        let again = try SQLiteTaskStore(path: path, clock: ManualClock())
        #expect(again.now() == last)
        try await again.close()
    }

    @Test("A task that is submitted for an agent that waits is leased with the same commit")
    func submitAndLease() async throws {
        let folder = try TemporaryFolder(isInMemory: true)
        let store = try SQLiteTaskStore(path: folder.path + "/tasks.sqlite")
        let agent = try await agent(in: store)
        let call = LeaseCall(agent: agent, request: 1, slots: 1)
        let answer = try await store.submit([submission("t1"), submission("t2")], next: call)
        #expect(answer.verdicts.map { $0.record?.id } == [TaskID("t1"), TaskID("t2")])
        guard case .answered(let offer)? = answer.next else { throw Refused() }
        #expect(offer.tasks.map(\.record.id) == [TaskID("t1")])
        #expect(try await store.task("t1")?.state == .leased)
        #expect(try await store.task("t2")?.state == .ready)
        // The same request again is answered the same.
        #expect(try await store.lease(call) == .answered(offer))
        try await store.close()
    }

    @Test("Closed, it refuses to read as well as to write")
    func closed() async throws {
        let folder = try TemporaryFolder(isInMemory: true)
        let store = try SQLiteTaskStore(path: folder.path + "/tasks.sqlite")
        let cursor = try await store.changeCursor()
        try await store.close()
        for read in [
            { _ = try await store.task(TaskID("t")) }, { _ = try await store.changes(after: cursor, limit: 1) },
            { _ = try await store.changeCursor() },
        ] as [() async throws -> Void] {
            let error = await #expect(throws: TaskStoreError.self) { try await read() }
            #expect(error?.code == .closed)
        }
    }
}
