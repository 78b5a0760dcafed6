import TaskQueue

extension StoreConformance {
    static let reports: [StoreConformance] = [
        StoreConformance("a completion ends the task with its result and its entries in the ledger") { factory in
            let bench = try await Workbench(factory)
            try await bench.submit("a")
            let agent = try await bench.agent("one")
            bench.clock.advance(40)
            let task = try await bench.lease(agent, 1)
            bench.clock.advance(100)
            try expect(isAccepted(try await bench.complete(agent, task, #"{"x":1}"#)), "the report is accepted")
            let record = try await bench.record("a")
            try expectEqual(record.state, .succeeded, "state")
            try expectEqual(record.resultBytes, 7, "size of the result")
            try expectEqual(try await bench.store.result(of: "a"), Array(#"{"x":1}"#.utf8), "result")
            let attempts = try await bench.store.attempts(of: "a")
            try expectEqual(attempts.map(\.end), [.succeeded], "attempts")
            try expectEqual(attempts.first.map { $0.ended - $0.started }, 100, "milliseconds of the attempt")
            let outcomes = try await bench.store.outcomes(
                namespace: Workbench.namespace, swarm: Workbench.swarm, limit: 10)
            try expectEqual(outcomes.map(\.task), ["a"], "outcomes")
            try expectEqual(outcomes.first?.waitMs, 40, "milliseconds waited")
            try expectEqual(outcomes.first?.runMs, 100, "milliseconds run")
        },
        StoreConformance("a report under an old token is refused and changes nothing") { factory in
            let bench = try await Workbench(factory)
            try await bench.submit("a")
            let one = try await bench.agent("one")
            let two = try await bench.agent("two")
            let old = try await bench.lease(one, 1)
            try await bench.pass(bench.policy.acknowledgeMs)
            let new = try await bench.lease(two, 1)
            let before = try await bench.record("a")
            let feed = try await bench.changes()
            for content: AttemptReport.Content in [
                .complete(result: [0x31]), .fail(Failure(code: "X", message: ""), isRetryable: true),
                .fail(Failure(code: "X", message: ""), isRetryable: false), .release(checkpoint: [0x31]),
            ] {
                try expectEqual(
                    try await bench.report(one, old, content), .refused(.superseded), "outcome of the old report")
            }
            try expectEqual(try await bench.beat(one, old, checkpoint: [0x31]), .lost, "verdict on the old lease")
            var forged = new
            forged.key.token = old.key.token
            try expectEqual(
                try await bench.complete(two, forged), .refused(.unknownLease), "outcome with the new epoch, old token")
            try expectEqual(try await bench.record("a"), before, "record")
            try expectEqual(try await bench.changes(), feed, "feed")
            try expectEqual(try await bench.store.result(of: "a"), nil, "result")
            try expect(isAccepted(try await bench.complete(two, new)), "the new lease's report is accepted")
            try expectEqual(try await bench.complete(one, old), .refused(.superseded), "outcome after the end")
        },
        StoreConformance("the same report again is a duplicate, another one is refused") { factory in
            let bench = try await Workbench(factory)
            try await bench.submit("a")
            let agent = try await bench.agent("one")
            let task = try await bench.lease(agent, 1)
            _ = try await bench.complete(agent, task, "1")
            let before = try await bench.record("a")
            try expectEqual(try await bench.complete(agent, task, "1"), .duplicate, "the same")
            try expectEqual(try await bench.complete(agent, task, "2"), .refused(.alreadyReported), "another result")
            try expectEqual(
                try await bench.report(agent, task, .release(checkpoint: nil)), .refused(.alreadyReported),
                "another kind")
            try expectEqual(try await bench.record("a"), before, "record")
            try expectEqual(try await bench.store.result(of: "a"), Array("1".utf8), "result")
            var unknown = task
            unknown.record.id = "none"
            try expectEqual(try await bench.complete(agent, unknown), .refused(.unknownTask), "unknown task")
        },
        StoreConformance("a retryable failure is tried again after a backoff, as often as its policy says") { factory in
            let bench = try await Workbench(factory)
            try await bench.submit("a") { $0.retry = RetryPolicy(limit: 2, backoffSeconds: 2, maxBackoffSeconds: 60) }
            let agent = try await bench.agent("one")
            for attempt in 1...3 {
                let task = try await bench.lease(agent, Int64(attempt))
                try expectEqual(task.record.attempts, attempt, "attempt")
                let failure = Failure(code: "X", message: "failure \(attempt)")
                _ = try await bench.report(agent, task, .fail(failure, isRetryable: true))
                let record = try await bench.record("a")
                if attempt == 3 {
                    try expectEqual(record.state, .failed, "state after the last attempt")
                    try expectEqual(record.failure, failure, "failure")
                } else {
                    try expectEqual(record.state, .delayed, "state after attempt \(attempt)")
                    let wait = record.readyAt - bench.clock.now()
                    try expectEqual(
                        wait, record.retry.backoffMilliseconds(after: attempt, of: "a"), "wait after attempt \(attempt)"
                    )
                    let longest = Int64(attempt) * 2000
                    try expect((longest / 2...longest).contains(wait), "waited \(wait) ms after attempt \(attempt)")
                    try await bench.pass(longest)
                }
            }
            try expectEqual(try await bench.store.attempts(of: "a").map(\.number), [1, 2, 3], "attempts")
        },
        StoreConformance("whether a failure is tried again is told by its code, and giving up wins") { factory in
            let bench = try await Workbench(factory)
            let agent = try await bench.agent("one")
            let policy = RetryPolicy(limit: 3, backoffSeconds: 0, retryOn: ["NET*", "BUSY"], giveUpOn: ["NET_GONE"])
            let cases: [(code: String, state: TaskState)] = [
                ("NET", .ready), ("NET_RESET", .ready), ("BUSY", .ready), ("BUSY_1", .failed), ("NET_GONE", .failed),
                ("OTHER", .failed),
            ]
            for (index, (code, state)) in cases.enumerated() {
                let id = TaskID(code)
                try await bench.submit(id) { $0.retry = policy }
                let task = try await bench.lease(agent, Int64(index + 1))
                let failure = Failure(code: code, message: "")
                _ = try await bench.report(agent, task, .fail(failure, isRetryable: true))
                let record = try await bench.record(id)
                try expectEqual(record.state, state, "state after \(code)")
                try expectEqual(record.failure?.code, code, "code")
                _ = try await bench.store.cancel(id, CancelOrder(mode: .force, reason: "it has been seen"))
            }
        },
        StoreConformance("time-outs and lost agents are kinds of failure, too") { factory in
            let bench = try await Workbench(factory)
            let agent = try await bench.agent("one")
            try await bench.submit("times out") {
                $0.timeoutMs = 1000
                $0.retry = RetryPolicy(limit: 3, giveUpOn: [Failure.timedOut])
            }
            _ = try await bench.beat(agent, try await bench.lease(agent, 1))
            try await bench.pass(1000 + bench.policy.timeoutGraceMs)
            try expectEqual(try await bench.record("times out").state, .failed, "state after the time-out")
            try await bench.submit("is lost") { $0.retry = RetryPolicy(limit: 3, retryOn: ["X"]) }
            _ = try await bench.lease(agent, 2)
            try await bench.pass(bench.policy.acknowledgeMs)
            let record = try await bench.record("is lost")
            try expectEqual(record.state, .failed, "state after the lease")
            try expectEqual(record.failure?.code, Failure.leaseExpired, "code")
        },
        StoreConformance("a permanent failure ends the task") { factory in
            let bench = try await Workbench(factory)
            try await bench.submit("a")
            let agent = try await bench.agent("one")
            let failure = Failure(code: "BAD_INPUT", message: "row 3: close must be positive")
            _ = try await bench.report(agent, try await bench.lease(agent, 1), .fail(failure, isRetryable: false))
            let record = try await bench.record("a")
            try expectEqual(record.state, .failed, "state")
            try expectEqual(record.failure, failure, "failure")
        },
        StoreConformance("a released task is ready at once, in its old place, and loses no attempt") { factory in
            let bench = try await Workbench(factory)
            try await bench.submit("a")
            bench.clock.advance(10)
            try await bench.submit("b")
            let one = try await bench.agent("one")
            let task = try await bench.lease(one, 1)
            try expect(
                isAccepted(try await bench.report(one, task, .release(checkpoint: nil))), "the release is accepted")
            let two = try await bench.agent("two")
            let again = try await bench.lease(two, 1)
            try expectEqual(again.record.id, "a", "the task leased next")
            try expectEqual(again.record.attempts, 1, "attempts")
            try expectEqual(again.key.epoch, 2, "epoch")
        },
        StoreConformance("a cooperative cancellation reaches the agent, which may still complete") { factory in
            let bench = try await Workbench(factory)
            let agent = try await bench.agent("one")
            for id: TaskID in ["completes", "stops", "is forced", "is not heard of"] { try await bench.submit(id) }
            let tasks = try await bench.offer(agent, 1, slots: 4).tasks
            for task in tasks {
                _ = try await bench.beat(agent, task)
                let order = CancelOrder(
                    mode: .cooperative, graceMs: task.record.id == "is forced" ? 3000 : nil, reason: "stop")
                try expectEqual(
                    try await bench.store.cancel(task.record.id, order)?.state, .leased, "state while cancelling")
                let forcedInMs: Int64? = task.record.id == "is forced" ? 3000 : nil
                try expectEqual(
                    try await bench.beat(agent, task), .cancelRequested(forcedInMs: forcedInMs), "verdict")
            }
            _ = try await bench.complete(agent, tasks[0])
            _ = try await bench.report(
                agent, tasks[1], .fail(Failure(code: "CANCELLED", message: ""), isRetryable: true))
            try await bench.pass(3000)
            try expectEqual(try await bench.record("completes").state, .succeeded, "completed")
            try expectEqual(try await bench.record("stops").state, .cancelled, "stopped")
            try expectEqual(try await bench.record("is forced").state, .cancelled, "forced")
            try expectEqual(try await bench.beat(agent, tasks[2]), .lost, "verdict after the force")
            try await bench.pass(bench.policy.leaseMs)
            try expectEqual(try await bench.record("is not heard of").state, .cancelled, "not heard of")
        },
        StoreConformance("a forced cancellation ends the task now, and its agent's report is refused") { factory in
            let bench = try await Workbench(factory)
            try await bench.submit("a")
            let agent = try await bench.agent("one")
            let task = try await bench.lease(agent, 1)
            _ = try await bench.store.cancel("a", CancelOrder(mode: .force, reason: "now"))
            try expectEqual(try await bench.complete(agent, task), .refused(.ended), "outcome")
            try expectEqual(try await bench.record("a").state, .cancelled, "state")
            try expectEqual(try await bench.store.result(of: "a"), nil, "result")
        },
    ]
}
