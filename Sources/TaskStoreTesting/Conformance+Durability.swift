import TaskQueue

extension StoreConformance {
    static let durability: [StoreConformance] = [
        StoreConformance("everything is there after the store was opened again") { factory in
            var bench = try await Workbench(factory)
            for id: TaskID in ["ended", "leased", "ready"] { try await bench.submit(id) }
            let agent = try await bench.agent("one")
            _ = try await bench.complete(agent, try await bench.lease(agent, 1), #"{"r":1}"#)
            let leased = try await bench.lease(agent, 2)
            _ = try await bench.beat(agent, leased)
            let tasks = try await bench.store.tasks(TaskQuery(namespace: Workbench.namespace)).tasks
            let feed = try await bench.changes()
            bench.subject.store = try await bench.subject.reopen()
            try expectEqual(
                try await bench.store.tasks(TaskQuery(namespace: Workbench.namespace)).tasks, tasks, "tasks")
            try expectEqual(try await bench.changes(), feed, "feed")
            try expectEqual(try await bench.store.result(of: "ended"), Array(#"{"r":1}"#.utf8), "result")
            try expectEqual(try await bench.store.catalogue(), [Workbench.entry()], "catalogue")
            try expect(isAccepted(try await bench.complete(agent, leased)), "a report across the restart is accepted")
            try expectEqual(try await bench.lease(agent, 3).record.id, "ready", "the next lease")
        },
        StoreConformance("after an outage live leases get one full period before the reaper looks") { factory in
            var bench = try await Workbench(factory)
            try await bench.submit("a")
            let agent = try await bench.agent("one")
            let task = try await bench.lease(agent, 1)
            _ = try await bench.beat(agent, task)
            bench.clock.advance(3_600_000)
            bench.subject.store = try await bench.subject.reopen()
            try await bench.pass(bench.policy.leaseMs - 1)
            try expectEqual(try await bench.record("a").state, .leased, "state within the period")
            try await bench.pass(1)
            try expect(try await bench.record("a").state != .leased, "the lease ends with the period")
            try expectEqual(try await bench.record("a").attempts, 1, "attempts")
        },
        StoreConformance("time never goes back, whatever the machine's clock does") { factory in
            var bench = try await Workbench(factory)
            try await bench.submit("a")
            let before = bench.store.now()
            bench.clock.set(before + -3_600_000)
            bench.subject.store = try await bench.subject.reopen()
            try expect(bench.store.now() >= before, "the store's time is not before what it was")
            bench.clock.advance(1000)
            try expect(bench.store.now() >= before + 1000, "and it goes on")
        },
        StoreConformance("SwarmTasks' tasks that have not ended can be found") { factory in
            let bench = try await Workbench(factory)
            for id: TaskID in ["a", "b"] { try await bench.submit(id) { $0.origin = .object(name: "object-\(id)") } }
            try await bench.submit("http")
            _ = try await bench.store.cancel("b", CancelOrder(mode: .force, reason: ""))
            try expectEqual(try await bench.store.liveObjectTasks().map(\.id), ["a"], "live tasks")
        },
    ]
}
