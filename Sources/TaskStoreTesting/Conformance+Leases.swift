import Synchronization
import TaskQueue

extension StoreConformance {
    static let leases: [StoreConformance] = [
        StoreConformance("a lease carries the task, and its epoch rises") { factory in
            let bench = try await Workbench(factory)
            try await bench.submit("a") { $0.retry = RetryPolicy(limit: 3, backoffSeconds: 0) }
            let agent = try await bench.agent("one")
            let first = try await bench.lease(agent, 1)
            try expectEqual(first.key.epoch, 1, "epoch")
            try expectEqual(first.input, Array(#"{"of":"a"}"#.utf8), "input")
            try expectEqual(first.record.agent, "one", "agent")
            try expectEqual(first.record, try await bench.record("a"), "record")
            _ = try await bench.report(agent, first, .fail(Failure(code: "X", message: "x"), isRetryable: true))
            let second = try await bench.lease(agent, 2)
            try expectEqual(second.key.epoch, 2, "epoch of the second lease")
            try expect(second.key.token != first.key.token, "each lease has a token of its own")
            try expectEqual(second.record.attempts, 2, "attempts")
        },
        StoreConformance("each task is leased once however many ask") { factory in
            let bench = try await Workbench(factory)
            let agents = try await [bench.agent("one"), bench.agent("two"), bench.agent("three")]
            let ids = (0..<60).map { TaskID("t\($0)") }
            _ = try await bench.store.submit(ids.map { bench.submission($0) })
            let leased = try await withThrowingTaskGroup(of: [TaskID].self) { group in
                for agent in agents {
                    group.addTask {
                        var found: [TaskID] = []
                        for request in 1...10 {
                            found += try await bench.offer(agent, Int64(request), slots: 4).tasks.map(\.record.id)
                        }
                        return found
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            try expectEqual(leased.count, 60, "leases")
            try expectEqual(Set(leased), Set(ids), "tasks leased")
        },
        StoreConformance("the same request again gets the same leases, a lower one is refused") { factory in
            let bench = try await Workbench(factory)
            for number in 0..<4 { try await bench.submit(TaskID("t\(number)")) }
            let agent = try await bench.agent("one")
            let first = try await bench.offer(agent, 5, slots: 2)
            try expectEqual(first.tasks.count, 2, "leases")
            let again = try await bench.offer(agent, 5, slots: 2)
            try expectEqual(again.tasks, first.tasks, "the same leases")
            let stale = try await bench.store.lease(LeaseCall(agent: agent, request: 4, slots: 2))
            try expectEqual(stale, .stale, "verdict on a lower request")
            let next = try await bench.offer(agent, 6, slots: 1)
            try expect(!first.tasks.map(\.record.id).contains(next.tasks[0].record.id), "a higher one gets others")
            _ = try await bench.beat(agent, first.tasks[0])
            try expectEqual(try await bench.record(next.tasks[0].record.id).attempts, 1, "attempts")
        },
        StoreConformance("an agent that is not registered gets nothing") { factory in
            let bench = try await Workbench(factory)
            try await bench.submit("a")
            let verdict = try await bench.store.lease(LeaseCall(agent: "nobody", request: 1, slots: 1))
            try expectEqual(verdict, .unknownAgent, "verdict")
            try expectEqual(try await bench.record("a").state, .ready, "state")
        },
        StoreConformance("agents get what their swarm and they themselves can do, in their namespace") { factory in
            let bench = try await Workbench(factory)
            try await bench.store.putCatalogue(Workbench.entry("other"))
            try await bench.submit("echo") { $0.type = "echo" }
            try await bench.submit("analysis")
            try await bench.submit("unknown type") { $0.type = "dance" }
            try await bench.submit("elsewhere") { $0.namespace = "other" }
            let other = try await bench.agent("other", swarm: "other")
            try expect(try await bench.offer(other, 1, slots: 4).tasks.isEmpty, "nothing from another swarm")
            let echoer = try await bench.agent("echoer", capabilities: ["echo", "dance"])
            try expectEqual(
                try await bench.offer(echoer, 1, slots: 4).tasks.map(\.record.id), ["echo"], "by capability")
            let one = try await bench.agent("one")
            try expectEqual(try await bench.offer(one, 1, slots: 4).tasks.map(\.record.id), ["analysis"], "by swarm")
        },
        StoreConformance("nothing is leased while the swarm is suspended, gone, or the agent draining") { factory in
            let bench = try await Workbench(factory)
            try await bench.submit("a")
            let agent = try await bench.agent("one")
            try await bench.store.putCatalogue(Workbench.entry(isSuspended: true))
            try expect(try await bench.offer(agent, 1).tasks.isEmpty, "suspended")
            try await bench.store.removeCatalogue(namespace: Workbench.namespace, swarm: Workbench.swarm)
            try expect(try await bench.offer(agent, 2).tasks.isEmpty, "removed")
            try await bench.store.putCatalogue(Workbench.entry())
            try await bench.store.setDraining([agent, "unknown"], true)
            let draining = try await bench.offer(agent, 3)
            try expect(draining.tasks.isEmpty && draining.isDraining, "draining")
            try await bench.store.setDraining([agent], false)
            let offer = try await bench.offer(agent, 4)
            try expect(offer.tasks.count == 1 && !offer.isDraining, "no longer draining")
        },
        StoreConformance("an answer is no longer than asked for, but never empty for size") { factory in
            let bench = try await Workbench(factory)
            for number in 0..<3 {
                try await bench.submit(TaskID("t\(number)")) {
                    $0.input = [UInt8](repeating: 0x20, count: 900) + [0x31]
                }
            }
            let agent = try await bench.agent("one")
            let verdict = try await bench.store.lease(LeaseCall(agent: agent, request: 1, slots: 4, maxBytes: 1000))
            guard case .answered(let offer) = verdict else { throw ConformanceFailure("\(verdict)") }
            try expectEqual(offer.tasks.count, 1, "leases within 1000 bytes")
            let small = try await bench.store.lease(LeaseCall(agent: agent, request: 2, slots: 4, maxBytes: 10))
            guard case .answered(let offer) = small else { throw ConformanceFailure("\(small)") }
            try expectEqual(offer.tasks.count, 1, "leases within 10 bytes")
        },
        StoreConformance("a checkpoint is handed to the next attempt") { factory in
            let bench = try await Workbench(factory)
            try await bench.submit("a")
            let agent = try await bench.agent("one")
            let first = try await bench.lease(agent, 1)
            try expectEqual(first.checkpoint, nil, "checkpoint of the first attempt")
            _ = try await bench.beat(
                agent, first, progress: Progress(done: 1, total: 2, message: "half"), checkpoint: [0x31])
            try expectEqual(
                try await bench.record("a").progress, Progress(done: 1, total: 2, message: "half"), "progress")
            _ = try await bench.report(agent, first, .release(checkpoint: [0x32]))
            let second = try await bench.lease(agent, 2)
            try expectEqual(second.checkpoint, [0x32], "checkpoint of the second attempt")
            try expectEqual(second.record.progress, nil, "progress of the second attempt")
        },
        StoreConformance("what an attempt writes is kept behind what was there, the latest of it") { factory in
            var bench = try await Workbench(factory)
            for id: TaskID in ["a", "b"] { try await bench.submit(id) }
            let agent = try await bench.agent("one")
            let first = try await bench.lease(agent, 1)
            try expectEqual(try await bench.store.output(of: "a"), nil, "output before anything is written")
            let start = try await bench.store.changeCursor()
            _ = try await bench.beat(agent, first, output: "one\n")
            _ = try await bench.beat(agent, first, progress: Progress(done: 1), output: "two\n")
            _ = try await bench.beat(agent, first, progress: Progress(done: 1))
            let told = try await bench.store.changes(after: start, limit: 10).changes
            try expectEqual(told.map(\.kind), [.progress, .progress], "what the feed tells of it")
            _ = try await bench.report(agent, first, .release(checkpoint: nil))
            try expectEqual(try await bench.beat(agent, first, output: "lost\n"), .lost, "a lease that is over")
            bench.subject.store = try await bench.subject.reopen()
            try expectEqual(
                try await bench.store.output(of: "a"), TaskOutput(bytes: Array("one\ntwo\n".utf8), end: 8),
                "output of the first attempt")
            let second = try await bench.lease(agent, 2)
            let much = String(repeating: "x", count: TaskOutput.maxBytes - 4)
            _ = try await bench.beat(agent, second, output: much)
            let output = try require(try await bench.store.output(of: "a"), "output")
            try expect(output.bytes == Array(("two\n" + much).utf8), "the last \(TaskOutput.maxBytes) bytes are kept")
            try expectEqual(output.end, Int64(TaskOutput.maxBytes) + 4, "bytes written in all")
            _ = try await bench.complete(agent, second)
            try expectEqual(try await bench.store.output(of: "a")?.end, output.end, "bytes after the end")
            try expectEqual(try await bench.store.output(of: "b"), nil, "output of another task")
        },
        StoreConformance("a report may ask for the next lease in the same call") { factory in
            let bench = try await Workbench(factory)
            try await bench.submit("a")
            try await bench.submit("b")
            let agent = try await bench.agent("one")
            let first = try await bench.lease(agent, 1)
            let answer = try await bench.store.report(
                agent,
                [AttemptReport(task: first.record.id, key: first.key, content: .complete(result: [0x31]))],
                next: LeaseCall(agent: agent, request: 2, slots: 1))
            try expect(answer.outcomes.allSatisfy(isAccepted), "the report is accepted")
            guard case .answered(let offer)? = answer.next else { throw ConformanceFailure("no next lease") }
            try expectEqual(offer.tasks.map(\.record.id), ["b"], "the next task")
        },
        StoreConformance("what a call has stored is told once, by the time that it answers") { factory in
            let bench = try await Workbench(factory)
            let agent = try await bench.agent("one")
            let offered = Mutex<[LeaseVerdict?]>([])
            let call = LeaseCall(agent: agent, request: 1, slots: 1)
            let submitted = try await bench.store.submit([bench.submission("a")], next: call) { verdict in
                offered.withLock { $0.append(verdict) }
            }
            try expectEqual(offered.withLock(\.self), [submitted.next], "what came of the lease")
            // A store that does not do both at once is asked again.
            let task =
                if let verdict = submitted.next { try require(verdict.offer?.tasks.first, "a lease") } else {
                    try await bench.lease(agent, 1)
                }
            let told = Mutex<[[ReportOutcome]]>([])
            let report = AttemptReport(task: task.record.id, key: task.key, content: .complete(result: [0x31]))
            let reported = try await bench.store.report(agent, [report], next: nil) { outcomes in
                told.withLock { $0.append(outcomes) }
            }
            try expectEqual(told.withLock(\.self), [reported.outcomes], "the outcomes")
            try expect(reported.outcomes.allSatisfy(isAccepted), "the report is accepted")
        },
    ]
}
