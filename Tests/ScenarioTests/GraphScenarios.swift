import KubernetesClient
import KubernetesModel
import StructuredData
import SwarmAPI
import TestSupport
import Testing

extension Scenarios {
    /// Tasks that depend on others, and tasks that are many.
    @Suite struct GraphScenarios {
        @Test func `A task waits for those that it names, and has their results in its input`() async throws {
            try await Scenario.run { scenario in
                try await scenario.swarm(slots: 2)
                try await scenario.task("last", ["whole": true], more: ["dependsOn": ["left", "right"]])
                let waiting = try await scenario.object(SwarmTask.self, "last") { $0.status?.phase == .pending }
                #expect(waiting.status?.conditions?["Ready"]?.reason == "DependencyNotFound")
                try await scenario.task("right", ["result": 2])
                try await scenario.task("left", ["result": 1])
                let last = try await scenario.ended("last")
                #expect(last.status?.phase == .succeeded, "\(last.status?.message ?? "")")
                #expect(last.status?.result?["results"] == ["left": 1, "right": 2])
            }
        }

        @Test func `A task whose dependency fails fails, and names it`() async throws {
            try await Scenario.run { scenario in
                try await scenario.swarm()
                try await scenario.task("first", ["fail": "permanent"])
                try await scenario.task("second", more: ["dependsOn": ["first"]])
                let second = try await scenario.ended("second")
                #expect(second.status?.phase == .failed && second.status?.attempts ?? 0 == 0)
                #expect(second.status?.message?.contains("first") == true, "\(second.status?.message ?? "")")
            }
        }

        @Test func `A fan-out runs its task for each item, and what reduces it has all their results`() async throws {
            try await Scenario.run { scenario in
                try await scenario.swarm(slots: 4, maxAgents: 2)
                try await scenario.task(
                    "many", ["whole": true],
                    more: ["fanOut": ["range": ["from": 1, "to": 40], "parallelism": 6, "reduce": ["type": "echo"]]])
                let many = try await scenario.ended("many")
                #expect(many.status?.phase == .succeeded, "\(many.status?.message ?? "")")
                #expect(many.status?.items?.succeeded == 40)
                let items = many.status?.result?["items"]?.arrayValue ?? []
                #expect(items.map { $0["item"]?.intValue } == Array(1...40))
            }
        }
    }
}
