import KubernetesModel
import Logging
import StructuredData
import SwarmAPI
import SwarmOperator
import Synchronization
import TaskQueue
import TaskStoreTesting
import Testing

@testable import ControllerRuntime

/// Waiting tasks whose swarm cannot run them.
@Suite struct BindingTests {
    private let queue: any TaskStore
    private let catalogue = SwarmCatalogue()
    private let bindings: BindingReconciler

    init() {
        queue = MachineStore(on: MachineStore.Disk(), clock: ManualClock(), policy: QueuePolicy(), seed: 1)
        bindings = BindingReconciler(store: queue, catalogue: catalogue, allocation: TaskAllocation(store: queue))
    }

    private static func swarm(_ name: String, takes types: [String] = ["echo"], more: JSON = [:]) throws -> AgentSwarm {
        var spec: JSON = ["capabilities": JSON(types)]
        for (key, value) in more.objectValue ?? [:] { spec[key] = value }
        return try
            ([
                "apiVersion": "das.brashlabs.io/v1alpha1", "kind": "AgentSwarm",
                "metadata": ["name": .string(name), "namespace": "n", "uid": .string(name)], "spec": spec,
            ] as JSON).decode(AgentSwarm.self)
    }

    private func put(_ name: String, takes types: [String] = ["echo"], _ more: JSON = [:]) async throws {
        let swarm = try Self.swarm(name, takes: types, more: more)
        catalogue.put(swarm)
        try await queue.putCatalogue(CatalogueEntry(swarm))
        try await look(after: name)
    }

    private func remove(_ name: String) async throws {
        catalogue.remove(try Self.swarm(name))
        try await queue.removeCatalogue(namespace: "n", swarm: name)
        try await look(after: name)
    }

    /// Does what a change of the swarm brings about.
    private func look(after name: String) async throws {
        for key in bindings.keys(concerning: ObjectKey(namespace: "n", name: name)) {
            _ = try await bindings.reconcile(key)
        }
    }

    private func submit(_ id: TaskID, swarm: String = "a", isPinned: Bool = false, type: String = "echo") async throws {
        _ = try await queue.submit([
            Submission(
                id: id, namespace: "n", type: type, swarm: swarm, isPinned: isPinned,
                origin: .http(submitter: "user"), input: [UInt8](#"{"n": 1}"#.utf8))
        ])
    }

    private func swarm(of id: TaskID) async throws -> String? { try await queue.task(id)?.swarm }

    @Test func `The tasks of a swarm that is suspended go to another, but for those that are pinned or run`()
        async throws
    {
        try await put("a")
        try await put("b")
        try await submit("runs")
        let agent = try await queue.register(
            AgentRegistration(
                namespace: "n", swarm: "a", name: "one", instance: "i", slots: 1, version: "1", capabilities: [],
                serviceAccount: "a"))
        guard case .answered(let offer) = try await queue.lease(LeaseCall(agent: agent.id, request: 1, slots: 1)) else {
            Issue.record("nothing is leased")
            return
        }
        #expect(offer.tasks.map(\.record.id) == ["runs"])
        for id: TaskID in ["one", "two"] { try await submit(id) }
        try await submit("pinned", isPinned: true)
        try await put("a", ["suspend": true])
        #expect(try await swarm(of: "one") == "b")
        #expect(try await swarm(of: "two") == "b")
        #expect(try await swarm(of: "pinned") == "a")
        #expect(try await swarm(of: "runs") == "a")
        // Awake again it does not take back what others have.
        try await put("a")
        #expect(try await swarm(of: "one") == "b")
    }

    @Test func `The tasks of a swarm that is gone wait for one that takes them, and are spread over those that do`()
        async throws
    {
        try await put("a")
        for number in 0..<6 { try await submit(TaskID("t\(number)")) }
        try await put("picky", ["taskTypes": [["name": "echo", "inputSchema": ["properties": ["n": false]]]]])
        try await put("asleep", ["suspend": true])
        try await remove("a")
        #expect(try await swarm(of: "t0") == "a")
        try await put("b", takes: ["other"])
        #expect(try await swarm(of: "t0") == "a")
        try await put("c")
        #expect(try await swarm(of: "t0") == "c")
        try await put("d")
        try await put("c", ["suspend": true])
        for number in 0..<6 { #expect(try await swarm(of: TaskID("t\(number)")) == "d") }
        try await put("e")
        try await put("f")
        try await remove("d")
        var spread: [String: Int] = [:]
        for number in 0..<6 { spread[try await swarm(of: TaskID("t\(number)")) ?? "", default: 0] += 1 }
        #expect(spread == ["e": 3, "f": 3])
    }

    @Test func `A swarm that takes a type no more loses the tasks of that type alone`() async throws {
        try await put("a", takes: ["echo", "sum"])
        try await put("b", takes: ["echo", "sum"])
        try await submit("echo")
        try await submit("sum", type: "sum")
        try await put("a", takes: ["sum"])
        #expect(try await swarm(of: "echo") == "b")
        #expect(try await swarm(of: "sum") == "a")
    }

    @Test func `Swarms that were deleted while nobody watched are found at the start`() async throws {
        try await queue.putCatalogue(CatalogueEntry(try Self.swarm("gone")))
        try await submit("left", swarm: "gone")
        _ = try await queue.submit([
            Submission(
                id: "of an object", namespace: "n", type: "echo", swarm: "long gone", origin: .object(name: "o"),
                input: [UInt8]("{}".utf8))
        ])
        let here = try Self.swarm("here")
        catalogue.put(here)
        let swarms = Store(holding: [here])
        let found = Mutex<[ObjectKey]>([])
        try await DepartedSwarms(store: queue, swarms: swarms, logger: Logger(label: "test")) { key in
            found.withLock { $0.append(key) }
        }.run()
        let keys = found.withLock { $0 }
        #expect(keys.map(\.name) == ["gone", "long gone"])
        for key in keys { _ = try await bindings.reconcile(key) }
        #expect(try await swarm(of: "left") == "here")
        #expect(try await swarm(of: "of an object") == "here")
    }
}
