import NetworkFaults
import TaskQueue
import TestSupport
import Testing

@testable import TaskStorePostgres

@Suite(.timeLimit(.minutes(3))) struct FaultTests {
    private func makeAnswer(fail state: String, to work: String, in harness: StoreHarness) async throws {
        try await harness.run(
            """
            CREATE FUNCTION das.fail() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION 'as in a test' USING ERRCODE = '\(state)'; END $$;
            CREATE TRIGGER fail BEFORE \(work) FOR EACH STATEMENT EXECUTE FUNCTION das.fail()
            """)
    }

    @Test("While the server is away calls fail at once, and once it is back they work, with nothing lost")
    func survivesRestart() async throws {
        let server = try await PostgresServer.start()
        let harness = try await StoreHarness.open(on: server)
        let store = harness.store
        _ = try await store.submit([StoreHarness.submission("before")])
        try await server.stop()
        let writing = await #expect(throws: TaskStoreError.self) {
            _ = try await store.submit([StoreHarness.submission("away")])
        }
        #expect(writing?.code == .unavailable)
        let reading = await #expect(throws: TaskStoreError.self) { _ = try await store.changeCursor() }
        #expect(reading?.code == .unavailable, "who asks whether the store works is told that it does not")
        var hints = store.changeHints().makeAsyncIterator()
        try await server.start()
        let verdicts = try await StoreHarness.untilAvailable(store) {
            try await store.submit([StoreHarness.submission("after")])
        }
        #expect(verdicts.map(\.record?.id) == ["after"])
        #expect(await hints.next() != nil)
        #expect(try await store.task("before") != nil)
        _ = try await store.changeCursor()
        await store.close()
    }

    @Test("Live leases get one full period after the server was away, whoever comes back first")
    func givesTimeAfterOutage() async throws {
        let server = try await PostgresServer.start()
        let harness = try await StoreHarness.open(on: server)
        let other = try await harness.another()
        _ = try await harness.store.submit([StoreHarness.submission("a")])
        let agent = try await StoreHarness.agent("one", on: harness.store)
        let leased = try await harness.store.lease(LeaseCall(agent: agent, request: 1, slots: 1)).tasks
        let before = try #require(leased.first?.record.lease?.expiry)
        // One that comes while others are there changes nothing.
        let third = try await harness.another()
        #expect(try await third.task("a")?.lease?.expiry == before)
        await third.close()
        try await server.stop()
        try await server.start()
        _ = try await StoreHarness.untilAvailable(other) { try await other.reap(limit: 10) }
        let after = try #require(try await other.task("a")?.lease?.expiry)
        #expect(after - before >= harness.store.policy.leaseMs - harness.store.policy.acknowledgeMs)
        await harness.store.close()
        await other.close()
    }

    @Test("A server killed while calls are under way has all that it answered; what it did not can be asked again")
    func survivesKill() async throws {
        let server = try await PostgresServer.start()
        let harness = try await StoreHarness.open(on: server)
        let store = harness.store
        let answered = Observed<Set<TaskID>>([])
        await withTaskGroup(of: Void.self) { group in
            for worker in 0..<8 {
                group.addTask {
                    for number in 0... {
                        let id = TaskID("\(worker)-\(number)")
                        guard (try? await store.submit([StoreHarness.submission(id)])) != nil else { return }
                        answered.change { _ = $0.insert(id) }
                    }
                }
            }
            group.addTask {
                _ = try? await answered.wait { $0.count >= 200 }
                try? await server.kill()
            }
        }
        try await server.start()
        for id in answered.value {
            let record = try await StoreHarness.untilAvailable(store) { try await store.task(id) }
            #expect(record != nil, "task \(id), which was answered, is lost")
        }
        for worker in 0..<8 {
            // The next one of each: it may or may not have been stored when the server was killed.
            let next = answered.value.filter { $0.text.hasPrefix("\(worker)-") }.count
            let verdicts = try await StoreHarness.untilAvailable(store) {
                try await store.submit([StoreHarness.submission(TaskID("\(worker)-\(next)"))])
            }
            #expect(verdicts.first?.record != nil)
        }
        let feed = try await store.changes(after: 0, limit: 10_000).changes
        let submitted = feed.filter { $0.kind == .submitted }.compactMap(\.task)
        #expect(submitted.count == Set(submitted).count, "a task was stored twice")
        #expect(Set(submitted).isSuperset(of: answered.value))
        await store.close()
    }

    @Test("A commit whose answer is lost is told as uncertain, and the same calls again are safe")
    func survivesALostCommit() async throws {
        let server = try await PostgresServer.shared()
        let proxy = try await FaultProxy.start(to: server.port)
        let harness = try await StoreHarness.open(
            on: server, url: { $0.url($1, port: proxy.port) }, answerSeconds: 3)
        let store = harness.store
        let agent = try await StoreHarness.agent("one", on: store)
        _ = try await store.submit([StoreHarness.submission("first")])
        // The answer to the reading arrives. The commit waits at the gate, which opens when its answer will be swallowed.
        try await harness.run(
            """
            CREATE TABLE das.gate (open boolean);
            CREATE FUNCTION das.wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            WHILE NOT EXISTS (SELECT 1 FROM das.gate) LOOP PERFORM pg_sleep(0.01); END LOOP; RETURN NULL; END $$;
            CREATE TRIGGER wait AFTER INSERT ON das.tasks FOR EACH STATEMENT EXECUTE FUNCTION das.wait()
            """)
        async let lost: Void = {
            try await server.run(
                """
                DO $$ BEGIN WHILE NOT EXISTS (SELECT 1 FROM pg_stat_activity WHERE datname = '\(harness.database)'
                AND wait_event = 'PgSleep') LOOP PERFORM pg_stat_clear_snapshot(); END LOOP; END $$
                """, in: "postgres")
            proxy.set(.swallow, .toClient)
            try await harness.run("INSERT INTO das.gate VALUES (true)")
        }()
        let error = await #expect(throws: TaskStoreError.self) {
            _ = try await store.submit([StoreHarness.submission("second")])
        }
        try await lost
        #expect(error?.code == .unavailable)
        #expect(error?.message.contains("may be stored") == true, "\(error?.message ?? "")")
        proxy.set(.pass, .toClient)
        proxy.endAll(.reset)
        let again = try await StoreHarness.untilAvailable(store) {
            try await store.submit([StoreHarness.submission("second")])
        }
        guard case .existing(let record)? = again.first else {
            Issue.record("the task was not stored: \(again)")
            return
        }
        #expect(record.id == "second")
        let leased = try await store.lease(LeaseCall(agent: agent, request: 1, slots: 4)).tasks
        #expect(try await store.lease(LeaseCall(agent: agent, request: 1, slots: 4)).tasks == leased)
        #expect(leased.map(\.record.id) == ["first", "second"])
        await store.close()
        await proxy.shutdown()
    }

    @Test("A network that goes silent fails calls within their time, and the store recovers when it speaks again")
    func survivesSilence() async throws {
        let server = try await PostgresServer.shared()
        let proxy = try await FaultProxy.start(to: server.port)
        let harness = try await StoreHarness.open(
            on: server, url: { $0.url($1, port: proxy.port) + "?connect_timeout=2" }, answerSeconds: 3)
        let store = harness.store
        proxy.set(.swallow, .toServer, .toClient)
        let began = ContinuousClock.now
        let error = await #expect(throws: TaskStoreError.self) {
            _ = try await store.submit([StoreHarness.submission("a")])
        }
        #expect(error?.code == .unavailable)
        #expect(ContinuousClock.now - began < .seconds(60))
        await #expect(throws: TaskStoreError.self) { _ = try await store.changeCursor() }
        proxy.set(.pass, .toServer, .toClient)
        proxy.endAll(.reset)
        _ = try await StoreHarness.untilAvailable(store) { try await store.submit([StoreHarness.submission("a")]) }
        _ = try await StoreHarness.untilAvailable(store) { try await store.changeCursor() }
        await store.close()
        await proxy.shutdown()
    }

    @Test("A database that became read-only is told plainly and makes the store unready, until it takes writes again")
    func survivesReadOnly() async throws {
        let harness = try await StoreHarness.open()
        let store = harness.store
        let read = "ALTER DATABASE \(harness.database) SET default_transaction_read_only"
        let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '\(harness.database)'"
        try await harness.server.run("\(read) = on; \(end)", in: "postgres")
        let error = await #expect(throws: TaskStoreError.self) {
            _ = try await store.submit([StoreHarness.submission("a")])
        }
        #expect(error?.code == .unavailable)
        #expect(error?.message.contains("read-only") == true, "\(error?.message ?? "")")
        await #expect(throws: TaskStoreError.self) { _ = try await store.changeCursor() }
        try await harness.server.run("\(read) = off", in: "postgres")
        _ = try await StoreHarness.untilAvailable(store) { try await store.submit([StoreHarness.submission("a")]) }
        _ = try await store.changeCursor()
        await store.close()
    }

    @Test("A full disk is told plainly and makes the store unready, until there is room again; reading goes on")
    func survivesFullDisk() async throws {
        let harness = try await StoreHarness.open()
        let store = harness.store
        _ = try await store.submit([StoreHarness.submission("before")])
        try await makeAnswer(fail: "disk_full", to: "INSERT ON das.tasks", in: harness)
        try await harness.run(
            "CREATE TRIGGER fail BEFORE UPDATE ON das.clock FOR EACH STATEMENT EXECUTE FUNCTION das.fail()")
        let error = await #expect(throws: TaskStoreError.self) {
            _ = try await store.submit([StoreHarness.submission("a")])
        }
        #expect(error?.code == .unavailable)
        #expect(error?.message.contains("disk of the PostgreSQL server is full") == true, "\(error?.message ?? "")")
        await #expect(throws: TaskStoreError.self) { _ = try await store.changeCursor() }
        #expect(try await store.task("before") != nil)
        #expect(try await store.task("a") == nil)
        try await harness.run("DROP FUNCTION das.fail CASCADE")
        _ = try await store.changeCursor()
        _ = try await store.submit([StoreHarness.submission("a")])
        await store.close()
    }

    @Test("A conflict with somebody else's transaction is done again, a lasting one is told")
    func repeatsAfterConflicts() async throws {
        let harness = try await StoreHarness.open()
        let store = harness.store
        try await harness.run(
            """
            CREATE SEQUENCE das.conflicts;
            CREATE FUNCTION das.conflict() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF nextval('das.conflicts') <= 3 THEN RAISE EXCEPTION 'as in a test' USING ERRCODE = '40P01'; END IF;
            RETURN NULL; END $$;
            CREATE TRIGGER conflict BEFORE INSERT ON das.tasks FOR EACH STATEMENT EXECUTE FUNCTION das.conflict()
            """)
        let verdicts = try await store.submit([StoreHarness.submission("a")])
        #expect(verdicts.map(\.record?.id) == ["a"])
        try await makeAnswer(fail: "serialization_failure", to: "INSERT ON das.tasks", in: harness)
        let error = await #expect(throws: TaskStoreError.self) {
            _ = try await store.submit([StoreHarness.submission("b")])
        }
        #expect(error?.code == .unavailable)
        await store.close()
    }

    @Test("A call that cannot be stored fails alone")
    func failsAlone() async throws {
        let harness = try await StoreHarness.open()
        let store = harness.store
        try await harness.run("ALTER TABLE das.tasks ADD CONSTRAINT no_threes CHECK (id NOT LIKE '%3')")
        let kept = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<100 {
                group.addTask {
                    (try? await store.submit([StoreHarness.submission(TaskID("t\(number)"))])) != nil
                }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(kept == 90)
        #expect(try await store.tasks(TaskQuery(namespace: StoreHarness.namespace, limit: 1000)).tasks.count == 90)
        await store.close()
    }

    @Test("A closed store refuses calls, and finishes those it had taken")
    func closes() async throws {
        let harness = try await StoreHarness.open()
        let store = harness.store
        async let answers = withTaskGroup(of: Bool.self) { group in
            for number in 0..<50 {
                group.addTask {
                    (try? await store.submit([StoreHarness.submission(TaskID("t\(number)"))])) != nil
                }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        await store.close()
        let answered = await answers
        let error = await #expect(throws: TaskStoreError.self) { _ = try await store.task("t0") }
        #expect(error?.code == .closed)
        let again = try await harness.another()
        let found = try await again.tasks(TaskQuery(namespace: StoreHarness.namespace)).tasks.count
        #expect(found == answered)
        await again.close()
    }

    @Test("Text may hold any character")
    func keepsAnyText() async throws {
        let harness = try await StoreHarness.open()
        let store = harness.store
        var submission = StoreHarness.submission("a")
        submission.labels = ["key\u{0}\u{1F600}": "value\u{0}"]
        submission.input = [0, 0xFF, 0x22]
        _ = try await store.submit([submission])
        let agent = try await StoreHarness.agent("one", on: store)
        let task = try #require(try await store.lease(LeaseCall(agent: agent, request: 1, slots: 1)).tasks.first)
        #expect(task.record.labels == submission.labels)
        #expect(task.input == submission.input)
        let report = AttemptReport(
            task: "a", key: task.key,
            content: .fail(Failure(code: "X", message: "nothing\u{0}here"), isRetryable: false))
        _ = try await store.report(agent, [report], next: nil)
        #expect(try await store.task("a")?.failure?.message == "nothing\u{2400}here")
        await store.close()
    }
}
