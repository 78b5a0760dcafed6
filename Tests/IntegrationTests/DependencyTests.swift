import KubernetesClient
import KubernetesModel
import StructuredData
import SwarmAPI
import TestSupport
import Testing

/// Tasks that depend on each other, on a cluster of their own.
@Suite("Dependencies", .serialized, .timeLimit(.minutes(5)))
struct DependencyTests {
    private static let names = ["top", "left", "right", "bottom"]
    private static let needs: [String: [String]] = ["left": ["top"], "right": ["top"], "bottom": ["left", "right"]]

    private func task(_ name: String, in order: Int, type: String = "echo", dependsOn: [String]? = nil) -> JSON {
        let needs = (dependsOn ?? Self.needs[name] ?? []).map { "\($0)-\(order)" }
        return Declared.task(
            "\(name)-\(order)", type: type, input: ["whole": true, "result": ["from": .string(name)]],
            more: needs.isEmpty ? [:] : ["dependsOn": JSON(needs)])
    }

    private func orders(_ names: [String]) -> [[String]] {
        guard names.count > 1 else { return [names] }
        return names.flatMap { first in orders(names.filter { $0 != first }).map { [first] + $0 } }
    }

    @Test func `A diamond runs in whatever order its objects arrive, and hands its results on`() async throws {
        try await TestCluster.run { cluster in
            try await cluster.apply(Declared.swarm("echoes", concurrency: 4))
            for (number, order) in orders(Self.names).enumerated() {
                for name in order { try await cluster.apply(task(name, in: number)) }
            }
            for number in orders(Self.names).indices {
                let bottom = try await cluster.finished("bottom-\(number)")
                #expect(bottom.status?.phase == .succeeded, "\(bottom.status?.message ?? "")")
                // The workload gives its input back.
                let results = bottom.status?.result?["results"]
                for side in ["left", "right"] {
                    let result = results?["\(side)-\(number)"]
                    #expect(result?["result"]?["from"]?.stringValue == side)
                    #expect(result?["results"]?["top-\(number)"]?["result"]?["from"] == "top")
                }
            }
        }
    }

    @Test func `What cannot succeed fails those that wait for it, and a deletion makes them wait again`() async throws {
        try await TestCluster.run { cluster in
            try await cluster.apply(
                Declared.swarm("echoes"), task("cycle", in: 0, dependsOn: ["round"]),
                task("round", in: 0, dependsOn: ["cycle"]), task("after", in: 0, dependsOn: ["cycle"]))
            for name in ["cycle-0", "round-0"] {
                let ended = try await cluster.finished(name)
                #expect(ended.status?.conditions?["Stalled"]?.reason == "DependencyCycle", "\(name)")
                #expect(ended.status?.message?.contains("cycle-0 → round-0") == true)
            }
            let after = try await cluster.finished("after-0")
            #expect(after.status?.conditions?["Stalled"]?.reason == "DependencyFailed")
            #expect(after.status?.message == "cycle-0 failed")

            // Of a type that no swarm takes, so that it stays.
            try await cluster.apply(task("late", in: 1, type: "poetry"), task("waits", in: 1, dependsOn: ["late"]))
            func reason(_ reason: String) async throws {
                _ = try await cluster.task("waits-1") { $0.status?.conditions?["Ready"]?.reason == reason }
            }
            try await reason("WaitingForDependencies")
            try await cluster.kubernetes.delete(SwarmTask.self, "late-1", namespace: TestCluster.namespace)
            try await reason("DependencyNotFound")
            // One that is due for deletion at once stays as long as it is needed.
            var late = task("late", in: 1)
            late["spec"]?["ttlSecondsAfterFinished"] = 0
            try await cluster.apply(late)
            let waits = try await cluster.finished("waits-1")
            #expect(waits.status?.result?["results"]?["late-1"]?["result"]?["from"] == "late")
            _ = try await cluster.objects(SwarmTask.self) { tasks -> Bool? in
                tasks.contains { $0.metadata.name == "late-1" } ? nil : true
            }
        }
    }
}
