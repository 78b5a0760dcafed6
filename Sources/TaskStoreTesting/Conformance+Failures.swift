import TaskQueue

extension StoreConformance {
    static let failures: [StoreConformance] = [
        StoreConformance("tasks that failed alike are one group") { factory in
            var bench = try await Workbench(factory)
            let agent = try await bench.agent("one", slots: 20)
            let started = bench.clock.now()
            func fail(_ id: TaskID, _ request: Int64, _ code: String, _ message: String) async throws {
                try await bench.submit(id)
                let task = try await bench.lease(agent, request)
                let failure = Failure(code: code, message: message)
                _ = try await bench.report(agent, task, .fail(failure, isRetryable: false))
                bench.clock.advance(1000)
            }
            for number in 1...7 {
                try await fail(
                    TaskID("t\(number)"), Int64(number), "TIMEOUT", "host db-\(number) took \(number * 7) ms")
            }
            try await fail("other", 8, "CRASH", "host db-1 took 7 ms")
            bench.subject.store = try await bench.subject.reopen()
            let groups = try await bench.store.failureGroups(
                namespace: Workbench.namespace, swarm: Workbench.swarm, limit: 10)
            try expectEqual(groups.map(\.count), [7, 1], "counts")
            let group = try require(groups.first, "group")
            try expectEqual(
                group.fingerprint, FailureFingerprint(code: "TIMEOUT", pattern: "host # took # ms"), "fingerprint")
            try expectEqual(group.first, started, "the first")
            try expectEqual(group.last, started + 6000, "the last")
            try expectEqual(group.examples, ["t7", "t6", "t5", "t4", "t3"], "examples")
            try expectEqual(
                try await bench.store.failureGroups(namespace: Workbench.namespace, swarm: nil, limit: 1), [group],
                "of all swarms, the most frequent")
            try expectEqual(
                try await bench.store.failureGroups(namespace: Workbench.namespace, swarm: "other", limit: 1), [],
                "of another swarm")
        },
        StoreConformance("attempts that failed and cancelled tasks are in no group; deadlines are") { factory in
            let bench = try await Workbench(factory)
            let agent = try await bench.agent("one")
            try await bench.submit("retried")
            let task = try await bench.lease(agent, 1)
            _ = try await bench.report(agent, task, .fail(Failure(code: "X", message: ""), isRetryable: true))
            _ = try await bench.store.cancel("retried", CancelOrder(mode: .force, reason: ""))
            try await bench.submit("late") { $0.deadlineMs = 10 }
            try await bench.pass(10)
            let groups = try await bench.store.failureGroups(namespace: Workbench.namespace, swarm: nil, limit: 10)
            try expectEqual(groups.map(\.fingerprint.code), [Failure.deadlineExceeded], "codes")
        },
    ]
}
