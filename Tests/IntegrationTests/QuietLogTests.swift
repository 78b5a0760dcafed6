import StructuredData
import SwarmAPI
import TestSupport
import Testing

/// What the usual work leaves in the log: no controller that seems to wake itself.
@Suite("Controllers at the usual work", .timeLimit(.minutes(3)))
struct QuietLogTests {
    private static let counter = "controller_runtime_hot_loops_total"

    @Test func `Swarms that come up and run tasks make no key be reconciled more often than anything changes`()
        async throws
    {
        try await TestCluster.run { cluster in
            for swarm in 0..<4 {
                var object = Declared.swarm("s\(swarm)", concurrency: 2, maxAgents: 4)
                object["spec"]?["scaling"]?["minAgents"] = 2
                try await cluster.apply(object)
                for task in 0..<20 {
                    try await cluster.apply(
                        Declared.task("t\(swarm)-\(task)", swarm: "s\(swarm)", input: ["delayMs": 200]))
                }
            }
            for swarm in 0..<4 {
                for task in 0..<20 {
                    #expect(try await cluster.finished("t\(swarm)-\(task)").status?.phase == .succeeded)
                }
            }
            let loops = try await cluster.counter(Self.counter)
            #expect(
                loops.contains { $0.key.contains("agentswarm") } && loops.contains { $0.key.contains("disruption") })
            #expect(loops.allSatisfy { $0.value == 0 }, "\(loops)\n\(cluster.up.text.suffix(5000))")
        }
    }
}
