import KubernetesModel
import StructuredData
import SwarmAPI
import SwarmOperator
import TaskQueue
import TaskStoreTesting
import Testing

@Suite struct DependencyResultsTests {
    private let store = MachineStore(on: MachineStore.Disk(), clock: ManualClock(), seed: 1)

    /// Runs a task in the store to its end.
    private func finish(_ id: TaskID, result: [UInt8]) async throws {
        _ = try await store.submit([
            Submission(id: id, namespace: "n", type: "echo", swarm: "s", origin: .object(name: "t"), input: [])
        ])
        try await store.putCatalogue(
            CatalogueEntry(namespace: "n", swarm: "s", capabilities: ["echo"], serviceAccount: "s"))
        let agent = try await store.register(
            AgentRegistration(
                namespace: "n", swarm: "s", name: id.text, podUID: nil, instance: id.text, slots: 1, version: "1",
                capabilities: [], serviceAccount: "s"))
        let verdict = try await store.lease(LeaseCall(agent: agent.id, request: 1, slots: 1))
        guard case .answered(let offer) = verdict, let lease = offer.tasks.first else {
            Issue.record("no lease: \(verdict)")
            return
        }
        let report = AttemptReport(task: id, key: lease.key, content: .complete(result: result))
        _ = try await store.report(agent.id, [report], next: nil)
    }

    private func results(_ object: SwarmTask? = nil) -> DependencyResults {
        DependencyResults(store: store) { _ in object }
    }

    @Test func `Results stand in the input by the names of the tasks, beside what is there`() async throws {
        try await finish("u1", result: Array(#"{"a":1}"#.utf8))
        try await finish("u2", result: Array("[2]".utf8))
        let input = try await results().adding(
            [("first", "u1"), ("second", "u2")], to: ["x": 0, "results": ["own": true]], namespace: "n")
        #expect(input == ["x": 0, "results": ["own": true, "first": ["a": 1], "second": [2]]])
    }

    @Test func `Where the queue has no result, that of the object is taken, and of no other object`() async throws {
        let object = SwarmTask(
            metadata: ObjectMeta(name: "first", namespace: "n", uid: "u1"), spec: SwarmTask.Spec(type: "echo"),
            status: SwarmTask.Status(phase: .succeeded, result: ["kept": 1]))
        let input = try await results(object).adding([("first", "u1")], to: [:], namespace: "n")
        #expect(input == ["results": ["first": ["kept": 1]]])
        await #expect(throws: InputProblem.invalid("the result of first is not kept any more")) {
            _ = try await results(object).adding([("first", "other")], to: [:], namespace: "n")
        }
    }

    @Test func `More than fits is refused before it is read, with what the bound is`() async throws {
        let large = Array("\"\(String(repeating: "x", count: 900 << 10))\"".utf8)
        for number in 1...5 { try await finish(TaskID("u\(number)"), result: large) }
        let all = (1...5).map { ("t\($0)", "u\($0)") }
        let problem = await #expect(throws: InputProblem.self) {
            _ = try await results().adding(all, to: [:], namespace: "n")
        }
        guard case .invalid(let message)? = problem else { return }
        #expect(message.contains("up to that of t5") && message.contains("\(4 << 20) bytes"))
        #expect(
            try await results().adding(Array(all.prefix(4)), to: [:], namespace: "n")["results"]?.objectValue?.count
                == 4)
    }

    @Test func `An input whose results are no object is refused`() async throws {
        await #expect(throws: InputProblem.self) {
            _ = try await results().adding([("a", "u")], to: ["results": 1], namespace: "n")
        }
    }
}
