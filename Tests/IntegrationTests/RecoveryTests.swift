import Foundation
import KubernetesClient
import KubernetesModel
import StructuredData
import SwarmAPI
import TaskProtocol
import TestSupport
import Testing

@Suite("Recovery", .serialized, .timeLimit(.minutes(5)))
struct RecoveryTests {
    @Test func `A task whose agent is killed is finished by another, and its result counts once`() async throws {
        try await TestCluster.run { cluster in
            try await cluster.apply(
                Declared.swarm("echo", concurrency: 1, maxAgents: 1),
                Declared.task("victim", input: ["result": ["answer": 42], "delayMs": 15_000]))
            // Known to the API as running, on an agent that has a process.
            let running = try await cluster.running("victim")
            let agent = try #require(running.status?.agent)
            let process = try #require(cluster.agents().first { $0.environment["DAS_AGENT"] == agent })
            kill(process.pid, SIGKILL)

            let finished = try await cluster.finished("victim")
            #expect(finished.status?.phase == .succeeded, "\(finished.status?.message ?? "")")
            #expect(finished.status?.attempts == 2)
            #expect(finished.status?.result == ["answer": 42])
            let uid = try #require(finished.metadata.uid)
            let attempts = try await cluster.gateway.attempts(of: uid, namespace: TestCluster.namespace)
            #expect(attempts.count { $0.outcome == "completed" } == 1, "\(attempts)")
        }
    }

    @Test func `200 tasks survive the end of das up in their middle, none twice, and no agent is left over`()
        async throws
    {
        try await TestCluster.run { cluster in
            let count = 200
            try await cluster.apply(Declared.swarm("echo", concurrency: 4, maxAgents: 3))
            for number in 0..<count {
                // The last ones take so long that das up ends in their middle, however fast the others are.
                try await cluster.apply(
                    Declared.task(
                        "t\(number)",
                        input: ["result": ["number": JSON(number)], "delayMs": number < count - 20 ? 50 : 8000]))
            }
            // In the middle: some are done, some are not.
            _ = try await cluster.objects(SwarmTask.self) { tasks in
                let done = tasks.count { $0.isFinished }
                return done > 20 && done < count ? done : nil
            }
            let firstLife = cluster.agents()
            #expect(!firstLife.isEmpty)
            try await cluster.killUp()
            try await cluster.restart()

            let tasks = try await cluster.objects(SwarmTask.self) { tasks in
                tasks.count == count && tasks.allSatisfy(\.isFinished) ? tasks : nil
            }
            for task in tasks {
                let name = try #require(task.metadata.name)
                #expect(task.status?.phase == .succeeded, "\(name): \(task.status?.message ?? "")")
                #expect(task.status?.result?["number"]?.intValue.map { "t\($0)" } == name)
                let uid = try #require(task.metadata.uid)
                let attempts = try await cluster.gateway.attempts(of: uid, namespace: TestCluster.namespace)
                #expect(attempts.count { $0.outcome == "completed" } == 1, "\(name): \(attempts)")
            }
            // A process number may have been given again, but not with the same start.
            let secondLife = Set(cluster.agents())
            #expect(firstLife.filter { secondLife.contains($0) }.isEmpty)
        }
    }

    @Test func `Tasks that were queued when the store was lost are queued again, with their input`() async throws {
        try await TestCluster.run { cluster in
            // Held, so that it is queued and no more: the operator's cache has given its input up.
            try await cluster.apply(
                Declared.swarm("echo", concurrency: 1, maxAgents: 1),
                Declared.task("held", input: ["result": ["answer": 42]], more: ["suspend": true]))
            let queued = try await cluster.task("held") { $0.status?.phase == .queued }
            try await cluster.killUp()
            for suffix in ["", "-wal", "-shm"] {
                try? FileManager.default.removeItem(atPath: "\(cluster.directory)/tasks.sqlite\(suffix)")
            }
            #expect(!FileManager.default.fileExists(atPath: "\(cluster.directory)/tasks.sqlite"))
            try await cluster.restart()
            let again = try await cluster.task("held") {
                $0.status?.phase == .queued && $0.status?.queuedTime != queued.status?.queuedTime
            }
            #expect(again.metadata.uid == queued.metadata.uid)
            _ = try await cluster.kubernetes.patch(
                SwarmTask.self, "held", namespace: TestCluster.namespace, patch: .merge(["spec": ["suspend": false]]))
            let finished = try await cluster.finished("held")
            #expect(finished.status?.phase == .succeeded, "\(finished.status?.message ?? "")")
            #expect(finished.status?.result == ["answer": 42])
        }
    }
}
