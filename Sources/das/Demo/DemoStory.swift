import CertificateStore
import KubernetesClient
import KubernetesModel
import ProgramSupport
import StructuredData
import SwarmAPI
import TaskProtocol

/// What happens in the demo, from the first manifest to the last agent's end.
struct DemoStory: Sendable {
    private static let manager = "das-demo"
    private static let pause = Duration.milliseconds(100)
    private static let longestRun = Duration.seconds(300)

    let material: DemoMaterial
    let directory: DataDirectory
    let display: DemoDisplay

    func run(on cluster: DemoCluster.Connection) async throws {
        display.say("das up answers; declaring swarm \(material.swarmName) and \(material.stocks.count) tasks")
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await declare(on: cluster.kubernetes) }
            group.addTask { try await follow(cluster) { $0.isDone && $0.phases.count == material.stocks.count } }
            // What cannot be declared need not be waited for.
            defer { group.cancelAll() }
            for try await _ in group {}
        }
        let results = try await collect(cluster.kubernetes)
        display.finish()
        display.show(DemoTable(results: results, folder: directory.file("results")))
        display.say("waiting for the agents to go, idleSeconds after the last task")
        try await follow(cluster) { $0.agents == 0 && $0.wanted == 0 }
        display.finish()
        let failed = results.filter { $0.phase != .succeeded }
        guard failed.isEmpty else {
            throw CommandFailure(.failed, "\(failed.count) of \(results.count) tasks did not succeed")
        }
    }

    private func declare(on client: KubernetesClient) async throws {
        @Sendable func apply(_ resource: ResourceType, _ object: JSON) async throws {
            _ = try await client.apply(
                resource, object, namespace: resource.namespaced ? DemoMaterial.namespace : nil,
                fieldManager: Self.manager, force: true)
        }
        for definition in CustomResourceDefinitions.all {
            try await apply(CustomResourceDefinition.resource, definition)
        }
        try await apply(AgentSwarm.resource, material.swarm)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for stock in material.stocks {
                group.addTask {
                    try await apply(ConfigMap.resource, material.configMap(of: stock))
                    try await apply(SwarmTask.resource, material.task(of: stock))
                }
            }
            try await group.waitForAll()
        }
    }

    /// Shows what is, until `isReached`.
    private func follow(
        _ cluster: DemoCluster.Connection, until isReached: @Sendable (DemoState) -> Bool
    ) async throws {
        let deadline = ContinuousClock.now + Self.longestRun
        while ContinuousClock.now < deadline {
            let state = try await observe(cluster)
            display.update(state)
            if isReached(state) { return }
            try await Task.sleep(for: Self.pause)
        }
        throw CommandFailure(.failed, "the demo did not end within \(Self.longestRun)")
    }

    /// The objects tell how tasks end, the queue tells which run now: an object is written only when it is worth it.
    private func observe(_ cluster: DemoCluster.Connection) async throws -> DemoState {
        let objects = try await cluster.kubernetes.list(SwarmTask.self, namespace: DemoMaterial.namespace).items
        let queued = try await cluster.gateway.tasks(namespace: DemoMaterial.namespace).tasks
        let pods = try await cluster.kubernetes.list(
            Pod.self, namespace: DemoMaterial.namespace,
            options: ListOptions(labelSelector: "\(SwarmNames.swarmLabel)=\(material.swarmName)")
        ).items
        let swarm = try await cluster.kubernetes.list(AgentSwarm.self, namespace: DemoMaterial.namespace).items
            .first { $0.metadata.name == material.swarmName }
        let running = Set(queued.filter { $0.phase == .running }.map(\.id))
        var state = DemoState()
        for object in objects {
            var phase = object.status?.phase ?? .pending
            if !phase.isFinal, let uid = object.metadata.uid { phase = running.contains(uid) ? .running : .pending }
            state.phases[object.metadata.name ?? ""] = phase
        }
        state.agents = pods.count
        state.ready = pods.count { pod in
            pod.status?.conditions?.contains { $0.type == "Ready" && $0.status == "True" } ?? false
        }
        state.wanted = swarm?.status?.desiredAgents ?? 0
        return state
    }

    /// Reads the results off the objects and writes each into a file.
    private func collect(_ client: KubernetesClient) async throws -> [DemoResult] {
        let tasks = try await client.list(SwarmTask.self, namespace: DemoMaterial.namespace).items
        var results: [DemoResult] = []
        for stock in material.stocks {
            guard let task = tasks.first(where: { $0.metadata.name == stock.objectName }) else { continue }
            if let answer = task.status?.result {
                try directory.write(answer.text(.pretty) + "\n", to: "results/\(stock.symbol).json")
            }
            results.append(DemoResult(symbol: stock.symbol, task: task))
        }
        return results
    }
}

/// What the demo sees at one moment.
struct DemoState: Sendable, Equatable {
    var phases: [String: SwarmTask.Phase] = [:]
    var agents = 0
    var ready = 0
    var wanted = 0

    var isDone: Bool { !phases.isEmpty && phases.values.allSatisfy(\.isFinal) }

    func count(_ phases: SwarmTask.Phase...) -> Int { self.phases.values.count { phases.contains($0) } }
}
