import TaskQueue

extension StoreConformance {
    private static func order(_ bench: Workbench, _ count: Int, slots: Int = 1) async throws -> [TaskID] {
        let agent = try await bench.agent("reader", slots: slots)
        var order: [TaskID] = []
        for request in 1...Int64(count / slots) {
            let tasks = try await bench.offer(agent, request, slots: slots).tasks
            order += tasks.map(\.record.id)
            for task in tasks { _ = try await bench.complete(agent, task) }
        }
        return order
    }

    static let fairness: [StoreConformance] = [
        StoreConformance("submitters take turns, however much one has submitted") { factory in
            let bench = try await Workbench(factory)
            let many = (0..<20).map { TaskID("many\($0)") }
            _ = try await bench.store.submit(
                many.map { id in bench.submission(id) { $0.fairnessKey = "many" } })
            bench.clock.advance(3_600_000)
            let agent = try await bench.agent("one")
            let first = try await bench.lease(agent, 1)
            try expectEqual(first.record.id, "many0", "the first")
            bench.clock.advance(10)
            for name in ["few", "single"] {
                for number in 0..<(name == "few" ? 2 : 1) {
                    try await bench.submit(TaskID("\(name)\(number)")) { $0.fairnessKey = name }
                }
            }
            try expectEqual(
                try await order(bench, 7),
                ["many1", "few0", "single0", "many2", "few1", "many3", "many4"], "the order of leases")
        },
        StoreConformance("turns count within one call, too") { factory in
            let bench = try await Workbench(factory)
            for name in ["ann", "bob"] {
                for number in 0..<3 { try await bench.submit(TaskID("\(name)\(number)")) { $0.fairnessKey = name } }
            }
            try expectEqual(
                try await order(bench, 6, slots: 3), ["ann0", "bob0", "ann1", "bob1", "ann2", "bob2"], "the order")
        },
        StoreConformance("priority goes before turns for as long as it is worth, and age makes up for it") { factory in
            let bench = try await Workbench(factory)
            for number in 0..<4 {
                try await bench.submit(TaskID("high\(number)")) {
                    $0.fairnessKey = "high"
                    $0.priority = 1
                }
            }
            try await bench.submit("low") { $0.fairnessKey = "low" }
            let agent = try await bench.agent("one")
            for (request, expected) in zip(Int64(1)..., ["high0", "high1"] as [TaskID]) {
                try expectEqual(try await bench.lease(agent, request).record.id, expected, "within 30 s")
                bench.clock.advance(1000)
            }
            bench.clock.advance(30_000)
            try expectEqual(try await bench.lease(agent, 3).record.id, "high2", "its lane has waited as long")
            try expectEqual(try await bench.lease(agent, 4).record.id, "low", "after 30 s")
        },
        StoreConformance("a turn counts for all task types of a submitter") { factory in
            let bench = try await Workbench(factory)
            try await bench.submit("ann echo") {
                $0.fairnessKey = "ann"
                $0.type = "echo"
            }
            try await bench.submit("ann analysis") { $0.fairnessKey = "ann" }
            try await bench.submit("bob") { $0.fairnessKey = "bob" }
            try expectEqual(try await order(bench, 3), ["ann echo", "bob", "ann analysis"], "the order")
        },
        StoreConformance("a submitter's tasks of all types go in one order, and none of them for ever first") {
            factory in
            let bench = try await Workbench(factory)
            try await bench.submit("old") { $0.type = "echo" }
            bench.clock.advance(31_000)
            for id: TaskID in ["urgent0", "urgent1"] { try await bench.submit(id) { $0.priority = 1 } }
            bench.clock.advance(60_000)
            try expectEqual(try await order(bench, 1), ["old"], "the first of all types")
            try await bench.submit("older") { $0.type = "echo" }
            bench.clock.advance(31_000)
            for id: TaskID in ["urgent2", "urgent3"] { try await bench.submit(id) { $0.priority = 1 } }
            let agent = try await bench.agent("two", slots: 8)
            try expectEqual(
                try await bench.offer(agent, 1, slots: 8).tasks.map(\.record.id),
                ["urgent0", "urgent1", "older", "urgent2", "urgent3"], "ready times, less 30 s for each level")
        },
        StoreConformance("a backlog of other types does not delay an agent of one type") { factory in
            let bench = try await Workbench(factory)
            for number in 0..<40 {
                try await bench.submit(TaskID("analysis\(number)")) {
                    $0.fairnessKey = number % 2 == 0 ? "ann" : "bob"
                    $0.priority = number % 3
                }
            }
            for name in ["ann", "bob"] {
                for number in 0..<2 {
                    try await bench.submit(TaskID("\(name)\(number)")) {
                        $0.fairnessKey = name
                        $0.type = "echo"
                    }
                }
            }
            let agent = try await bench.agent("echoer", slots: 3, capabilities: ["echo"])
            try expectEqual(
                try await bench.offer(agent, 1, slots: 3).tasks.map(\.record.id), ["ann0", "bob0", "ann1"], "leases")
        },
        StoreConformance("an agent of few types takes from each lane what it can") { factory in
            let bench = try await Workbench(factory)
            for name in ["ann", "bob"] {
                try await bench.submit(TaskID("\(name) analysis")) { $0.fairnessKey = name }
                try await bench.submit(TaskID("\(name) echo")) {
                    $0.fairnessKey = name
                    $0.type = "echo"
                }
            }
            let agent = try await bench.agent("echoer", capabilities: ["echo"])
            try expectEqual(
                try await bench.offer(agent, 1, slots: 4).tasks.map(\.record.id), ["ann echo", "bob echo"], "leases")
        },
        StoreConformance("where a task stands is told") { factory in
            let bench = try await Workbench(factory)
            for id: TaskID in ["a", "b"] { try await bench.submit(id) { $0.fairnessKey = "ann" } }
            try await bench.submit("c") { $0.fairnessKey = "bob" }
            try await bench.submit("d") {
                $0.fairnessKey = "ann"
                $0.type = "echo"
            }
            try await bench.submit("delayed") { $0.delayMs = 1000 }
            try expectEqual(
                try await bench.store.position(of: "d"), QueuePosition(ahead: 2, otherSubmitters: 1), "position of d")
            try expectEqual(
                try await bench.store.position(of: "b"), QueuePosition(ahead: 1, otherSubmitters: 1), "position of b")
            try expectEqual(
                try await bench.store.position(of: "c"), QueuePosition(ahead: 0, otherSubmitters: 1), "position of c")
            try expectEqual(try await bench.store.position(of: "delayed"), nil, "position of a delayed one")
        },
    ]
}
