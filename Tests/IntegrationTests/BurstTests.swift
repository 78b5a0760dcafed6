import ControllerRuntime
import Foundation
import KubernetesClient
import KubernetesModel
import StructuredData
import SwarmAPI
import SwarmOperator
import TaskQueue
import TaskStoreTesting
import TestSupport
import Testing

/// Many SwarmTasks at once.
@Suite("A burst of tasks", .timeLimit(.minutes(10)))
struct BurstTests {
    private static let count = 5_000
    private static let namespace = "default"

    private static func version(_ metadata: ObjectMeta) -> Int64? { metadata.resourceVersion.flatMap { Int64($0) } }

    /// The order of the API server's writes tells, not the time: between the swarm and its Deployment only few of the tasks were written.
    @Test func `A swarm that is declared in the middle of it is seen to before most of the rest`() async throws {
        try await BareCluster.run { cluster in
            let client = cluster.client
            // Each ends at once, with one write: its input is not what the swarm takes.
            let picky = Declared.swarm(
                "picky", taskTypes: [["name": "echo", "inputSchema": ["required": ["never"]]]])
            _ = try await client.create(AgentSwarm.resource, picky, namespace: Self.namespace)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for part in 0..<10 {
                    group.addTask {
                        for number in 0..<Self.count / 10 {
                            _ = try await client.create(
                                SwarmTask.resource, Declared.task("t\(part)-\(number)", swarm: "picky"),
                                namespace: Self.namespace)
                        }
                    }
                }
                try await group.waitForAll()
            }
            let store = MachineStore(
                on: MachineStore.Disk(), clock: ManualClock(), policy: QueuePolicy(), seed: 1)
            let swarmOperator = SwarmOperator(
                client: client, store: store,
                configuration: OperatorConfiguration(
                    agentImage: "agent", gatewayURL: "https://gateway", gatewayAuthorities: "", version: "1"))
            let running = Task { try await swarmOperator.run() }
            defer { running.cancel() }

            // In the middle.
            _ = try await client.objects(SwarmTask.self, namespace: Self.namespace) { tasks in
                tasks.count(where: \.isFinished) >= 200 ? true : nil
            }
            let declared = try await client.create(
                AgentSwarm.resource, Declared.swarm("urgent"), namespace: Self.namespace)
            let start = try #require(declared["metadata"]?["resourceVersion"]?.stringValue.flatMap { Int64($0) })
            let deployment = try await client.objects(Deployment.self, namespace: Self.namespace) { found in
                found.first { $0.metadata.controllerReference?.name == "urgent" }
            }
            let tasks = try await client.objects(SwarmTask.self, namespace: Self.namespace) { tasks in
                tasks.allSatisfy(\.isFinished) ? tasks : nil
            }
            #expect(tasks.count == Self.count && tasks.allSatisfy { $0.status?.phase == .failed })
            let created = try #require(Self.version(deployment.metadata))
            let after = tasks.compactMap { Self.version($0.metadata) }.filter { $0 > start }
            let between = after.count { $0 < created }
            print(
                "BurstTests: \(after.count) tasks were written after the swarm, \(between) of them before its Deployment"
            )
            #expect(after.count > Self.count / 2, "the swarm came too late to tell")
            #expect(between < after.count / 4)
        }
    }
}
