import KubernetesModel
import StructuredData
import SwarmAPI
import SwarmOperator
import TaskQueue
import TaskStoreTesting
import Testing

@Suite struct TaskRebindingTests {
    private let store: any TaskStore = MachineStore(
        on: MachineStore.Disk(), clock: ManualClock(), policy: QueuePolicy(), seed: 1)
    private let catalogue = SwarmCatalogue()
    private let gone = ObjectKey(namespace: "n", name: "gone")

    private func swarm(_ name: String, _ spec: JSON) throws -> AgentSwarm {
        try
            ([
                "apiVersion": "das.brashlabs.io/v1alpha1", "kind": "AgentSwarm",
                "metadata": ["name": .string(name), "namespace": "n", "uid": .string(name)], "spec": spec,
            ] as JSON).decode(AgentSwarm.self)
    }

    private func put(_ name: String, _ spec: JSON) async throws {
        let swarm = try swarm(name, spec)
        catalogue.put(swarm)
        try await store.putCatalogue(CatalogueEntry(swarm))
    }

    private func submit(_ id: TaskID, type: String = "echo", isPinned: Bool = false, input: JSON = [:]) async throws {
        _ = try await store.submit([
            Submission(
                id: id, namespace: "n", type: type, swarm: "gone", isPinned: isPinned,
                origin: .http(submitter: "user"), input: input.serialized())
        ])
    }

    private func swarm(of task: TaskID) async throws -> String? { try await store.task(task)?.swarm }

    @Test func `Waiting tasks go to a swarm that takes them; pinned and running ones stay`() async throws {
        try await put("gone", ["capabilities": ["echo", "risk"]])
        try await put(
            "other",
            [
                "capabilities": ["echo"],
                "taskTypes": [["name": "echo", "inputSchema": ["properties": ["n": ["type": "integer"]]]]],
            ])
        try await put("asleep", ["capabilities": ["echo", "risk"], "suspend": true])
        try await submit("runs")
        let agent = try await store.register(
            AgentRegistration(
                namespace: "n", swarm: "gone", name: "a", podUID: "p", instance: "i", slots: 1, version: "1",
                capabilities: ["echo"], serviceAccount: "gone"))
        _ = try await store.lease(LeaseCall(agent: agent.id, request: 1, slots: 1))
        #expect(try await store.task("runs")?.state == .leased)
        try await submit("fits", input: ["n": 1])
        try await submit("breaks its schema", input: ["n": "one"])
        try await submit("pinned", isPinned: true)
        try await submit("other type", type: "risk")

        catalogue.remove(try swarm("gone", ["capabilities": []]))
        let rebinding = TaskRebinding(store: store, catalogue: catalogue)
        #expect(try await rebinding.run(gone) == false)
        #expect(try await swarm(of: "fits") == "other")
        for task: TaskID in ["runs", "pinned", "breaks its schema", "other type"] {
            #expect(try await swarm(of: task) == "gone", "\(task)")
        }
        #expect(rebinding.stranded(in: "n") == [gone])
        #expect(rebinding.stranded(in: "m") == [])

        // A swarm that takes what was left over comes up.
        try await put("asleep", ["capabilities": ["echo", "risk"]])
        #expect(try await rebinding.run(gone) == false)
        for task: TaskID in ["breaks its schema", "other type"] { #expect(try await swarm(of: task) == "asleep") }
        #expect(try await swarm(of: "pinned") == "gone")
        #expect(rebinding.stranded(in: "n").isEmpty)
    }

    @Test func `A long queue is worked off in turns, past what no swarm takes`() async throws {
        try await put("gone", ["capabilities": ["echo", "risk"]])
        try await put("other", ["capabilities": ["echo"]])
        let count = 2600
        for number in 0..<count {
            try await submit(TaskID("t\(number)"), type: number.isMultiple(of: 2) ? "echo" : "risk")
        }
        catalogue.remove(try swarm("gone", ["capabilities": []]))
        let rebinding = TaskRebinding(store: store, catalogue: catalogue)
        var turns = 1
        while try await rebinding.run(gone) { turns += 1 }
        #expect(turns == 3)
        for number in 0..<count {
            let expected = number.isMultiple(of: 2) ? "other" : "gone"
            #expect(try await swarm(of: TaskID("t\(number)")) == expected)
        }
        #expect(rebinding.stranded(in: "n") == [gone])
    }
}
