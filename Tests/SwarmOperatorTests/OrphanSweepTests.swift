import KubernetesModel
import Logging
import StructuredData
import TaskQueue
import TaskStoreTesting
import Testing

@testable import ControllerRuntime
@testable import SwarmOperator

/// SwarmTasks that were deleted while no operator ran.
@Suite struct OrphanSweepTests {
    @Test func `Their tasks are cancelled, those that run with grace, and the others go on`() async throws {
        let queue = MachineStore(on: MachineStore.Disk(), clock: ManualClock(), policy: QueuePolicy(), seed: 1)
        func submit(_ id: TaskID, _ origin: TaskOrigin) async throws {
            _ = try await queue.submit([
                Submission(
                    id: id, namespace: "n", type: "echo", swarm: "s", origin: origin, input: [UInt8]("{}".utf8))
            ])
        }
        try await queue.putCatalogue(
            CatalogueEntry(namespace: "n", swarm: "s", capabilities: ["echo"], serviceAccount: "s"))
        try await submit("runs", .object(name: "runs"))
        let agent = try await queue.register(
            AgentRegistration(
                namespace: "n", swarm: "s", name: "one", instance: "i", slots: 1, version: "1", capabilities: [],
                serviceAccount: "s"))
        guard case .answered(let offer) = try await queue.lease(LeaseCall(agent: agent.id, request: 1, slots: 1)),
            let leased = offer.tasks.first
        else {
            Issue.record("nothing is leased")
            return
        }
        try await submit("waits", .object(name: "waits"))
        try await submit("made anew", .object(name: "there"))
        try await submit("there", .object(name: "there"))
        try await submit("of the API", .http(submitter: "user"))

        let cache = Store<CachedTask> { $0.metadata }
        let object: JSON = [
            "apiVersion": "das.brashlabs.io/v1alpha1", "kind": "SwarmTask",
            "metadata": ["name": "there", "namespace": "n", "uid": "there"], "spec": ["type": "echo"],
        ]
        _ = cache.replace(with: [try object.decode(CachedTask.self)], version: "1")
        try await OrphanSweep(
            store: queue, tasks: cache,
            fanOuts: FanOutDriver(store: queue, catalogue: SwarmCatalogue(), cancelGraceMilliseconds: 30_000) { _, _ in
                .null
            },
            cancelGraceMilliseconds: 30_000, logger: Logger(label: "test")
        ).run()

        #expect(try await queue.task("waits")?.state == .cancelled)
        #expect(try await queue.task("made anew")?.state == .cancelled)
        #expect(try await queue.task("there")?.state == .ready)
        #expect(try await queue.task("of the API")?.state == .ready)
        let running = try #require(try await queue.task("runs"))
        #expect(running.state == .leased && running.cancellation?.reason == "the SwarmTask was deleted")
        // The agent hears of it by its next heartbeat.
        let answer = try await queue.heartbeat(agent.id, [Beat(task: "runs", key: leased.key)])
        #expect(answer.verdicts == [.cancelRequested(forcedInMs: 30_000)])
        // Nobody waits for these ends any more.
        let pending = try await queue.changes(after: 0, limit: 1_000).changes.filter { $0.kind == .finished }
        try await queue.acknowledge(consumer: ChangeFeedReader.consumer, through: try await queue.changeCursor())
        let kept = try await queue.changes(after: 0, limit: 1_000).changes.filter { $0.kind == .finished }
        #expect(pending.count == 2 && kept.isEmpty, "\(kept)")
    }
}
