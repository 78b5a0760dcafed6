import TaskQueue
import TestSupport
import Testing

@testable import TaskStorePostgres

/// Several programs on one database.
@Suite(.timeLimit(.minutes(3))) struct ManyStoresTests {
    @Test("Who follows the feed misses nothing, whoever writes at the same time")
    func feedHasNoGaps() async throws {
        let harness = try await StoreHarness.open()
        let writers = try await [harness.another(), harness.another(), harness.another()]
        let followed = harness.store
        let start = try await followed.changeCursor()
        let tasks = 3 * 8 * 12
        let seen = try await withThrowingTaskGroup(of: [Change].self) { group in
            for (number, writer) in writers.enumerated() {
                for worker in 0..<8 {
                    group.addTask {
                        for index in 0..<12 {
                            let id = TaskID("\(number)-\(worker)-\(index)")
                            _ = try await writer.submit([StoreHarness.submission(id)])
                        }
                        return []
                    }
                }
            }
            group.addTask {
                // Reads as fast as it can, so that it reads between any two commits.
                var changes: [Change] = []
                var cursor = start
                while changes.count < 2 * tasks {
                    try Task.checkCancellation()
                    let page = try await followed.changes(after: cursor, limit: 7)
                    changes += page.changes
                    cursor = page.cursor
                    #expect(!page.isTruncated)
                }
                return changes
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(seen.map(\.cursor) == seen.map(\.cursor).sorted())
        #expect(Set(seen.filter { $0.kind == .submitted }.compactMap(\.task)).count == tasks)
        #expect(seen == (try await followed.changes(after: start, limit: 10_000).changes), "as it stands in the end")
        for store in writers + [followed] { await store.close() }
    }

    @Test("Each task is leased once, all are, and an agent is not sent away while there is work")
    func leasesOnce() async throws {
        let harness = try await StoreHarness.open()
        let stores = try await [harness.store, harness.another(), harness.another()]
        let ids = (0..<120).map { TaskID("t\($0)") }
        _ = try await harness.store.submit(ids.map { StoreHarness.submission($0) })
        let leased = try await withThrowingTaskGroup(of: [TaskID].self) { group in
            for (number, store) in stores.enumerated() {
                for worker in 0..<3 {
                    group.addTask {
                        let agent = try await StoreHarness.agent("\(number)-\(worker)", on: store, slots: 2)
                        var found: [TaskID] = []
                        for request in 1... {
                            let call = LeaseCall(agent: agent, request: Int64(request), slots: 2)
                            let tasks = try await store.lease(call).tasks
                            if tasks.isEmpty { break }
                            found += tasks.map(\.record.id)
                        }
                        return found
                    }
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(leased.count == ids.count)
        #expect(Set(leased) == Set(ids))
        for store in stores { await store.close() }
    }

    @Test("Any of them answers for any task, and learns at once of what another has done")
    func answersForAll() async throws {
        let harness = try await StoreHarness.open()
        let (one, two) = (harness.store, try await harness.another())
        var hints = two.changeHints().makeAsyncIterator()
        let before = try await two.changeCursor()
        _ = try await one.submit([StoreHarness.submission("a")])
        repeat { #expect(await hints.next() != nil) } while try await two.changeCursor() == before
        let agent = try await StoreHarness.agent("one", on: one)
        let task = try #require(try await two.lease(LeaseCall(agent: agent, request: 1, slots: 1)).tasks.first)
        let report = AttemptReport(task: "a", key: task.key, content: .complete(result: [0x31]))
        guard case .accepted? = try await one.report(agent, [report], next: nil).outcomes.first else {
            Issue.record("the report was not accepted")
            return
        }
        #expect(try await two.report(agent, [report], next: nil).outcomes == [.duplicate])
        #expect(try await two.result(of: "a") == [0x31])
        // What one has just stored of the catalogue counts for the other's next lease.
        try await one.putCatalogue(
            CatalogueEntry(
                namespace: StoreHarness.namespace, swarm: StoreHarness.swarm, capabilities: ["t"],
                serviceAccount: "agents", isSuspended: true))
        _ = try await one.submit([StoreHarness.submission("b")])
        #expect(try await two.lease(LeaseCall(agent: agent, request: 2, slots: 1)).tasks.isEmpty)
        await one.close()
        await two.close()
    }

    @Test("The same task, key or agent from two sides at once is there once")
    func storesOnce() async throws {
        let harness = try await StoreHarness.open()
        let stores = try await [harness.store, harness.another()]
        let verdicts = try await withThrowingTaskGroup(of: [SubmitVerdict].self) { group in
            for (number, store) in stores.enumerated() {
                for index in 0..<20 {
                    group.addTask {
                        var keyed = StoreHarness.submission(TaskID("\(number)-\(index)"))
                        keyed.dedupKey = "key \(index)"
                        return try await store.submit([StoreHarness.submission(TaskID("same \(index)")), keyed])
                    }
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        let created = verdicts.filter { if case .created = $0 { true } else { false } }
        #expect(created.count == 40, "20 ids and 20 keys, each once")
        let agents = try await withThrowingTaskGroup(of: AgentID.self) { group in
            for store in stores + stores { group.addTask { try await StoreHarness.agent("pod", on: store) } }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(agents.count == 1)
        for store in stores { await store.close() }
    }

    @Test("A key's limit holds over all of them, and none of its tasks is left waiting")
    func keepsLimits() async throws {
        let harness = try await StoreHarness.open()
        let stores = try await [harness.store, harness.another(), harness.another()]
        let limit = 2
        let ids = (0..<40).map { TaskID("t\($0)") }
        try await harness.store.putLimit(
            KeyLimit(maxConcurrent: limit), namespace: StoreHarness.namespace, key: "gpu")
        _ = try await harness.store.submit(
            ids.map { id in
                var submission = StoreHarness.submission(id)
                submission.concurrencyKey = "gpu"
                return submission
            })
        let running = Observed<Set<TaskID>>([])
        let done = Observed<[TaskID]>([])
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (number, store) in stores.enumerated() {
                for worker in 0..<2 {
                    group.addTask {
                        let agent = try await StoreHarness.agent("\(number)-\(worker)", on: store, slots: 3)
                        var hints = store.changeHints().makeAsyncIterator()
                        for request in 1... {
                            let call = LeaseCall(agent: agent, request: Int64(request), slots: 3)
                            let tasks = try await store.lease(call).tasks
                            for task in tasks { running.change { _ = $0.insert(task.record.id) } }
                            #expect(running.value.count <= limit)
                            for task in tasks {
                                // Before the report, since another program may lease the next one as soon as it is in.
                                running.change { _ = $0.remove(task.record.id) }
                                let report = AttemptReport(
                                    task: task.record.id, key: task.key, content: .complete(result: [0x31]))
                                _ = try await store.report(agent, [report], next: nil)
                                done.change { $0.append(task.record.id) }
                            }
                            // What was left for the reaper is done by it.
                            if tasks.isEmpty { _ = try await store.reap(limit: 100) }
                            if tasks.isEmpty, await hints.next() == nil { return }
                        }
                    }
                }
            }
            try await done.wait { $0.count >= ids.count }
            group.cancelAll()
        }
        #expect(Set(done.value) == Set(ids))
        #expect(done.value.count == ids.count)
        let standing = try await harness.store.keyStanding(namespace: StoreHarness.namespace, key: "gpu")
        #expect(standing.places == [:])
        for store in stores { await store.close() }
    }

    @Test("The count of a namespace's live tasks is that of all of them together")
    func countsTogether() async throws {
        let server = try await PostgresServer.shared()
        let url = server.socketURL(try await server.makeDatabase())
        var policy = QueuePolicy()
        policy.maxLiveTasks = 3
        let one = try await PostgresTaskStore(PostgresFactory.settings(url), policy: policy)
        let two = try await PostgresTaskStore(PostgresFactory.settings(url), policy: policy)
        _ = try await one.submit([StoreHarness.submission("a"), StoreHarness.submission("b")])
        _ = try await two.submit([StoreHarness.submission("c")])
        for store in [one, two] {
            #expect(try await store.submit([StoreHarness.submission("d")]) == [.refused(.queueFull(limit: 3))])
        }
        _ = try await two.cancel("a", CancelOrder(mode: .force, reason: ""))
        guard case .created? = try await one.submit([StoreHarness.submission("d")]).first else {
            Issue.record("there is room again")
            return
        }
        await one.close()
        await two.close()
    }
}
