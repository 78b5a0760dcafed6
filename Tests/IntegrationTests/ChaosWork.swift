import ControllerRuntime
import KubernetesClient
import KubernetesModel
import StructuredData
import SwarmAPI
import TestSupport

/// SwarmTasks that are created while things fail, each with a result of its own.
struct ChaosWork: Sendable {
    private let client: KubernetesClient
    private let count: Int
    private let delayMs: Int

    init(_ client: KubernetesClient, count: Int, delayMs: Int = 5) {
        self.client = client
        self.count = count
        self.delayMs = delayMs
    }

    func declareSwarm() async throws {
        var swarm = Declared.swarm(ChaosStage.swarm, concurrency: 4, maxAgents: 3)
        swarm["spec"]?["taskTypes"] = [["name": "echo", "retry": ["limit": 19, "backoffSeconds": 1]]]
        _ = try await client.create(AgentSwarm.resource, swarm, namespace: ChaosStage.namespace)
    }

    /// What the task of this name answers.
    func result(of name: String) -> JSON { ["task": .string(name)] }

    /// Creates the tasks, and runs `body` meanwhile with the number of those that have ended; the tasks when all have.
    func run(_ body: @escaping @Sendable (_ ended: Observed<Int>) async throws -> Void) async throws -> [SwarmTask] {
        let ended = Observed(0)
        let informer = Informer<SwarmTask>(client: client, namespaces: [ChaosStage.namespace])
        informer.onChange { change in
            switch change {
            case .added(let task): if task.isFinished { ended.change { $0 += 1 } }
            case .updated(let old, let task):
                if task.isFinished, !old.isFinished { ended.change { $0 += 1 } }
            case .deleted: break
            }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await informer.run() }
            group.addTask {
                try await withThrowingTaskGroup(of: Void.self) { work in
                    work.addTask { try await create() }
                    work.addTask { try await body(ended) }
                    try await work.waitForAll()
                }
                try await ended.wait { $0 >= count }
            }
            defer { group.cancelAll() }
            try await group.next()
        }
        return informer.store.list()
    }

    private func create() async throws {
        for number in 0..<count {
            let name = "t\(number)"
            let input: JSON = ["result": result(of: name), "delayMs": JSON(delayMs)]
            _ = try await client.create(
                SwarmTask.resource, Declared.task(name, swarm: ChaosStage.swarm, input: input),
                namespace: ChaosStage.namespace)
        }
    }
}
