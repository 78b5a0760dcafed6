import Foundation
import KubernetesClient
import KubernetesModel
import StructuredData
import SwarmAPI
import TaskProtocol
import TestSupport
import Testing

/// How tasks end that are not left to run: cancelled, or without their object, swarm or namespace.
@Suite("The ends of tasks", .timeLimit(.minutes(5)))
struct TaskEndTests {
    private static func isRunning(_ task: SwarmTask) -> Bool { task.status?.phase == .running }

    /// Waits for the end of a task in the queue, of whatever namespace.
    private static func ended(_ id: String, _ namespace: String, _ cluster: TestCluster) async throws -> TaskView {
        while true {
            let view = try await cluster.gateway.task(id, namespace: namespace, waitMs: 30_000)
            if view.completionTime != nil { return view }
        }
    }

    @Test func `A worker that does not stop is killed after the grace, and its slot takes the next task`() async throws
    {
        try await TestCluster.run { cluster in
            try await cluster.apply(
                Declared.swarm("echo", concurrency: 1, maxAgents: 1),
                Declared.task("hangs", swarm: "echo", input: ["fail": "hang"]))
            let running = try await cluster.task("hangs", until: Self.isRunning)
            let uid = try #require(running.metadata.uid)
            let worker = try #require(
                ProcessTable.holding(cluster.directory).first {
                    $0.environment["DAS_AGENT"] != nil && $0.arguments.count > 1
                })
            try await cluster.apply(Declared.task("next", swarm: "echo", input: ["result": ["n": 2]]))
            _ = try await cluster.gateway.cancel(
                uid, namespace: TestCluster.namespace, CancelRequest(mode: .cooperative, graceMs: 500))
            let cancelled = try await cluster.finished("hangs")
            #expect(cancelled.status?.phase == .cancelled)
            let next = try await cluster.finished("next")
            #expect(next.status?.phase == .succeeded && next.status?.agent == running.status?.agent)
            #expect(!ProcessTable.holding(cluster.directory).contains(worker))
        }
    }

    @Test func `A SwarmTask that is deleted is cancelled, and has no finalizer`() async throws {
        try await TestCluster.run { cluster in
            try await cluster.apply(
                Declared.swarm("echo", concurrency: 2, maxAgents: 1),
                Declared.task("runs", input: ["delayMs": 600_000]),
                Declared.task("waits", more: ["suspend": true]))
            let runs = try await cluster.running("runs")
            let waits = try await cluster.task("waits") { $0.status?.phase == .queued }
            #expect((runs.metadata.finalizers ?? []).isEmpty && (waits.metadata.finalizers ?? []).isEmpty)
            for task in [runs, waits] {
                try await cluster.kubernetes.delete(
                    SwarmTask.self, task.metadata.name ?? "", namespace: TestCluster.namespace)
                let end = try await Self.ended(task.metadata.uid ?? "", TestCluster.namespace, cluster)
                #expect(end.phase == .cancelled && end.message == "the SwarmTask was deleted", "\(end)")
            }
        }
    }

    @Test func `Of a swarm that goes, what runs may finish, and what waits goes to another or says why it waits`()
        async throws
    {
        try await TestCluster.run { cluster in
            var swarm = Declared.swarm("goes", concurrency: 1, maxAgents: 1)
            swarm["spec"]?["agent"]?["drainSeconds"] = 30
            try await cluster.apply(
                swarm, Declared.task("runs", swarm: "goes", input: ["delayMs": 10_000, "result": ["n": 1]]))
            let runs = try await cluster.running("runs")
            #expect(runs.status?.swarm == "goes")
            try await cluster.apply(
                Declared.task("pinned", swarm: "goes"), Declared.task("unpinned", input: ["result": ["n": 2]]))
            for name in ["pinned", "unpinned"] { _ = try await cluster.task(name) { $0.status?.swarm == "goes" } }
            try await cluster.kubernetes.delete(AgentSwarm.self, "goes", namespace: TestCluster.namespace)

            // Within drainSeconds.
            let ran = try await cluster.finished("runs")
            #expect(ran.status?.phase == .succeeded && ran.status?.result == ["n": 1], "\(ran.status?.message ?? "")")
            for name in ["pinned", "unpinned"] {
                let waiting = try await cluster.task(name) {
                    $0.status?.conditions?["Ready"]?.reason == "SwarmNotFound"
                }
                #expect(waiting.status?.phase == .queued)
                #expect(waiting.status?.message?.contains("swarm goes does not exist any more") == true)
            }
            try await cluster.apply(Declared.swarm("comes", concurrency: 1, maxAgents: 1))
            let moved = try await cluster.finished("unpinned")
            #expect(
                moved.status?.phase == .succeeded && moved.status?.swarm == "comes", "\(moved.status?.message ?? "")")
            #expect(moved.status?.result == ["n": 2])
            // The one that is pinned waits for a swarm of that name.
            try await cluster.apply(Declared.swarm("goes", concurrency: 1, maxAgents: 1))
            let pinned = try await cluster.finished("pinned")
            #expect(pinned.status?.phase == .succeeded && pinned.status?.swarm == "goes")
        }
    }

    @Test func `With a namespace its tasks are cancelled, and its swarm and agents go`() async throws {
        try await TestCluster.run { cluster in
            let namespace = "short-lived"
            _ = try await cluster.kubernetes.create(
                Namespace.resource, ["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": .string(namespace)]])
            _ = try await cluster.kubernetes.create(
                AgentSwarm.resource, Declared.swarm("echo", concurrency: 1, maxAgents: 1), namespace: namespace)
            for name in ["first", "second"] {
                _ = try await cluster.kubernetes.create(
                    SwarmTask.resource, Declared.task(name, input: ["delayMs": 600_000]), namespace: namespace)
            }
            let tasks = try await cluster.kubernetes.objects(SwarmTask.self, namespace: namespace) { tasks in
                tasks.contains(where: Self.isRunning) && tasks.allSatisfy { $0.status?.phase != nil } ? tasks : nil
            }
            #expect(tasks.count == 2)
            try await cluster.kubernetes.delete(Namespace.self, namespace)
            for task in tasks {
                let end = try await Self.ended(task.metadata.uid ?? "", namespace, cluster)
                #expect(end.phase == .cancelled, "\(end)")
            }
            _ = try await cluster.kubernetes.objects(Namespace.self, namespace: nil) { namespaces in
                namespaces.contains { $0.metadata.name == namespace } ? nil : true
            }
        }
    }
}
