import KubernetesClient
import KubernetesModel
import StructuredData
import SwarmAPI
import TestSupport
import Testing

extension Scenarios {
    /// What a swarm does of itself.
    @Suite struct SwarmScenarios {
        @Test func `A swarm at zero gets an agent for its first task, and has none when it has been idle`() async throws
        {
            try await Scenario.run { scenario in
                try await scenario.swarm(scaling: ["idleSeconds": 1])
                try await scenario.swarm(is: "Ready", reason: "ScaledToZero")
                try await scenario.task("first", ["result": 1])
                #expect(try await scenario.ended("first").status?.phase == .succeeded)
                try await scenario.agents(0)
                try await scenario.swarm(is: "Ready", reason: "ScaledToZero")
            }
        }

        @Test func `A backlog raises agents up to the limit, and a condition says that it is the limit`() async throws {
            try await Scenario.run { scenario in
                try await scenario.swarm(maxAgents: 2)
                for number in 0..<12 { try await scenario.task("t\(number)", ["delayMs": 800]) }
                try await scenario.swarm(is: "ScalingLimited")
                try await scenario.agents(2)
                let tasks = try await scenario.objects(SwarmTask.self) { tasks in
                    tasks.count == 12 && tasks.allSatisfy(\.isFinished) ? tasks : nil
                }
                #expect(tasks.allSatisfy { $0.status?.phase == .succeeded && $0.status?.attempts == 1 })
                try await scenario.swarm(is: "ScalingLimited", "False")
            }
        }

        @Test func `Under External the scale subresource decides, within the limits`() async throws {
            try await Scenario.run { scenario in
                try await scenario.swarm(maxAgents: 2, scaling: ["strategy": "External"], more: ["replicas": 1])
                try await scenario.agents(1)
                let scale = try await scenario.client.scale(
                    AgentSwarm.resource, "echo", namespace: scenario.namespace, replicas: 5)
                #expect(scale.spec?.replicas == 5)
                try await scenario.agents(2)
                try await scenario.swarm(is: "ScalingLimited")
                _ = try await scenario.client.scale(
                    AgentSwarm.resource, "echo", namespace: scenario.namespace, replicas: 0)
                try await scenario.agents(0)
            }
        }

        @Test func `A suspended swarm finishes what runs, begins nothing, and goes on when it is resumed`() async throws
        {
            try await Scenario.run { scenario in
                try await scenario.swarm()
                try await scenario.task("runs", ["delayMs": 8000])
                try await scenario.running("runs")
                try await scenario.change(AgentSwarm.self, "echo", ["spec": ["suspend": true]])
                try await scenario.object(AgentSwarm.self, "echo") { $0.status?.observedGeneration == 2 }
                try await scenario.task("waits")
                let ended = try await scenario.ended("runs")
                #expect(ended.status?.phase == .succeeded && ended.status?.attempts == 1)
                try await scenario.agents(0)
                let waiting = try await scenario.client.get(SwarmTask.self, "waits", namespace: scenario.namespace)
                #expect(!waiting.isFinished && waiting.status?.attempts ?? 0 == 0)
                try await scenario.change(AgentSwarm.self, "echo", ["spec": ["suspend": false]])
                #expect(try await scenario.ended("waits").status?.phase == .succeeded)
            }
        }

        @Test func `What a swarm owns goes with it`() async throws {
            try await Scenario.run { scenario in
                try await scenario.swarm()
                try await scenario.task("one")
                try await scenario.ended("one")
                try await scenario.client.delete(AgentSwarm.self, "echo", namespace: scenario.namespace)
                try await scenario.objects(Deployment.self) { $0.isEmpty ? true : nil }
                try await scenario.objects(Pod.self) { $0.isEmpty ? true : nil }
            }
        }

        @Test func `An image that is not there is named by a condition, and a right one mends it`() async throws {
            try await Scenario.run { scenario in
                try await scenario.swarm(
                    scaling: ["minAgents": 1], more: ["agent": ["image": "example.invalid/nothing:1"]])
                let swarm = try await scenario.swarm(is: "Stalled")
                let condition = swarm.status?.conditions?["Stalled"]
                #expect(
                    condition?.message?.contains("example.invalid/nothing:1") == true,
                    "\(String(describing: condition))"
                )
                try await scenario.change(AgentSwarm.self, "echo", ["spec": ["agent": ["image": nil]]])
                try await scenario.swarm(is: "Stalled", "False")
                try await scenario.agents(1)
            }
        }

        /// Changes a swarm while its agents work, and answers once all tasks have ended.
        private func change(_ patch: JSON, under scenario: Scenario) async throws -> [SwarmTask] {
            try await scenario.swarm(slots: 2, maxAgents: 2)
            for number in 0..<20 { try await scenario.task("t\(number)", ["delayMs": 400]) }
            try await scenario.agents(2)
            try await scenario.change(AgentSwarm.self, "echo", ["spec": ["agent": patch]])
            return try await scenario.objects(SwarmTask.self) { tasks in
                tasks.count == 20 && tasks.allSatisfy(\.isFinished) ? tasks : nil
            }
        }

        @Test func `A change of the agents' environment rolls them, and no task is lost or begun twice`() async throws {
            try await Scenario.run { scenario in
                let tasks = try await change(["env": [["name": "ROUND", "value": "2"]]], under: scenario)
                #expect(tasks.allSatisfy { $0.status?.phase == .succeeded && $0.status?.attempts == 1 })
                try await scenario.objects(Deployment.self) { deployments in
                    let environment = deployments.first?.spec.template.spec?.containers.first?.env ?? []
                    return environment.contains { $0.name == "ROUND" && $0.value == "2" } ? true : nil
                }
            }
        }

        /// The old agents' tokens are those of an account that the swarm does not name any more.
        @Test func `A change of the agents' service account rolls them, and no task is lost or begun twice`()
            async throws
        {
            try await Scenario.run { scenario in
                let account: JSON = [
                    "apiVersion": "v1", "kind": "ServiceAccount",
                    "metadata": ["name": "other", "namespace": .string(scenario.namespace)],
                ]
                _ = try await scenario.client.create(
                    ServiceAccount.resource, account, namespace: scenario.namespace)
                let tasks = try await change(["serviceAccountName": "other"], under: scenario)
                #expect(tasks.allSatisfy { $0.status?.phase == .succeeded && $0.status?.attempts == 1 })
                try await scenario.objects(Pod.self) { pods in
                    !pods.isEmpty && pods.allSatisfy { $0.spec.serviceAccountName == "other" } ? true : nil
                }
                // The account that was made for the swarm goes once no agent needs it.
                try await scenario.objects(ServiceAccount.self) { accounts in
                    accounts.contains { $0.metadata.name == "echo" } ? nil : true
                }
                try await scenario.task("after")
                #expect(try await scenario.ended("after").status?.phase == .succeeded)
            }
        }
    }
}
