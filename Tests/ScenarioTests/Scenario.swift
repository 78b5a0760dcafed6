import KubernetesClient
import KubernetesModel
import StructuredData
import SwarmAPI
import TestSupport

/// One scenario in a namespace of its own, which goes with it.
struct Scenario: Sendable {
    let client: KubernetesClient
    let namespace: String

    static func run(_ body: (Scenario) async throws -> Void) async throws {
        let client = try ScenarioCluster.current.client
        let namespace = "scenario-\(String(UInt32.random(in: .min ... .max), radix: 36))"
        _ = try await client.create(Namespace(metadata: ObjectMeta(name: namespace)))
        do {
            try await body(Scenario(client: client, namespace: namespace))
        } catch {
            // The first error is the one to tell.
            try? await client.delete(Namespace.self, namespace)
            throw error
        }
        try await client.delete(Namespace.self, namespace)
    }

    // MARK: Objects

    /// Declares a swarm of agents that know the task type `echo`.
    /// - Parameters:
    ///   - scaling: fields of `spec.scaling`.
    ///   - more: further fields of `spec`.
    func swarm(
        _ name: String = "echo", slots: Int = 1, maxAgents: Int = 1, scaling: JSON = [:], more: JSON = [:]
    ) async throws {
        var spec: JSON = [
            "capabilities": ["echo"], "agent": ["concurrency": JSON(slots), "drainSeconds": 10],
            "scaling": ["maxAgents": JSON(maxAgents)],
        ]
        spec = spec.mergePatched(with: ["scaling": scaling])
        spec = spec.mergePatched(with: more)
        try await create(AgentSwarm.resource, name, spec)
    }

    /// Declares a task of the type `echo`.
    /// - Parameter more: further fields of `spec`.
    func task(_ name: String, _ input: JSON = [:], more: JSON = [:]) async throws {
        var spec: JSON = ["type": "echo", "input": input]
        spec = spec.mergePatched(with: more)
        try await create(SwarmTask.resource, name, spec)
    }

    private func create(_ resource: ResourceType, _ name: String, _ spec: JSON) async throws {
        let object: JSON = [
            "apiVersion": .string(resource.apiVersion), "kind": .string(resource.kind),
            "metadata": ["name": .string(name), "namespace": .string(namespace)], "spec": spec,
        ]
        _ = try await client.create(resource, object, namespace: namespace)
    }

    func change<R: KubernetesResource>(_ type: R.Type, _ name: String, _ patch: JSON) async throws {
        _ = try await client.patch(type, name, namespace: namespace, patch: .merge(patch))
    }

    // MARK: Waiting

    /// Waits until an object fulfils the condition, by watching.
    @discardableResult
    func object<R: KubernetesResource>(
        _ type: R.Type, _ name: String, until isFulfilled: @escaping @Sendable (R) -> Bool
    ) async throws -> R {
        try await objects(type, fieldSelector: "metadata.name=\(name)") { $0.first(where: isFulfilled) }
    }

    /// Waits until the scenario's objects of a kind give a value.
    @discardableResult
    func objects<R: KubernetesResource, Value: Sendable>(
        _ type: R.Type, fieldSelector: String? = nil, until value: @escaping @Sendable ([R]) -> Value?
    ) async throws -> Value {
        try await client.objects(type, namespace: namespace, fieldSelector: fieldSelector, until: value)
    }

    @discardableResult
    func ended(_ name: String) async throws -> SwarmTask { try await object(SwarmTask.self, name) { $0.isFinished } }

    @discardableResult
    func running(_ name: String) async throws -> SwarmTask {
        try await object(SwarmTask.self, name) { $0.status?.phase == .running }
    }

    /// Waits until a condition of the swarm has this status, and that reason if one is given.
    @discardableResult
    func swarm(_ name: String = "echo", is type: String, _ status: String = "True", reason: String? = nil) async throws
        -> AgentSwarm
    {
        try await object(AgentSwarm.self, name) { swarm in
            let condition = swarm.status?.conditions?[type]
            return condition?.status == status && (reason == nil || condition?.reason == reason)
        }
    }

    /// Waits until the swarm's Deployment asks for that many agents, and has them.
    func agents(_ count: Int, of name: String = "echo") async throws {
        _ = try await objects(Deployment.self) { deployments in
            deployments.first { deployment in
                deployment.metadata.labels?[SwarmNames.swarmLabel] == name && deployment.spec.replicas == count
                    && deployment.status?.readyReplicas ?? 0 == count && deployment.status?.replicas ?? 0 == count
            }
        }
    }
}
