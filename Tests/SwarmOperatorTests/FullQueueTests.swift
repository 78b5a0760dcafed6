import KubernetesClient
import KubernetesModel
import StructuredData
import SwarmAPI
import SwarmOperator
import TaskQueue
import TaskStoreTesting
import Testing

@testable import ControllerRuntime

/// A SwarmTask whose namespace has as many tasks as it may have.
@Suite struct FullQueueTests {
    private static let key = ObjectKey(namespace: "n", name: "t")
    private let server = StatusServer([
        "apiVersion": "das.brashlabs.io/v1alpha1", "kind": "SwarmTask",
        "metadata": ["name": "t", "namespace": "n", "uid": "u", "resourceVersion": "7", "generation": 1],
        "spec": ["type": "echo", "input": ["n": 1]],
    ])
    private let queue: any TaskStore
    private let cache = Store<CachedTask> { $0.metadata }
    private let reconciler: SwarmTaskReconciler

    init() throws {
        var policy = QueuePolicy()
        policy.maxLiveTasks = 1
        queue = MachineStore(on: MachineStore.Disk(), clock: ManualClock(), policy: policy, seed: 1)
        reconciler = try server.reconciler(queue, cache)
    }

    /// Reconciles the object as the server has it, as the watch would bring it.
    private func reconcile() async throws -> ReconcileResult {
        let object = server.task
        _ = cache.replace(
            with: [try object.decode(CachedTask.self)],
            version: object["metadata"]?["resourceVersion"]?.stringValue ?? "")
        return try await reconciler.reconcile(Self.key)
    }

    private var condition: JSON? {
        server.task["status"]?["conditions"]?.arrayValue?.first { $0["type"]?.stringValue == "Ready" }
    }

    @Test func `It is held back and says so, is tried again, and goes in when a task has ended`() async throws {
        _ = try await queue.submit([
            Submission(
                id: "other", namespace: "n", type: "echo", swarm: "s", origin: .http(submitter: "user"), input: [])
        ])
        guard case .requeue(let pause) = try await reconcile() else {
            Issue.record("nobody looks at it again")
            return
        }
        #expect(pause > .zero)
        #expect(try await queue.task("u") == nil)
        #expect(server.task["status"]?["phase"]?.stringValue == "Pending")
        #expect(condition?["reason"]?.stringValue == "QueueFull")
        let message = server.task["status"]?["message"]?.stringValue ?? condition?["message"]?.stringValue
        #expect(message?.contains("namespace n has 1 tasks that have not ended") == true)

        // Still full: it is said once.
        let version = server.task["metadata"]?["resourceVersion"]
        guard case .requeue = try await reconcile() else {
            Issue.record("nobody looks at it again")
            return
        }
        #expect(server.task["metadata"]?["resourceVersion"] == version)

        _ = try await queue.cancel("other", CancelOrder(mode: .force, reason: "makes room"))
        _ = try await reconcile()
        let record = try #require(try await queue.task("u"))
        #expect(record.state == .ready && record.swarm == "s")
    }
}
