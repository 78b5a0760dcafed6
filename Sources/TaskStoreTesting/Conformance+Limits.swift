import TaskQueue

extension StoreConformance {
    private static func keyed(_ bench: Workbench, _ ids: [TaskID], key: String = "gpu") async throws {
        for id in ids { try await bench.submit(id) { $0.concurrencyKey = key } }
    }

    private static func states(_ bench: Workbench, _ ids: [TaskID]) async throws -> [TaskState] {
        var states: [TaskState] = []
        for id in ids { states.append(try await bench.record(id).state) }
        return states
    }

    static let limits: [StoreConformance] = [
        StoreConformance("tasks of a key without a limit run one at a time, in order") { factory in
            let bench = try await Workbench(factory)
            let ids: [TaskID] = ["a", "b", "c"]
            try await keyed(bench, ids)
            try await bench.submit("free")
            try expectEqual(try await states(bench, ids), [.ready, .held, .held], "states")
            try expectEqual(try await bench.record("b").holds, .concurrency, "why b is held")
            let agent = try await bench.agent("one")
            let offer = try await bench.offer(agent, 1, slots: 4)
            try expectEqual(offer.tasks.map(\.record.id), ["a", "free"], "leased at once")
            for (number, next) in zip(Int64(2)..., ["b", "c"] as [TaskID]) {
                let current = try await bench.store.task(number == 2 ? "a" : "b")
                let key = LeaseKey(epoch: 1, token: try require(current?.token, "token"))
                let report = AttemptReport(
                    task: number == 2 ? "a" : "b", key: key, content: .complete(result: [0x31]))
                let answer = try await bench.store.report(
                    agent, [report], next: LeaseCall(agent: agent, request: number, slots: 4))
                guard case .answered(let offer)? = answer.next else { throw ConformanceFailure("no answer") }
                try expectEqual(offer.tasks.map(\.record.id), [next], "leased with the report before")
            }
            let kinds = try await bench.changes().filter { $0.task == "b" }.map(\.kind)
            try expectEqual(kinds, [.submitted, .ready, .leased, .finished], "feed of b")
        },
        StoreConformance("a limit counts from when it is set, in whichever way it changes") { factory in
            let bench = try await Workbench(factory)
            let (store, namespace) = (bench.store, Workbench.namespace)
            let ids = (0..<5).map { TaskID("t\($0)") }
            try await keyed(bench, ids)
            try await store.putLimit(KeyLimit(maxConcurrent: 3), namespace: namespace, key: "gpu")
            try expectEqual(
                try await states(bench, ids), [.ready, .ready, .ready, .held, .held], "states under a limit of 3")
            try await store.putLimit(KeyLimit(maxConcurrent: 0), namespace: namespace, key: "gpu")
            try expectEqual(try await states(bench, ids), ids.map { _ in .held }, "states when the key is stopped")
            try await store.putLimit(KeyLimit(), namespace: namespace, key: "gpu")
            try expectEqual(try await states(bench, ids), ids.map { _ in .ready }, "states with no bound")
            try expectEqual(
                try await store.limits(namespace: namespace), [KeyLimitEntry(key: "gpu", limit: KeyLimit())], "limits")
            let agent = try await bench.agent("one")
            try expectEqual(try await bench.offer(agent, 1, slots: 2).tasks.count, 2, "leases")
            try expect(try await store.removeLimit(namespace: namespace, key: "gpu"), "there was a limit")
            try expect(!(try await store.removeLimit(namespace: namespace, key: "gpu")), "there is none any more")
            try expectEqual(try await store.limits(namespace: namespace), [], "limits in the end")
            let standing = try await store.keyStanding(namespace: namespace, key: "gpu")
            try expectEqual(standing.limit, .standard, "limit in force")
            try expectEqual(
                standing.places, [Workbench.swarm: KeyStanding.Places(ready: 0, held: 3, leased: 2)], "places")
            try expect(try await bench.offer(agent, 2, slots: 2).tasks.isEmpty, "two run where one may")
        },
        StoreConformance("a rate gives out its burst, then a token at a time") { factory in
            let bench = try await Workbench(factory)
            let rate = RateLimit(perSecond: 0.5, burst: 2)
            try await bench.store.putLimit(KeyLimit(rate: rate), namespace: Workbench.namespace, key: "gpu")
            let ids = (0..<5).map { TaskID("t\($0)") }
            try await keyed(bench, ids)
            let agent = try await bench.agent("one", slots: 10)
            try expectEqual(
                try await bench.offer(agent, 1, slots: 10).tasks.map(\.record.id), ["t0", "t1"], "the burst")
            try expectEqual(try await bench.record("t2").holds, .rate, "why t2 is held")
            try expectEqual(
                try await bench.store.nextDue(), bench.clock.now() + 2000, "when the next token is there")
            try await bench.pass(1999)
            try expect(try await bench.offer(agent, 2, slots: 10).tasks.isEmpty, "leases before the next token")
            try await bench.pass(1)
            try expectEqual(
                try await bench.offer(agent, 3, slots: 10).tasks.map(\.record.id), ["t2"], "leases with it")
            try await bench.pass(3_600_000)
            try expectEqual(
                try await states(bench, ["t3", "t4"]), [.ready, .ready], "states when the bucket is full again")
        },
        StoreConformance("a task gives its slot back whichever way its lease ends") { factory in
            let bench = try await Workbench(factory)
            let agent = try await bench.agent("one")
            try await bench.submit("waiting") { $0.concurrencyKey = "gpu" }
            let first = try await bench.lease(agent, 1)
            try await keyed(bench, ["next"])
            _ = try await bench.report(agent, first, .fail(Failure(code: "X", message: ""), isRetryable: true))
            try expectEqual(try await states(bench, ["waiting", "next"]), [.delayed, .ready], "after a failure")
            let second = try await bench.lease(agent, 2)
            _ = try await bench.store.cancel(second.record.id, CancelOrder(mode: .force, reason: ""))
            try await bench.pass(60_000)
            let third = try await bench.lease(agent, 3)
            try expectEqual(third.record.id, "waiting", "after a cancellation")
            try await keyed(bench, ["last"])
            try await bench.pass(bench.policy.acknowledgeMs)
            // The one whose lease expired is the older.
            try expectEqual(try await states(bench, ["waiting", "last"]), [.ready, .held], "after an expiry")
            _ = try await bench.store.amend("waiting", TaskAmendment(isSuspended: true))
            try expectEqual(try await states(bench, ["waiting", "last"]), [.held, .ready], "when it is suspended")
            let fourth = try await bench.lease(agent, 4)
            _ = try await bench.store.amend("waiting", TaskAmendment(isSuspended: false))
            try expectEqual(try await bench.record("waiting").holds, .concurrency, "why it is held then")
            try await bench.store.endAgents(podUIDs: ["uid-one"])
            try expectEqual(try await bench.record(fourth.record.id).state, .ready, "after the agent's end")
        },
        StoreConformance("tasks of one key wait in the order of priority") { factory in
            let bench = try await Workbench(factory)
            let agent = try await bench.agent("one")
            try await keyed(bench, ["running"])
            let running = try await bench.lease(agent, 1)
            try await keyed(bench, ["low"])
            try await bench.submit("high") {
                $0.concurrencyKey = "gpu"
                $0.priority = 1
            }
            _ = try await bench.complete(agent, running)
            try expectEqual(try await states(bench, ["low", "high"]), [.held, .ready], "states")
        },
        StoreConformance("a key counts over all swarms, but none stands in another's way") { factory in
            let bench = try await Workbench(factory)
            try await bench.store.putCatalogue(Workbench.entry("other"))
            try await keyed(bench, ["here", "here too"])
            try await bench.submit("there") {
                $0.concurrencyKey = "gpu"
                $0.swarm = "other"
            }
            try expectEqual(
                try await states(bench, ["here", "here too", "there"]), [.ready, .held, .ready], "states at first")
            let agent = try await bench.agent("other", swarm: "other")
            let task = try await bench.lease(agent, 1)
            try expectEqual(
                try await states(bench, ["here", "here too"]), [.held, .held], "states while the other swarm has it")
            _ = try await bench.complete(agent, task)
            try expectEqual(try await states(bench, ["here", "here too"]), [.ready, .held], "states after that")
            _ = try await bench.store.amend("here too", TaskAmendment(swarm: "other"))
            try expectEqual(try await bench.record("here too").state, .ready, "state in the other swarm")
        },
        StoreConformance("limits and who is held outlive the store") { factory in
            var bench = try await Workbench(factory)
            let rate = RateLimit(perSecond: 1, burst: 1)
            let limit = KeyLimit(maxConcurrent: 2, rate: rate)
            try await bench.store.putLimit(limit, namespace: Workbench.namespace, key: "gpu")
            try await keyed(bench, ["a", "b"])
            let agent = try await bench.agent("one")
            let task = try await bench.lease(agent, 1)
            let standing = try await bench.store.keyStanding(namespace: Workbench.namespace, key: "gpu")
            bench.subject.store = try await bench.subject.reopen()
            try expectEqual(
                try await bench.store.keyStanding(namespace: Workbench.namespace, key: "gpu"), standing, "standing")
            _ = try await bench.complete(agent, task)
            try expectEqual(try await bench.record("b").state, .held, "state before the token")
            try await bench.pass(1000)
            try expectEqual(try await bench.record("b").state, .ready, "state with the token")
        },
        StoreConformance("a namespace that is full takes no more until a task has ended") { factory in
            var policy = QueuePolicy()
            policy.maxLiveTasks = 2
            let bench = try await Workbench(factory, policy: policy)
            let verdicts = try await bench.store.submit(["a", "b", "c"].map { bench.submission($0) })
            try expectEqual(verdicts.last, .refused(.queueFull(limit: 2)), "verdict on the third")
            try expectEqual(try await bench.store.task("c"), nil, "the third task")
            let again = try await bench.store.submit([bench.submission("a")])
            guard case .existing = again.first else { throw ConformanceFailure("the same again: \(again)") }
            try await bench.submit("elsewhere") { $0.namespace = "other" }
            _ = try await bench.store.cancel("a", CancelOrder(mode: .force, reason: ""))
            try await bench.submit("c")
        },
    ]
}
