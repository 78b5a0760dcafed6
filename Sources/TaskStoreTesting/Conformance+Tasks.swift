import TaskQueue

extension StoreConformance {
    static let tasks: [StoreConformance] = [
        StoreConformance("a submission is there once however often it comes") { factory in
            let bench = try await Workbench(factory)
            let first = try await bench.store.submit([bench.submission("a"), bench.submission("a")])
            try expect(first.count == 2, "two verdicts for two submissions")
            guard case .created(let made) = first[0], case .existing(let found) = first[1] else {
                throw ConformanceFailure("expected created and existing, found \(first)")
            }
            try expectEqual(found, made, "the record found")
            try expectEqual(try await bench.record("a").state, .ready, "state")
            try expectEqual(try await bench.store.input(of: "a"), Array(#"{"of":"a"}"#.utf8), "input")
            try expectEqual(
                try await bench.changes().filter { $0.task == "a" }.map(\.kind), [.submitted, .ready], "feed")
        },
        StoreConformance("a task's id belongs to one namespace") { factory in
            let bench = try await Workbench(factory)
            try await bench.submit("a")
            let verdicts = try await bench.store.submit([bench.submission("a") { $0.namespace = "other" }])
            try expectEqual(verdicts, [.refused(.idTaken)], "verdict")
            try expectEqual(try await bench.record("a").namespace, Workbench.namespace, "namespace")
        },
        StoreConformance("everything that was submitted is read back") { factory in
            let bench = try await Workbench(factory)
            let record = try await bench.submit("a") {
                $0.origin = .object(name: "task-a")
                $0.isPinned = true
                $0.priority = -7
                $0.delayMs = 1500
                $0.deadlineMs = 90_000
                $0.timeoutMs = 1234
                $0.retry = RetryPolicy(
                    limit: 5, backoffSeconds: 0.25, maxBackoffSeconds: 7.5, retryOn: ["A_1", "B*"], giveUpOn: ["B_2"])
                $0.dedupKey = "ключ"
                $0.concurrencyKey = "c"
                $0.fairnessKey = "f"
                $0.traceparent = "00-abc-def-01"
                $0.labels = ["k": "v", "ключ": ""]
                $0.retryOf = "z"
            }
            try expectEqual(try await bench.record("a"), record, "record")
            try expectEqual(record.state, .delayed, "state")
            try expectEqual(record.labels, ["k": "v", "ключ": ""], "labels")
            try expectEqual(record.readyAt - record.created, 1500, "delay")
        },
        StoreConformance("a task with a delay is ready when it has passed") { factory in
            let bench = try await Workbench(factory)
            try await bench.submit("a") { $0.delayMs = 1000 }
            let agent = try await bench.agent("one")
            try expect(try await bench.offer(agent, 1).tasks.isEmpty, "nothing is leased before its time")
            let early = try await bench.pass(999)
            try expectEqual(early.changed, 0, "changed before its time")
            try expectEqual(early.next.map { $0 - bench.clock.now() }, 1, "milliseconds until the reaper is needed")
            try await bench.pass(1)
            try expectEqual(try await bench.record("a").state, .ready, "state")
            _ = try await bench.lease(agent, 2)
        },
        StoreConformance("priority is worth waiting time, and age wins in the end") { factory in
            let bench = try await Workbench(factory)
            try await bench.submit("old")
            bench.clock.advance(29_999)
            try await bench.submit("urgent") { $0.priority = 1 }
            try await bench.submit("new")
            bench.clock.advance(30_002)
            try await bench.submit("late but urgent") { $0.priority = 1 }
            let agent = try await bench.agent("one", slots: 8)
            let order = try await bench.offer(agent, 1, slots: 8).tasks.map(\.record.id)
            try expectEqual(order, ["urgent", "old", "new", "late but urgent"], "order of leases")
        },
        StoreConformance("a held task is not leased, and keeps no place while held") { factory in
            let bench = try await Workbench(factory)
            try await bench.submit("held") { $0.isSuspended = true }
            bench.clock.advance(1000)
            try await bench.submit("ready")
            try expectEqual(try await bench.record("held").state, .held, "state")
            let agent = try await bench.agent("one")
            bench.clock.advance(1000)
            _ = try await bench.store.amend("held", TaskAmendment(isSuspended: false))
            let order = try await bench.offer(agent, 1, slots: 4).tasks.map(\.record.id)
            try expectEqual(order, ["ready", "held"], "order of leases")
            _ = try await bench.store.amend("held", TaskAmendment(isSuspended: true))
            try expectEqual(try await bench.record("held").state, .leased, "a leased task stays with its agent")
        },
        StoreConformance("a task can be bound to another swarm and given another priority at once") { factory in
            let bench = try await Workbench(factory)
            try await bench.store.putCatalogue(Workbench.entry("second"))
            for id: TaskID in ["first", "a"] { try await bench.submit(id) }
            _ = try await bench.store.amend(
                "a", TaskAmendment(priority: 2, isSuspended: true, swarm: "second"))
            _ = try await bench.store.amend("a", TaskAmendment(isSuspended: false))
            let agent = try await bench.agent("one", swarm: "second")
            try expectEqual(try await bench.lease(agent, 1).record.id, "a", "the task of the other swarm")
            try expectEqual(try await bench.lease(try await bench.agent("two"), 1).record.id, "first", "the one left")
        },
        StoreConformance("an unpinned task can be bound to another swarm until it is leased") { factory in
            let bench = try await Workbench(factory)
            try await bench.store.putCatalogue(Workbench.entry("other"))
            try await bench.submit("a")
            try await bench.submit("pinned") { $0.isPinned = true }
            for id: TaskID in ["a", "pinned"] { _ = try await bench.store.amend(id, TaskAmendment(swarm: "other")) }
            let agent = try await bench.agent("one", swarm: "other")
            let order = try await bench.offer(agent, 1, slots: 4).tasks.map(\.record.id)
            try expectEqual(order, ["a"], "leased from the other swarm")
            _ = try await bench.store.amend("a", TaskAmendment(swarm: Workbench.swarm))
            try expectEqual(try await bench.record("a").swarm, "other", "swarm of a leased task")
            try expectEqual(try await bench.store.amend("none", TaskAmendment(priority: 1)), nil, "unknown task")
        },
        StoreConformance("a dedup key joins a task under way, adopts its result, and is free after a failure") {
            factory in
            let bench = try await Workbench(factory)
            let agent = try await bench.agent("one")
            try await bench.submit("a") { $0.dedupKey = "k" }
            let joined = try await bench.store.submit([bench.submission("b") { $0.dedupKey = "k" }])
            try expectEqual(joined.first?.record?.id, "a", "the task found by its key")
            let other = try await bench.store.submit(
                [
                    bench.submission("c") {
                        $0.dedupKey = "k"
                        $0.type = "echo"
                    }
                ])
            try expectEqual(other.first?.record?.id, "c", "the key of another type")
            _ = try await bench.store.cancel("c", CancelOrder(mode: .force, reason: "test"))
            _ = try await bench.complete(agent, try await bench.lease(agent, 1), #"{"x":1}"#)
            let adopted = try await bench.store.submit(
                [
                    bench.submission("d") {
                        $0.dedupKey = "k"
                        $0.origin = .object(name: "d")
                    }
                ])
            guard case .adopted(let record)? = adopted.first else {
                throw ConformanceFailure("expected an adopted result, found \(adopted)")
            }
            try expectEqual(record.state, .succeeded, "state")
            try expectEqual(record.adoptedFrom, "a", "where the result is from")
            try expectEqual(try await bench.store.result(of: "d"), Array(#"{"x":1}"#.utf8), "result")
            try await bench.submit("e") { $0.dedupKey = "other" }
            _ = try await bench.store.cancel("e", CancelOrder(mode: .force, reason: "test"))
            let again = try await bench.store.submit([bench.submission("f") { $0.dedupKey = "other" }])
            try expectEqual(again.first?.record?.id, "f", "the task made with a key that is free again")
        },
        StoreConformance("a list is filtered and paged, newest first") { factory in
            let bench = try await Workbench(factory)
            for number in 0..<7 {
                try await bench.submit(TaskID("t\(number)")) { $0.type = number == 3 ? "echo" : "x" }
            }
            try await bench.submit("elsewhere") { $0.namespace = "other" }
            _ = try await bench.store.cancel("t1", CancelOrder(mode: .force, reason: "test"))
            var found: [TaskID] = []
            var query = TaskQuery(namespace: Workbench.namespace, limit: 3)
            repeat {
                let page = try await bench.store.tasks(query)
                try expect(page.tasks.count <= 3, "a page is no longer than asked for")
                found += page.tasks.map(\.id)
                query.cursor = page.cursor
            } while query.cursor != nil
            try expectEqual(found, ["t6", "t5", "t4", "t3", "t2", "t1", "t0"], "all pages")
            let typed = try await bench.store.tasks(TaskQuery(namespace: Workbench.namespace, type: "echo"))
            try expectEqual(typed.tasks.map(\.id), ["t3"], "by type")
            let ended = try await bench.store.tasks(TaskQuery(namespace: Workbench.namespace, states: [.cancelled]))
            try expectEqual(ended.tasks.map(\.id), ["t1"], "by state")
            let none = try await bench.store.tasks(TaskQuery(namespace: Workbench.namespace, swarm: "none"))
            try expectEqual(none.tasks.map(\.id), [], "by swarm")
        },
        StoreConformance("a cancelled task that waited ends at once") { factory in
            let bench = try await Workbench(factory)
            try await bench.submit("a")
            let record = try await bench.store.cancel("a", CancelOrder(mode: .cooperative, reason: "not needed"))
            try expectEqual(record?.state, .cancelled, "state")
            try expectEqual(record?.failure?.message, "not needed", "reason")
            let agent = try await bench.agent("one")
            try expect(try await bench.offer(agent, 1).tasks.isEmpty, "a cancelled task is not leased")
            let unknown = try await bench.store.cancel("none", CancelOrder(mode: .force, reason: ""))
            try expectEqual(unknown, nil, "unknown task")
        },
    ]
}
