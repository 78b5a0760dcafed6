import KubernetesModel
import StructuredData
import SwarmAPI
import SwarmOperator
import TaskQueue
import TaskStoreTesting
import Testing

/// Fan-outs over a store, with an agent that the tests play.
@Suite struct FanOutDriverTests {
    private static let id: TaskID = "u"
    private let clock = ManualClock()
    private let disk = MachineStore.Disk()
    private let catalogue = SwarmCatalogue()

    init() throws {
        catalogue.put(
            try
                ([
                    "apiVersion": "das.brashlabs.io/v1alpha1", "kind": "AgentSwarm",
                    "metadata": ["name": "s", "namespace": "n", "uid": "s"],
                    "spec": ["capabilities": ["echo", "sum"]],
                ] as JSON).decode(AgentSwarm.self))
    }

    private func store(maxLive: Int = 1_000_000, retentionMs: Int64 = 7 * 86_400_000) async throws -> MachineStore {
        var policy = QueuePolicy()
        policy.maxLiveTasks = maxLive
        policy.retentionMs = retentionMs
        policy.failedRetentionMs = 4 * retentionMs
        let store = MachineStore(on: disk, clock: clock, policy: policy, seed: 1)
        try await store.putCatalogue(
            CatalogueEntry(namespace: "n", swarm: "s", capabilities: ["echo", "sum"], serviceAccount: "s", slots: 64))
        return store
    }

    private func driver(_ store: MachineStore) -> FanOutDriver {
        FanOutDriver(store: store, catalogue: catalogue, cancelGraceMilliseconds: 1000) { reference, _ in
            [.string(reference.name), .string(reference.key)]
        }
    }

    private func task(_ fanOut: SwarmTask.FanOut, _ change: (inout SwarmTask.Spec) -> Void = { _ in }) -> SwarmTask {
        var spec = SwarmTask.Spec(type: "echo", input: ["own": true], fanOut: fanOut)
        change(&spec)
        return SwarmTask(metadata: ObjectMeta(name: "t", namespace: "n", uid: "u"), spec: spec)
    }

    /// Looks until nothing more can be done at once; the task then has the status of the last look.
    private func advance(_ driver: FanOutDriver, _ task: inout SwarmTask) async throws -> FanOutDriver.Outcome {
        while true {
            let input = task.spec.input ?? [:]
            let outcome = try await driver.advance(task, Self.id) { input }
            switch outcome {
            case .goesOn(let status, let again):
                task.status = status
                if again != .zero { return outcome }
            case .ended(let status):
                task.status = status
                return outcome
            case .reducing: return outcome
            }
        }
    }

    private func agent(_ store: MachineStore, _ name: String = "a") async throws -> AgentID {
        try await store.register(
            AgentRegistration(
                namespace: "n", swarm: "s", name: name, podUID: nil, instance: name, slots: 64, version: "1",
                capabilities: [], serviceAccount: "s")
        ).id
    }

    /// Leases once and ends what it got.
    private func work(
        _ store: MachineStore, _ agent: AgentID, _ request: Int64,
        _ content: (TaskRecord) -> AttemptReport.Content = {
            .complete(result: Array("\($0.id.item?.index ?? -1)".utf8))
        }
    ) async throws -> [TaskRecord] {
        let verdict = try await store.lease(LeaseCall(agent: agent, request: request, slots: 64))
        guard case .answered(let offer) = verdict else {
            Issue.record("\(verdict)")
            return []
        }
        let reports = offer.tasks.map { AttemptReport(task: $0.record.id, key: $0.key, content: content($0.record)) }
        if !reports.isEmpty { _ = try await store.report(agent, reports, next: nil) }
        return offer.tasks.map(\.record)
    }

