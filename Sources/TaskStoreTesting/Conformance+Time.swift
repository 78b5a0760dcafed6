import TaskQueue

extension StoreConformance {
    static let time: [StoreConformance] = [
        StoreConformance("a lease that its agent never showed to have ends after the time for that") { factory in
            let bench = try await Workbench(factory)
            try await bench.submit("a")
            let agent = try await bench.agent("one")
            _ = try await bench.lease(agent, 1)
            try await bench.pass(bench.policy.acknowledgeMs - 1)
            try expectEqual(try await bench.record("a").state, .leased, "state just before")
            let reaped = try await bench.pass(1)
            try expectEqual(reaped.expiredLeases, 1, "expired leases")
            try expectEqual(try await bench.record("a").state, .ready, "state")
            try expectEqual(try await bench.store.attempts(of: "a").map(\.end), [.unacknowledged], "ledger")
        },
        StoreConformance("heartbeats keep a lease, their absence ends it, and another agent goes on") { factory in
            let bench = try await Workbench(factory)
            try await bench.submit("a") { $0.timeoutMs = 3_600_000 }
            let one = try await bench.agent("one")
            let task = try await bench.lease(one, 1)
            for _ in 0..<10 {
                try expectEqual(try await bench.beat(one, task), .alive, "verdict")
                try await bench.pass(bench.policy.leaseMs - 1)
            }
            try expectEqual(try await bench.record("a").state, .leased, "state while heartbeats come")
            try await bench.pass(1)
            try expectEqual(try await bench.record("a").state, .ready, "state without them")
            try expectEqual(try await bench.beat(one, task), .lost, "verdict on the lost lease")
            let two = try await bench.agent("two")
            let again = try await bench.lease(two, 1)
            try expectEqual(again.record.attempts, 2, "attempts")
            try expect(isAccepted(try await bench.complete(two, again)), "the second attempt's report is accepted")
            try expectEqual(try await bench.store.attempts(of: "a").map(\.end), [.expired, .succeeded], "ledger")
        },
        StoreConformance("a late completion counts as long as nobody has taken the task over") { factory in
            let bench = try await Workbench(factory)
            try await bench.submit("before the reaper")
            try await bench.submit("after the reaper")
            let agent = try await bench.agent("one")
            let tasks = try await bench.offer(agent, 1, slots: 2).tasks
            bench.clock.advance(bench.policy.leaseMs * 2)
            try expect(isAccepted(try await bench.complete(agent, tasks[0])), "before the reaper")
            try await bench.pass(0)
            try expectEqual(try await bench.record("after the reaper").state, .ready, "state after the reaper")
            try expectEqual(
                try await bench.report(agent, tasks[1], .release(checkpoint: nil)), .refused(.expired), "late release")
            try expect(isAccepted(try await bench.complete(agent, tasks[1])), "after the reaper")
            try expectEqual(try await bench.record("after the reaper").state, .succeeded, "state")
            let two = try await bench.agent("two")
            try expect(try await bench.offer(two, 1, slots: 4).tasks.isEmpty, "nothing is left to lease")
        },
        StoreConformance("attempts lost with their agents are counted too") { factory in
            let bench = try await Workbench(factory)
            try await bench.submit("a") { $0.retry = RetryPolicy(limit: 1) }
            let agent = try await bench.agent("one")
            for request in 1...2 {
                _ = try await bench.lease(agent, Int64(request))
                try await bench.pass(bench.policy.acknowledgeMs)
            }
            let record = try await bench.record("a")
            try expectEqual(record.state, .failed, "state")
            try expectEqual(record.failure?.code, Failure.leaseExpired, "code")
        },
        StoreConformance("an attempt's time-out is for the attempt, the deadline for the whole life") { factory in
            let bench = try await Workbench(factory)
            try await bench.submit("times out") { $0.timeoutMs = 1000 }
            let agent = try await bench.agent("one")
            let task = try await bench.lease(agent, 1)
            _ = try await bench.beat(agent, task)
            try await bench.pass(1000 + bench.policy.timeoutGraceMs - 1)
            try expectEqual(try await bench.record("times out").state, .leased, "state within the grace")
            try await bench.pass(1)
            let record = try await bench.record("times out")
            try expectEqual(record.state, .delayed, "state after the time-out")
            try expectEqual(record.failure?.code, Failure.timedOut, "code")
            for (id, isLeased): (TaskID, Bool) in [("waits", false), ("runs", true)] {
                try await bench.submit(id) {
                    $0.deadlineMs = 10_000
                    if !isLeased { $0.isSuspended = true }
                }
            }
            let running = try await bench.lease(agent, 2)
            try expectEqual(running.record.id, "runs", "the task leased")
            for _ in 0..<2 {
                _ = try await bench.beat(agent, running)
                try await bench.pass(5000)
            }
            for id: TaskID in ["waits", "runs"] {
                let record = try await bench.record(id)
                try expectEqual(record.state, .failed, "state of the one that \(id)")
                try expectEqual(record.failure?.code, Failure.deadlineExceeded, "code of the one that \(id)")
            }
            try expectEqual(try await bench.complete(agent, running), .refused(.ended), "report after the deadline")
        },
        StoreConformance("a task whose deadline has just passed is not given out") { factory in
            let bench = try await Workbench(factory)
            try await bench.submit("over") { $0.deadlineMs = 10 }
            try await bench.submit("next")
            bench.clock.advance(10)
            let agent = try await bench.agent("one")
            try expectEqual(try await bench.lease(agent, 1).record.id, "next", "the task leased")
            try expectEqual(try await bench.record("over").state, .failed, "state")
        },
        StoreConformance("what ended is forgotten after its retention, but for outcomes that are not written") {
            factory in
            var policy = QueuePolicy()
            policy.retentionMs = 60_000
            let bench = try await Workbench(factory, policy: policy)
            try await bench.submit("http")
            try await bench.submit("object") { $0.origin = .object(name: "object") }
            for id: TaskID in ["http", "object"] {
                _ = try await bench.store.cancel(id, CancelOrder(mode: .force, reason: ""))
            }
            try await bench.submit("alive")
            try await bench.pass(60_001)
            try expectEqual(try await bench.store.task("http"), nil, "the ended task")
            try expect(try await bench.store.task("object") != nil, "the one whose outcome is not written stays")
            try expect(try await bench.store.task("alive") != nil, "the one that has not ended stays")
            try await bench.store.acknowledgeOutcomes(of: ["object"])
            try await bench.pass(0)
            try expectEqual(try await bench.store.task("object"), nil, "the one whose outcome is written")
            try expectEqual(try await bench.store.input(of: "object"), nil, "its input")
        },
        StoreConformance("a task that failed is kept for as long as is said for those") { factory in
            var policy = QueuePolicy()
            policy.retentionMs = 60_000
            policy.failedRetentionMs = 180_000
            let bench = try await Workbench(factory, policy: policy)
            let agent = try await bench.agent("one")
            for (request, id) in zip(Int64(1)..., ["http", "object"] as [TaskID]) {
                try await bench.submit(id) { if id == "object" { $0.origin = .object(name: "object") } }
                let task = try await bench.lease(agent, request)
                _ = try await bench.beat(agent, task, output: "before the end\n")
                _ = try await bench.report(agent, task, .fail(Failure(code: "X", message: "x"), isRetryable: false))
            }
            try await bench.submit("succeeds")
            _ = try await bench.complete(agent, try await bench.lease(agent, 3))
            try await bench.pass(60_001)
            try expectEqual(try await bench.store.task("succeeds"), nil, "the one that succeeded")
            try expect(try await bench.store.task("http") != nil, "the failed one is kept longer")
            try await bench.pass(119_999)
            try expect(try await bench.store.task("http") != nil, "until its own time")
            try await bench.pass(1)
            try expectEqual(try await bench.store.task("http"), nil, "the failed one after its time")
            try expectEqual(try await bench.store.output(of: "http"), nil, "its output")
            try expect(try await bench.store.task("object") != nil, "one whose outcome is not written stays")
            try await bench.store.acknowledgeOutcomes(of: ["object"])
            try await bench.pass(0)
            try expectEqual(try await bench.store.task("object"), nil, "the one whose outcome is written")
            try expectEqual(
                try await bench.store.failureGroups(namespace: Workbench.namespace, swarm: nil, limit: 1).map(\.count),
                [2], "failures in their group still")
        },
    ]
}
