import TaskQueue

extension StoreConformance {
    private static let group: TaskID = "parent"

    private static func item(_ index: Int) -> TaskID { TaskID(item: index, of: group) }

    private static func counts(_ bench: Workbench) async throws -> GroupCounts? {
        try await bench.store.group(group)?.counts
    }

    static let groups: [StoreConformance] = [
        StoreConformance("the items of a group are counted by their states, each once") { factory in
            let bench = try await Workbench(factory)
            try expectEqual(try await bench.store.group(group), nil, "a group that has no items")
            let created = bench.clock.now()
            let items = (0..<5).map { index in bench.submission(item(index)) { $0.isSuspended = index == 4 } }
            _ = try await bench.store.submit(items)
            bench.clock.advance(1000)
            _ = try await bench.store.submit(items)
            try await bench.submit("parent")
            try await bench.submit(TaskID(item: 0, of: "other"))
            let waiting = try await bench.store.group(group)
            let expected = GroupSummary(
                group: group, namespace: Workbench.namespace, created: created, counts: GroupCounts(waiting: 5))
            try expectEqual(waiting, expected, "the group at first")
            let agent = try await bench.agent("one")
            let leased = try await bench.offer(agent, 1, slots: 4).tasks.filter { $0.record.id.item?.group == group }
            try expectEqual(leased.count, 4, "items leased")
            try expectEqual(try await counts(bench), GroupCounts(waiting: 1, leased: 4), "while they run")
            _ = try await bench.complete(agent, leased[0])
            let failure = Failure(code: "NO", message: "it cannot be done")
            _ = try await bench.report(agent, leased[1], .fail(failure, isRetryable: false))
            _ = try await bench.report(agent, leased[2], .release(checkpoint: nil))
            _ = try await bench.store.cancel(item(4), CancelOrder(mode: .cooperative, reason: "test"))
            let summary = try await bench.store.group(group)
            try expectEqual(
                summary?.counts, GroupCounts(waiting: 1, leased: 1, succeeded: 1, failed: 1, cancelled: 1),
                "one of each")
            try expectEqual(summary?.failures, [ItemFailure(index: 1, failure: failure)], "failures")
            let live = try await bench.store.liveGroups()
            try expectEqual(Set(live), [group, "other"], "groups that go on")
        },
        StoreConformance("of a group's failures the first ones are told, and one that has ended is not live") {
            factory in
            let bench = try await Workbench(factory)
            let agent = try await bench.agent("one", slots: 8)
            for index in 0..<8 {
                try await bench.submit(item(index)) { $0.retry = RetryPolicy(limit: 0, backoffSeconds: 0) }
            }
            let leased = try await bench.offer(agent, 1, slots: 8).tasks
            for lease in leased.reversed() where lease.record.id != item(0) {
                let failure = Failure(code: "NO", message: lease.record.id.text)
                _ = try await bench.report(agent, lease, .fail(failure, isRetryable: true))
            }
            _ = try await bench.complete(agent, try require(leased.first, "the first item"))
            let summary = try require(try await bench.store.group(group), "group")
            try expectEqual(summary.counts, GroupCounts(succeeded: 1, failed: 7), "counts")
            try expectEqual(summary.failures.map(\.index), [1, 2, 3, 4, 5], "failures told")
            try expectEqual(try await bench.store.liveGroups(), [], "groups that go on")
        },
        StoreConformance("a group is listed by its items, the last one first, in pages and by state") { factory in
            let bench = try await Workbench(factory)
            for index in 0..<7 {
                try await bench.submit(item(index))
                try await bench.submit(TaskID("between-\(index)"))
            }
            try await bench.submit(TaskID(item: 3, of: "parent.x"))
            _ = try await bench.store.cancel(item(2), CancelOrder(mode: .force, reason: "test"))
            var found: [TaskID] = []
            var query = TaskQuery(namespace: Workbench.namespace, group: group, limit: 3)
            repeat {
                let page = try await bench.store.tasks(query)
                try expect(page.tasks.count <= 3, "a page is no longer than asked for")
                found += page.tasks.map(\.id)
                query.cursor = page.cursor
            } while query.cursor != nil
            try expectEqual(found, (0..<7).reversed().map(item), "all pages")
            let ended = try await bench.store.tasks(
                TaskQuery(namespace: Workbench.namespace, states: [.cancelled], group: group))
            try expectEqual(ended.tasks.map(\.id), [item(2)], "by state")
            let elsewhere = try await bench.store.tasks(TaskQuery(namespace: "other", group: group))
            try expectEqual(elsewhere.tasks.map(\.id), [], "in another namespace")
        },
        StoreConformance("a group keeps its counts across a restart, and until none of its items can be left") {
            factory in
            var bench = try await Workbench(factory)
            let agent = try await bench.agent("one")
            for index in 0..<2 { try await bench.submit(item(index)) }
            let leased = try await bench.offer(agent, 1, slots: 2).tasks
            _ = try await bench.complete(agent, leased[0])
            bench.subject.store = try await bench.subject.reopen()
            try expectEqual(try await counts(bench), GroupCounts(leased: 1, succeeded: 1), "after a restart")
            let failure = Failure(code: "NO", message: "no")
            _ = try await bench.report(agent, leased[1], .fail(failure, isRetryable: false))
            try await bench.pass(bench.policy.retentionMs + 1)
            try expectEqual(try await bench.store.task(item(0)), nil, "an item after its retention")
            try expectEqual(try await counts(bench), GroupCounts(succeeded: 1, failed: 1), "counts after that")
            try await bench.pass(bench.policy.failedRetentionMs)
            try expectEqual(try await bench.store.group(group), nil, "a group that is over")
        },
        StoreConformance("the items of a group are kept while it goes on, and for their retention after that") {
            factory in
            var policy = QueuePolicy()
            policy.retentionMs = 60_000
            policy.failedRetentionMs = 60_000
            let bench = try await Workbench(factory, policy: policy)
            let agent = try await bench.agent("one")
            for index in 0..<3 { try await bench.submit(item(index)) { $0.timeoutMs = 3_600_000 } }
            try await bench.submit("parent.00000x") { $0.timeoutMs = 3_600_000 }
            let leased = try await bench.offer(agent, 1, slots: 4).tasks
            for task in leased where task.record.id != item(2) { _ = try await bench.complete(agent, task) }
            let last = try require(leased.first { $0.record.id == item(2) }, "the last item")
            // It takes many times as long as ended tasks are kept.
            for _ in 0..<30 {
                for _ in 0..<2 {
                    bench.clock.advance(5_000)
                    _ = try await bench.beat(agent, last)
                }
                _ = try await bench.store.reap(limit: 1000)
            }
            try expectEqual(try await bench.store.task("parent.00000x"), nil, "what is no item")
            try expectEqual(try await bench.store.result(of: item(0)), Array("{}".utf8), "the first one's result")
            try expectEqual(try await bench.record(item(1)).state, .succeeded, "the second one")
            _ = try await bench.complete(agent, last)
            try await bench.pass(60_000)
            try expectEqual(
                try await bench.store.result(of: item(0)), Array("{}".utf8), "its result, at the last moment")
            try await bench.pass(1)
            for index in 0..<3 { try expectEqual(try await bench.store.task(item(index)), nil, "an item after that") }
        },
    ]
}
