import KubernetesClient
import KubernetesModel
import StructuredData
import SwarmAPI
import SwarmOperator
import TaskQueue
import TaskStoreTesting
import Testing

@testable import ControllerRuntime

/// What a fan-out costs the API server.
@Suite struct FanOutWritesTests {
    private static let key = ObjectKey(namespace: "n", name: "t")
    private let clock = ManualClock()
    private let queue: MachineStore
    private let server = StatusServer([
        "apiVersion": "das.brashlabs.io/v1alpha1", "kind": "SwarmTask",
        "metadata": ["name": "t", "namespace": "n", "uid": "u", "resourceVersion": "7", "generation": 1],
        "spec": ["type": "echo", "fanOut": ["range": ["from": 1, "to": 1000]]],
    ])
    private let cache = Store<CachedTask> { $0.metadata }
    private let reconciler: SwarmTaskReconciler

    init() throws {
        queue = MachineStore(on: MachineStore.Disk(), clock: clock, seed: 1)
        reconciler = try server.reconciler(queue, cache)
    }

    private func reconcile() async throws {
        let object = server.task
        _ = cache.replace(
            with: [try object.decode(CachedTask.self)],
            version: object["metadata"]?["resourceVersion"]?.stringValue ?? "")
        _ = try await reconciler.reconcile(Self.key)
    }

    @Test func `However often its items change, the object is written at most once a second`() async throws {
        try await queue.putCatalogue(
            CatalogueEntry(namespace: "n", swarm: "s", capabilities: ["echo"], serviceAccount: "s", slots: 1))
        let agent = try await queue.register(
            AgentRegistration(
                namespace: "n", swarm: "s", name: "a", podUID: nil, instance: "a", slots: 1, version: "1",
                capabilities: [], serviceAccount: "s")
        ).id
        try await reconcile()
        #expect(server.writes == 1)
        #expect(server.task["status"]?["items"]?["queued"]?.intValue == 1000)
        // Five seconds with an item each twentieth of a second.
        for step in 1...100 {
            clock.advance(50)
            let verdict = try await queue.lease(LeaseCall(agent: agent, request: Int64(step), slots: 1))
            guard case .answered(let offer) = verdict, let lease = offer.tasks.first else {
                Issue.record("no lease: \(verdict)")
                return
            }
            let report = AttemptReport(
                task: lease.record.id, key: lease.key, content: .complete(result: Array("1".utf8)))
            _ = try await queue.report(agent, [report], next: nil)
            try await reconcile()
        }
        // The first one, its first change of phase, and one each second.
        #expect((6...7).contains(server.writes), "\(server.writes)")
        let done = try #require(server.task["status"]?["progress"]?["done"]?.intValue)
        #expect((80...100).contains(done), "\(done)")
        #expect(server.task.serialized().count < 32 << 10)
    }
}