    @Test func `Each item runs with the task's input, itself and its index, and the whole ends with the counts`()
        async throws
    {
        let store = try await store()
        let driver = driver(store)
        var task = task(SwarmTask.FanOut(items: ["x", ["y": 1]]))
        _ = try await advance(driver, &task)
        #expect(task.status?.items == SwarmTask.ItemCounts(total: 2, queued: 2))
        #expect(task.status?.phase == .queued)
        let input = try JSON.parse(try #require(try await store.input(of: TaskID(item: 1, of: Self.id))))
        #expect(input == ["own": true, "item": ["y": 1], "itemIndex": 1])
        #expect(try await work(store, try await agent(store), 1).count == 2)
        guard case .ended = try await advance(driver, &task) else {
            Issue.record("it goes on: \(String(describing: task.status))")
            return
        }
        #expect(task.status?.phase == .succeeded)
        #expect(task.status?.result == ["total": 2, "succeeded": 2, "failed": 0, "cancelled": 0])
        #expect(task.status?.progress?.done == 2 && task.status?.progress?.total == 2)
    }

    @Test func `An operator that stops half-way goes on where the store's count ends, each item once`() async throws {
        let first = try await store()
        var task = task(SwarmTask.FanOut(range: SwarmTask.Range(from: 1, to: 12_345)))
        let outcome = try await driver(first).advance(task, Self.id) { ["own": true] }
        guard case .goesOn(let status, .zero?) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(try await first.group(Self.id)?.counts.total == 5000)
        // The status that was to be written is lost with the process; another store on the same data, another driver.
        #expect(status.items?.total == 12_345)
        let second = try await store()
        _ = try await advance(driver(second), &task)
        #expect(try await second.group(Self.id)?.counts == GroupCounts(waiting: 12_345))
        let last = try JSON.parse(try #require(try await second.input(of: TaskID(item: 12_344, of: Self.id))))
        #expect(last["item"] == 12_345)
    }

    @Test
    func `Items that ended long before the last are there for the reduce step, also for an operator that begins then`()
        async throws
    {
        let first = try await store(retentionMs: 60_000)
        var task = task(
            SwarmTask.FanOut(
                range: SwarmTask.Range(from: 0, to: 3), parallelism: 1, reduce: SwarmTask.Reduce(type: "sum")))
        _ = try await advance(driver(first), &task)
        let agent = try await agent(first)
        for request in 1...4 {
            #expect(try await work(first, agent, Int64(request)).count == 1)
            _ = try await first.reap(limit: 1000)
            if request == 4 { break }
            // Each takes nearly as long as ended tasks are kept.
            clock.advance(50_000)
            _ = try await first.reap(limit: 1000)
        }
        let second = try await store(retentionMs: 60_000)
        guard case .reducing(let record) = try await advance(driver(second), &task) else {
            Issue.record("no reduce step: \(String(describing: task.status))")
            return
        }
        let input = try JSON.parse(try #require(try await second.input(of: record.id)))
        #expect(input["items"] == [0, 1, 2, 3])
    }

    @Test func `Results that are gone all the same fail the fan-out rather than count as nothing`() async throws {
        let store = try await store(retentionMs: 60_000)
        let driver = driver(store)
        var task = task(
            SwarmTask.FanOut(range: SwarmTask.Range(from: 0, to: 1), reduce: SwarmTask.Reduce(type: "sum")))
        _ = try await advance(driver, &task)
        _ = try await work(store, try await agent(store), 1)
        // No operator looks for longer than that.
        clock.advance(60_001)
        _ = try await store.reap(limit: 1000)
        guard case .ended(let status) = try await advance(driver, &task) else {
            Issue.record("it goes on")
            return
        }
        #expect(status.phase == .failed)
        #expect(status.message?.contains("the results of 2 of the 2 items") == true, "\(status.message ?? "")")
    }

    @Test func `A namespace that is full makes the rest wait, and takes it when there is room`() async throws {
        let store = try await store(maxLive: 10)
        let driver = driver(store)
        var task = task(SwarmTask.FanOut(range: SwarmTask.Range(from: 0, to: 24)))
        let agent = try await agent(store)
        for round in 1...3 {
            guard case .goesOn(let status, let again) = try await advance(driver, &task) else {
                Issue.record("it ended: \(String(describing: task.status))")
                return
            }
            if round < 3 {
                #expect(status.conditions?.first { $0.type == "Ready" }?.reason == "QueueFull")
                #expect(again ?? .zero > .zero)
            }
            _ = try await work(store, agent, Int64(round))
        }
        _ = try await advance(driver, &task)
        #expect(task.status?.phase == .succeeded && task.status?.items?.succeeded == 25)
    }

    @Test func `No more items run at once than may, and the limit goes with the fan-out`() async throws {
        let store = try await store()
        let driver = driver(store)
        var task = task(SwarmTask.FanOut(range: SwarmTask.Range(from: 0, to: 6), parallelism: 3))
        _ = try await advance(driver, &task)
        let agent = try await agent(store)
        var sizes: [Int] = []
        for request in 1...3 { sizes.append(try await work(store, agent, Int64(request)).count) }
        #expect(sizes == [3, 3, 1])
        _ = try await advance(driver, &task)
        #expect(task.status?.phase == .succeeded)
        #expect(try await store.limits(namespace: "n").isEmpty)
    }

    @Test func `Too many failures cancel the rest and are told; as many as may be are not`() async throws {
        let store = try await store()
        let driver = driver(store)
        let failure = Failure(code: "NO", message: "not this one")
        func content(_ record: TaskRecord) -> AttemptReport.Content {
            (record.id.item?.index ?? 0) % 2 == 0 ? .fail(failure, isRetryable: false) : .complete(result: [0x31])
        }
        var task = task(SwarmTask.FanOut(range: SwarmTask.Range(from: 0, to: 199), allowedFailures: 32))
        _ = try await advance(driver, &task)
        let agent = try await agent(store)
        _ = try await work(store, agent, 1, content)
        _ = try await advance(driver, &task)
        #expect(task.status?.phase == .running)
        #expect(task.status?.items == SwarmTask.ItemCounts(total: 200, queued: 136, succeeded: 32, failed: 32))
        _ = try await work(store, agent, 2, content)
        guard case .ended(let status) = try await advance(driver, &task) else {
            Issue.record("it goes on")
            return
        }
        #expect(status.phase == .failed)
        #expect(
            status.items == SwarmTask.ItemCounts(total: 200, succeeded: 64, failed: 64, cancelled: 72))
        let message = status.message ?? ""
        #expect(message.hasPrefix("64 of 200 items failed and 32 may; item 0: NO: not this one; item 2: "))
        #expect(try JSON(encoding: status).serialized().count < 32 << 10)
    }

    @Test func `Cancelled, it ends when its agents have stopped; what was not submitted counts as cancelled`()
        async throws
    {
        let store = try await store(maxLive: 100)
        let driver = driver(store)
        var task = task(SwarmTask.FanOut(range: SwarmTask.Range(from: 0, to: 299)))
        _ = try await advance(driver, &task)
        let agent = try await agent(store)
        let verdict = try await store.lease(LeaseCall(agent: agent, request: 1, slots: 2))
        guard case .answered(let offer) = verdict else { return }
        task.spec.cancel = true
        _ = try await advance(driver, &task)
        #expect(task.status?.conditions?.first { $0.type == "Ready" }?.reason == "Cancelling")
        #expect(try await store.group(Self.id)?.counts == GroupCounts(leased: 2, cancelled: 98))
        for lease in offer.tasks {
            let report = AttemptReport(
                task: lease.record.id, key: lease.key,
                content: .fail(Failure(code: "STOPPED", message: ""), isRetryable: false))
            _ = try await store.report(agent, [report], next: nil)
        }
        _ = try await advance(driver, &task)
        #expect(task.status?.phase == .cancelled)
        #expect(task.status?.items == SwarmTask.ItemCounts(total: 300, cancelled: 300))
    }

    @Test func `The results are reduced in the order of the items, and the object's task is the reduce step`()
        async throws
    {
        let store = try await store()
        let driver = driver(store)
        var task = task(
            SwarmTask.FanOut(
                range: SwarmTask.Range(from: 0, to: 2499), allowedFailures: 1, reduce: SwarmTask.Reduce(type: "sum")))
        _ = try await advance(driver, &task)
        let agent = try await agent(store)
        var request: Int64 = 0
        while try await store.group(Self.id)?.counts.live ?? 0 > 0 {
            request += 1
            _ = try await work(store, agent, request) { record in
                let index = record.id.item?.index ?? 0
                return index == 7
                    ? .fail(Failure(code: "NO", message: ""), isRetryable: false)
                    : .complete(result: Array("\(index)".utf8))
            }
        }
        guard case .reducing(let record) = try await advance(driver, &task) else {
            Issue.record("nothing is reduced: \(String(describing: task.status))")
            return
        }
        #expect(record.id == Self.id && record.type == "sum" && record.origin.objectName == "t")
        let input = try JSON.parse(try #require(try await store.input(of: Self.id)))
        let results = try #require(input["items"]?.arrayValue)
        #expect(results.count == 2500 && results[7] == .null)
        #expect(results.enumerated().allSatisfy { $0.offset == 7 || $0.element == JSON($0.offset) })
        #expect(input["own"] == true)
    }

    @Test func `Results that are too large to be reduced fail it, and it is said how to read them`() async throws {
        let store = try await store()
        let driver = driver(store)
        var task = task(
            SwarmTask.FanOut(range: SwarmTask.Range(from: 0, to: 4), reduce: SwarmTask.Reduce(type: "sum")))
        _ = try await advance(driver, &task)
        let large = Array("\"\(String(repeating: "x", count: 1 << 20 - 2))\"".utf8)
        _ = try await work(store, try await agent(store), 1) { _ in .complete(result: large) }
        _ = try await advance(driver, &task)
        #expect(task.status?.phase == .failed)
        #expect(task.status?.message?.contains("?parent=") == true)
    }

    @Test func `The deadline of the task is that of its items`() async throws {
        let store = try await store()
        let driver = driver(store)
        var task = task(SwarmTask.FanOut(range: SwarmTask.Range(from: 0, to: 1), parallelism: 1)) {
            $0.deadlineSeconds = 10
        }
        guard case .goesOn(_, let again) = try await advance(driver, &task) else {
            Issue.record("it ended")
            return
        }
        #expect(again == .seconds(10))
        let record = try #require(try await store.task(TaskID(item: 1, of: Self.id)))
        #expect(record.deadline == record.created + 10_000)
        clock.advance(10_000)
        _ = try await store.reap(limit: 100)
        _ = try await advance(driver, &task)
        #expect(task.status?.phase == .failed)
    }

    @Test func `An item that its swarm's schema refuses fails the whole, and is named`() async throws {
        catalogue.put(
            try
                ([
                    "apiVersion": "das.brashlabs.io/v1alpha1", "kind": "AgentSwarm",
                    "metadata": ["name": "s", "namespace": "n", "uid": "s"],
                    "spec": [
                        "capabilities": ["echo"],
                        "taskTypes": [
                            [
                                "name": "echo",
                                "inputSchema": ["type": "object", "properties": ["item": ["type": "integer"]]],
                            ]
                        ],
                    ],
                ] as JSON).decode(AgentSwarm.self))
        let store = try await store()
        var task = task(SwarmTask.FanOut(items: [1, "two"]))
        _ = try await advance(driver(store), &task)
        #expect(task.status?.phase == .failed)
        #expect(task.status?.message?.hasPrefix("item 1: ") == true)
    }

    @Test func `Items come from a ConfigMap, or from what the input has at a pointer`() async throws {
        let store = try await store()
        var task = task(
            SwarmTask.FanOut(
                itemsFrom: SwarmTask.ItemSource(
                    configMapKeyRef: SwarmTask.InputSource.Key(name: "map", key: "list"))))
        _ = try await advance(driver(store), &task)
        #expect(task.status?.items?.total == 2)
        var second = self.task(SwarmTask.FanOut(itemsFrom: SwarmTask.ItemSource(path: "/results/first/list"))) {
            $0.input = ["results": ["first": ["list": [1, 2, 3]]]]
        }
        second.metadata.uid = "v"
        let input = second.spec.input ?? [:]
        guard case .goesOn(let status, _) = try await driver(store).advance(second, "v", input: { input }) else {
            Issue.record("it ended")
            return
        }
        #expect(status.items?.total == 3)
        second.spec.fanOut?.itemsFrom?.path = "/nothing"
        guard case .ended(let failed) = try await driver(store).advance(second, "w", input: { input }) else {
            Issue.record("it goes on")
            return
        }
        #expect(failed.message == "spec.fanOut.itemsFrom.path: the input has nothing at /nothing")
    }
}
