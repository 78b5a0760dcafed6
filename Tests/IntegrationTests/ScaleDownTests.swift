import Foundation
import KubernetesClient
import KubernetesModel
import StructuredData
import SwarmAPI
import Synchronization
import TaskProtocol
import TaskStoreTesting
import TestSupport
import Testing

/// Scale-downs while tasks run, with agents that are processes.
@Suite("Scale-downs under load", .serialized, .timeLimit(.minutes(60)))
struct ScaleDownTests {
    private static func number(_ name: String) -> Int? { ProcessInfo.processInfo.environment[name].flatMap { Int($0) } }

    /// How many times the number of agents is lowered.
    private static let count = number("DAS_SCALE_DOWNS") ?? 24
    private static let swarms = 4
    private static let mostAgents = 4

    @Test func `No attempt is cut short, however often agents are taken away`() async throws {
        let seed = UInt64(Self.number("DAS_SCALE_SEED") ?? 20_261)
        let began = ContinuousClock.now
        try await TestCluster.run { cluster in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<Self.swarms {
                    let share = Self.count / Self.swarms + (index < Self.count % Self.swarms ? 1 : 0)
                    group.addTask {
                        let swarm = LoadedSwarm(cluster, "load-\(index)", seed: seed + UInt64(index))
                        try await swarm.run(scaleDowns: share, mostAgents: Self.mostAgents)
                    }
                }
                try await group.waitForAll()
            }
            let tasks = try await Self.check(cluster)
            let victims = try await cluster.counter("das_scale_down_victims_total")
            let (chosen, others) = (victims["{chosen=\"true\"}"] ?? 0, victims["{chosen=\"false\"}"] ?? 0)
            print(
                "\(Self.count) scale-downs (DAS_SCALE_SEED=\(seed)) in \(began.duration(to: .now)): \(tasks) tasks, "
                    + "none cut short; \(chosen) victims as chosen, \(others) others")
            // A number may be lowered further before its victims are gone, and is then counted with the next.
            #expect(chosen + others >= Self.count / 2)
        }
    }

    /// Every task has succeeded at its first attempt; how many there are.
    private static func check(_ cluster: TestCluster) async throws -> Int {
        var (count, cursor): (Int, String?) = (0, nil)
        repeat {
            let page = try await cluster.gateway.tasks(
                namespace: TestCluster.namespace, filter: TaskFilter(limit: 500, cursor: cursor))
            for task in page.tasks {
                #expect(task.phase == .succeeded && task.attempts == 1, "\(task)")
                let attempts = try await cluster.gateway.attempts(of: task.id, namespace: TestCluster.namespace)
                #expect(attempts.map(\.outcome) == ["completed"], "\(task.id): \(attempts)")
            }
            count += page.tasks.count
            cursor = page.cursor
        } while cursor != nil
        return count
    }

    @Test func `A suspended swarm's agents end what they hold, then go, and come again for the rest`() async throws {
        try await TestCluster.run { cluster in
            try await cluster.apply(Declared.swarm("echo", concurrency: 1, maxAgents: 2))
            let tasks = try await cluster.gateway.submit(
                (0..<6).map { _ in TaskSubmission(type: "echo", swarm: "echo", input: ["result": 1, "delayMs": 3000]) },
                namespace: TestCluster.namespace)
            // Whoever ended it has the next one.
            let first = try #require(tasks.tasks.first?.taskId)
            _ = try await cluster.gateway.task(first, namespace: TestCluster.namespace, waitMs: 60_000)
            try await cluster.setSpec("echo", ["suspend": true])
            try await cluster.deployment("echo") { $0.spec.replicas == 0 && ($0.status?.replicas ?? 0) == 0 }
            try await cluster.setSpec("echo", ["suspend": false])
            for task in tasks.tasks.compactMap(\.taskId) {
                _ = try await cluster.gateway.task(task, namespace: TestCluster.namespace, waitMs: 60_000)
            }
            #expect(try await Self.check(cluster) == 6)
        }
    }
}

/// A swarm whose number of agents is set again and again while it has tasks.
private final class LoadedSwarm: Sendable {
    private let cluster: TestCluster
    private let name: String
    private let random: Mutex<SeededGenerator>
    private let isOver = Mutex(false)

    init(_ cluster: TestCluster, _ name: String, seed: UInt64) {
        self.cluster = cluster
        self.name = name
        random = Mutex(SeededGenerator(seed: seed))
    }

    private func draw(_ range: ClosedRange<Int>) -> Int { random.withLock { Int.random(in: range, using: &$0) } }

    func run(scaleDowns: Int, mostAgents: Int) async throws {
        var swarm = Declared.swarm(name, concurrency: 2, maxAgents: mostAgents)
        swarm["spec"]?["scaling"]?["strategy"] = "External"
        swarm["spec"]?["scaling"]?["minAgents"] = 1
        swarm["spec"]?["replicas"] = JSON(mostAgents)
        try await cluster.apply(swarm)
        try await reach(mostAgents)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.load() }
            group.addTask {
                try await self.scale(scaleDowns, mostAgents)
                self.isOver.withLock { $0 = true }
            }
            while try await group.next() != nil {}
        }
    }

    /// More tasks than there are slots, all of them shorter than the agents' drain time.
    private func load() async throws {
        var last: [String] = []
        while !isOver.withLock({ $0 }) {
            let batch = (0..<8).map { _ in
                TaskSubmission(
                    type: "echo", swarm: name, input: ["result": [:], "delayMs": JSON(draw(20...1500))])
            }
            let answer = try await cluster.gateway.submit(batch, namespace: TestCluster.namespace)
            try await finish(last)
            last = try answer.tasks.map { try #require($0.taskId, "\($0.problem?.detail ?? "")") }
        }
        try await finish(last)
    }

    private func finish(_ tasks: [String]) async throws {
        for task in tasks {
            while true {
                let view = try await cluster.gateway.task(task, namespace: TestCluster.namespace, waitMs: 30_000)
                if view.completionTime != nil { break }
            }
        }
    }

    private func scale(_ count: Int, _ mostAgents: Int) async throws {
        var agents = mostAgents
        for _ in 0..<count {
            if agents == 1 {
                agents = mostAgents
                try await cluster.setSpec(name, ["replicas": JSON(agents)])
                try await reach(agents)
            }
            agents = draw(1...(agents - 1))
            try await cluster.setSpec(name, ["replicas": JSON(agents)])
            try await reach(agents)
        }
    }

    private func reach(_ agents: Int) async throws {
        try await cluster.deployment(name) { deployment in
            deployment.spec.replicas == agents && deployment.status?.replicas == agents
                && deployment.status?.readyReplicas == agents
                && deployment.status?.observedGeneration == deployment.metadata.generation
        }
    }
}

extension TestCluster {
    fileprivate func setSpec(_ swarm: String, _ spec: JSON) async throws {
        _ = try await kubernetes.patch(
            AgentSwarm.self, swarm, namespace: Self.namespace, patch: .merge(["spec": spec]))
    }

    /// Waits for a swarm's Deployment.
    fileprivate func deployment(
        _ swarm: String, until isFulfilled: @escaping @Sendable (Deployment) -> Bool
    ) async throws {
        _ = try await object(Deployment.self, "\(swarm)-agents", until: isFulfilled)
    }
}
