import StructuredData
import TaskQueue

extension StoreConformance {
    static let feed: [StoreConformance] = [
        StoreConformance("the feed tells a task's whole life in order") { factory in
            let bench = try await Workbench(factory)
            let start = try await bench.store.changeCursor()
            try await bench.submit("a") { $0.origin = .object(name: "object-a") }
            let agent = try await bench.agent("one")
            let task = try await bench.lease(agent, 1)
            _ = try await bench.beat(agent, task, progress: Progress(done: 1))
            _ = try await bench.beat(agent, task, progress: Progress(done: 1))
            _ = try await bench.report(agent, task, .fail(Failure(code: "X", message: ""), isRetryable: true))
            try await bench.pass(60_000)
            _ = try await bench.lease(agent, 2)
            _ = try await bench.store.cancel("a", CancelOrder(mode: .cooperative, reason: ""))
            _ = try await bench.store.cancel("a", CancelOrder(mode: .force, reason: ""))
            let page = try await bench.store.changes(after: start, limit: 1000)
            let mine = page.changes.filter { $0.task == "a" }
            try expectEqual(
                mine.map(\.kind),
                [
                    .submitted, .ready, .leased, .progress, .waiting, .ready, .leased, .cancelling, .finished,
                ], "kinds")
            try expect(mine.allSatisfy { $0.object == "object-a" }, "each names the object")
            let kind = try await bench.store.task("a").map(Change.WorkKind.init)
            try expect(mine.allSatisfy { $0.work == kind }, "each tells the type and the size of the input")
            try expectEqual(mine.last?.state, .cancelled, "state at the end")
            try expectEqual(page.changes.map(\.cursor), page.changes.map(\.cursor).sorted(), "cursors")
            try expectEqual(page.cursor, try await bench.store.changeCursor(), "the feed's end")
            let rest = try await bench.store.changes(after: mine[5].cursor, limit: 1)
            try expectEqual(rest.changes.map(\.kind), [.leased], "a page from the middle")
        },
        StoreConformance("what every consumer has acknowledged is pruned, outcomes only once written") { factory in
            let bench = try await Workbench(factory)
            try await bench.submit("object") { $0.origin = .object(name: "object") }
            try await bench.submit("http")
            for id: TaskID in ["object", "http"] {
                _ = try await bench.store.cancel(id, CancelOrder(mode: .force, reason: ""))
            }
            let end = try await bench.store.changeCursor()
            try await bench.store.acknowledge(consumer: "operator", through: end)
            try await bench.store.acknowledge(consumer: "operator", through: 1)
            try expectEqual(try await bench.store.acknowledged(by: "operator"), end, "cursor of the consumer")
            try expectEqual(try await bench.store.acknowledged(by: "nobody"), 0, "cursor of nobody")
            let page = try await bench.store.changes(after: 0, limit: 1000)
            try expectEqual(page.changes.map(\.kind), [.finished], "what is left")
            try expectEqual(page.changes.map(\.task), ["object"], "whose it is")
            try expect(page.isTruncated, "a reader from the start is told that it missed something")
            try expect(!(try await bench.store.changes(after: end, limit: 10).isTruncated), "one at the end is not")
            try await bench.store.acknowledgeOutcomes(of: ["object"])
            try expectEqual(try await bench.changes(), [], "what is left in the end")
            try await bench.submit("later")
            try expect(try await bench.store.changeCursor() > end, "cursors never come again")
        },
        StoreConformance("a slower consumer keeps what it has not acknowledged") { factory in
            let bench = try await Workbench(factory)
            try await bench.store.acknowledge(consumer: "slow", through: 0)
            try await bench.submit("a")
            let before = try await bench.changes()
            try await bench.store.acknowledge(consumer: "fast", through: try await bench.store.changeCursor())
            try expectEqual(try await bench.changes(), before, "feed")
        },
        StoreConformance("hints come after commits") { factory in
            let bench = try await Workbench(factory)
            var hints = bench.store.changeHints().makeAsyncIterator()
            let before = try await bench.store.changeCursor()
            try await bench.submit("a")
            let hint: Void? = await hints.next()
            try expect(hint != nil, "a hint came")
            try expect(
                try await bench.store.changes(after: before, limit: 10).changes.count == 2, "what it hints at is there")
        },
        StoreConformance("what one says to all is heard by all, with nothing in the feed") { factory in
            let bench = try await Workbench(factory)
            let cursor = try await bench.store.changeCursor()
            let listeners = (0..<2).map { _ in bench.store.messages.listen() }
            let said = ["one", "{\"two\":\"zwei \u{1F600}\"}", String(repeating: "3", count: StoreMessageLimits.bytes)]
            for text in said { await bench.store.messages.post(text) }
            for listener in listeners {
                var heard: [String] = []
                for await text in listener {
                    heard.append(text)
                    if heard.count == said.count { break }
                }
                try expectEqual(heard, said, "messages")
            }
            try expectEqual(try await bench.store.changeCursor(), cursor, "the feed's end")
        },
        StoreConformance("the catalogue is read back, and says when it changes") { factory in
            let bench = try await Workbench(factory)
            var entry = Workbench.entry("second")
            entry.taskTypes = [
                TaskTypeEntry(
                    name: "echo", inputSchema: ["type": "object", "properties": ["n": ["type": "integer"]]],
                    outputSchema: ["type": "object"], timeoutMs: 5, retry: RetryPolicy(limit: 1))
            ]
            try await bench.store.putCatalogue(entry)
            try expectEqual(try await bench.store.catalogue(), [Workbench.entry(), entry], "entries")
            let cursor = try await bench.store.changeCursor()
            try await bench.store.putCatalogue(entry)
            try expectEqual(try await bench.store.changeCursor(), cursor, "the same entry again is no change")
            entry.weight = 3
            try await bench.store.putCatalogue(entry)
            try await bench.store.removeCatalogue(namespace: entry.namespace, swarm: entry.swarm)
            try expectEqual(
                try await bench.store.changes(after: cursor, limit: 10).changes.map(\.kind), [.catalogue, .catalogue],
                "feed")
            try expectEqual(try await bench.store.catalogue(), [Workbench.entry()], "entries in the end")
        },
        StoreConformance("decisions are kept, newest first") { factory in
            let bench = try await Workbench(factory)
            let inputs: JSON = ["ready": 3, "wait": 1.5]
            for number in 0..<3 {
                try await bench.store.recordDecision(
                    DecisionRecord(
                        namespace: Workbench.namespace, swarm: Workbench.swarm, time: bench.clock.now(), from: number,
                        to: number + 1, reason: "TasksWaiting", inputs: inputs))
            }
            let found = try await bench.store.decisions(
                namespace: Workbench.namespace, swarm: Workbench.swarm, limit: 2)
            try expectEqual(found.map(\.to), [3, 2], "decisions")
            try expectEqual(found.first?.inputs, inputs, "inputs")
        },
        StoreConformance("the summary counts what is there") { factory in
            let bench = try await Workbench(factory)
            let started = bench.clock.now()
            for id: TaskID in ["a", "b", "c"] { try await bench.submit(id) }
            try await bench.submit("delayed") { $0.delayMs = 5000 }
            try await bench.submit("held") { $0.isSuspended = true }
            try await bench.submit("elsewhere") { $0.swarm = "other" }
            let agent = try await bench.agent("one")
            bench.clock.advance(1000)
            _ = try await bench.complete(agent, try await bench.lease(agent, 1))
            bench.clock.advance(500)
            _ = try await bench.lease(agent, 2)
            let summary = try await bench.store.summary(namespace: Workbench.namespace, swarm: Workbench.swarm)
            try expectEqual(
                [summary.ready, summary.leased, summary.delayed, summary.held], [1, 1, 1, 1],
                "ready, leased, delayed, held")
            try expectEqual(summary.oldestReady, started, "the oldest")
            try expectEqual(summary.nextDelayed, started + 5000, "the next delayed")
            try expectEqual(summary.arrivalsLastMinute, 5, "arrivals")
            try expectEqual(summary.lastActivity, bench.clock.now(), "last activity")
            try expectEqual(summary.serviceMilliseconds, 0, "service time")
            try expectEqual(summary.agents.map(\.leased), [1], "leases of the agents")
        },
    ]
}
