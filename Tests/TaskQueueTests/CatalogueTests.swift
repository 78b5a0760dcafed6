import StructuredData
import TaskQueue
import Testing

@Suite struct CatalogueTests {
    private func entry(
        _ swarm: String, takes types: [String], schema: JSON? = nil, isSuspended: Bool = false, weight: Int = 1
    ) -> CatalogueEntry {
        CatalogueEntry(
            namespace: "ns", swarm: swarm, capabilities: types,
            taskTypes: types.map {
                TaskTypeEntry(name: $0, inputSchema: schema, timeoutMs: 7000, retry: RetryPolicy(limit: 9))
            }, serviceAccount: "agents", isSuspended: isSuspended, weight: weight)
    }

    private func refusal(_ catalogue: Catalogue, _ draft: TaskDraft) -> AdmissionRefusal? {
        do {
            let admission = try catalogue.admit(draft)
            Issue.record("was admitted: \(admission)")
            return nil
        } catch let refusal {
            return refusal
        }
    }

    private let schema: JSON = [
        "type": "object",
        "properties": ["close": ["type": "array", "items": ["type": "number", "exclusiveMinimum": 0]]],
        "required": ["close"],
    ]

    @Test("A task takes from its type what it does not say itself")
    func defaults() throws {
        let catalogue = Catalogue([entry("argus", takes: ["x"])])
        let plain = try catalogue.admit(TaskDraft(namespace: "ns", type: "x", input: [:]))
        #expect(
            plain == Admission(swarm: "argus", isPinned: false, timeoutMs: 7000, retry: RetryPolicy(limit: 9)))
        let own = try catalogue.admit(
            TaskDraft(
                namespace: "ns", type: "x", swarm: "argus", input: [:], timeoutMs: 5,
                retry: RetryDraft(backoffSeconds: 1)))
        #expect(
            own
                == Admission(
                    swarm: "argus", isPinned: true, timeoutMs: 5, retry: RetryPolicy(limit: 9, backoffSeconds: 1)))
    }

    @Test("An unknown type is refused with the types that are taken")
    func unknownType() {
        let catalogue = Catalogue([entry("argus", takes: ["market-analysis", "echo"])])
        let refused = refusal(catalogue, TaskDraft(namespace: "ns", type: "dance", input: [:]))
        #expect(refused?.code == .unknownType)
        #expect(
            refused?.message
                == "no swarm in namespace ns takes task type dance; the types taken are echo, market-analysis")
        let elsewhere = refusal(catalogue, TaskDraft(namespace: "other", type: "echo", input: [:]))
        #expect(
            elsewhere?.message == "no swarm in namespace other takes task type echo; the namespace has no swarms")
    }

    @Test("Input that breaks the schema is refused with its path")
    func invalidInput() {
        let catalogue = Catalogue([entry("argus", takes: ["x"], schema: schema)])
        let refused = refusal(catalogue, TaskDraft(namespace: "ns", type: "x", input: ["close": [1.0, -2.0]]))
        #expect(refused?.code == .invalidInput)
        #expect(refused?.path?.description == "/close/1")
        #expect(refused?.message.hasPrefix("input/close/1: ") == true, "\(refused?.message ?? "")")
        #expect(refused?.nearest == "argus")
    }

    @Test("A pinned task is refused by its swarm, not given to another")
    func pinned() {
        let catalogue = Catalogue([entry("argus", takes: ["x"]), entry("other", takes: ["y"])])
        let refused = refusal(catalogue, TaskDraft(namespace: "ns", type: "y", swarm: "argus", input: [:]))
        #expect(refused?.message == "swarm argus does not take task type y; it takes x")
        let unknown = refusal(catalogue, TaskDraft(namespace: "ns", type: "y", swarm: "none", input: [:]))
        #expect(unknown?.code == .unknownSwarm)
    }

    @Test("Of several swarms the one whose schema accepts takes it, then the least loaded for its weight")
    func choice() throws {
        let draft = TaskDraft(namespace: "ns", type: "x", input: [:])
        let picky = entry("a-picky", takes: ["x"], schema: schema)
        let catalogue = Catalogue([
            picky, entry("b", takes: ["x"]), entry("c", takes: ["x"], weight: 10),
            entry("d", takes: ["x"], isSuspended: true),
        ])
        let loads = ["b": 3, "c": 20, "d": 0]
        #expect(try catalogue.admit(draft) { loads[$0] ?? 0 }.swarm == "c")
        #expect(try catalogue.admit(draft) { $0 == "c" ? 100 : 0 }.swarm == "b")
        let asleep = Catalogue([entry("d", takes: ["x"], isSuspended: true)])
        #expect(try asleep.admit(draft).swarm == "d")
    }

    @Test("What is submitted between two measurements is spread as well")
    func spreading() throws {
        let catalogue = Catalogue([
            entry("a", takes: ["x"]), entry("b", takes: ["x"]), entry("c", takes: ["x"], weight: 2),
        ])
        var loads = SwarmLoads()
        loads.note(
            QueueSummary(namespace: "ns", swarm: "a", time: StoreTime(milliseconds: 5), ready: 2, leased: 1, held: 1))
        #expect(loads.measured("a", namespace: "ns") == StoreTime(milliseconds: 5))
        #expect(loads.load(of: "a", namespace: "ns") == 4 && loads.load(of: "a", namespace: "other") == 0)
        var given: [String: Int] = [:]
        for _ in 0..<20 {
            let swarm = try catalogue.admit(TaskDraft(namespace: "ns", type: "x", input: [:])) {
                loads.load(of: $0, namespace: "ns")
            }.swarm
            loads.give(to: swarm, namespace: "ns")
            given[swarm, default: 0] += 1
        }
        // 24 tasks over weights of 1, 1 and 2, four of which were there.
        #expect(given == ["a": 2, "b": 6, "c": 12])
        loads.note(QueueSummary(namespace: "ns", swarm: "b", time: StoreTime(milliseconds: 9), ready: 1))
        #expect(loads.load(of: "b", namespace: "ns") == 1)
        loads.forget("b", namespace: "ns")
        #expect(loads.load(of: "b", namespace: "ns") == 0)
    }

    @Test("Of several swarms that refuse, the one whose schema is broken least says why")
    func nearest() {
        let picky: JSON = ["required": ["a", "b", "c"]]
        let catalogue = Catalogue([
            entry("a-picky", takes: ["x"], schema: picky), entry("b", takes: ["x"], schema: ["required": ["a", "d"]]),
        ])
        let refused = refusal(catalogue, TaskDraft(namespace: "ns", type: "x", input: ["a": 1]))
        #expect(refused?.nearest == "b")
        #expect(refused?.message.contains("swarm b") == true && refused?.message.contains("of 2 swarms") == true)
        #expect(catalogue.takers(of: "x", namespace: "ns") == ["a-picky", "b"])
    }

    @Test("A schema that is not usable refuses its tasks, and says so")
    func brokenSchema() {
        let catalogue = Catalogue([entry("argus", takes: ["x"], schema: ["type": "no such type"])])
        let refused = refusal(catalogue, TaskDraft(namespace: "ns", type: "x", input: [:]))
        #expect(refused?.code == .brokenSchema)
    }

    @Test("Entries survive as JSON")
    func coding() throws {
        var swarm = entry("argus", takes: ["x"], schema: schema)
        swarm.taskTypes[0].retry = nil
        let json = try JSON(encoding: swarm)
        #expect(try json.decode(CatalogueEntry.self) == swarm)
        let partial: JSON = ["limit": 1]
        #expect(try partial.decode(RetryPolicy.self) == RetryPolicy(limit: 1))
    }
}
