import Foundation
import KubernetesClient
import KubernetesModel
import StructuredData
import SwarmAPI
import TestSupport
import Testing

/// What SwarmTasks cost the API server, counted in its audit log.
@Suite("The write budget", .timeLimit(.minutes(5)))
struct WriteBudgetTests {
    /// Writes on each SwarmTask, its creation included.
    private static func writes(_ auditLog: String) throws -> [String: [String]] {
        var writes: [String: [String]] = [:]
        for line in try String(contentsOfFile: auditLog, encoding: .utf8).split(separator: "\n") {
            let event = try JSON.parse(String(line))
            let verb = event["verb"]?.stringValue ?? ""
            guard event["stage"] == "ResponseComplete", event["objectRef"]?["resource"] == "swarmtasks",
                ["create", "patch", "update", "delete"].contains(verb),
                let name = event["objectRef"]?["name"]?.stringValue
            else { continue }
            let subresource = event["objectRef"]?["subresource"]?.stringValue.map { "/\($0)" } ?? ""
            writes[name, default: []].append(verb + subresource)
        }
        return writes
    }

    /// Whole seconds from one time to the other; the real span may be up to a second longer or shorter.
    private static func seconds(from start: String?, to end: String?) throws -> Int64 {
        try #require(end.flatMap(Timestamp.seconds)) - #require(start.flatMap(Timestamp.seconds))
    }

    @Test func `A short task costs two writes, a longer one one more, and progress one in ten seconds`() async throws {
        let auditLog = "/tmp/das-test-audit-\(UInt64.random(in: .min ... .max)).log"
        defer { try? FileManager.default.removeItem(atPath: auditLog) }
        try await TestCluster.run("--audit-log", auditLog) { cluster in
            var swarm = Declared.swarm("echo", concurrency: 4, maxAgents: 1)
            swarm["spec"]?["scaling"]?["minAgents"] = 1
            try await cluster.apply(swarm)
            // Warm, so that short tasks are short.
            _ = try await cluster.object(AgentSwarm.self, "echo") { $0.status?.readyAgents == 1 }
            for number in 0..<20 { try await cluster.apply(Declared.task("short\(number)")) }
            try await cluster.apply(
                Declared.task("long", input: ["delayMs": 6_000]),
                Declared.task("busy", input: ["delayMs": 16_000, "progressSteps": 400]))
            let seen = try await cluster.task("busy") { $0.status?.progress?.done ?? 0 > 0 }
            #expect(seen.status?.phase == .running && seen.status?.progress?.total == 400)
            var tasks: [SwarmTask] = []
            for name in (0..<20).map({ "short\($0)" }) + ["long", "busy"] {
                tasks.append(try await cluster.finished(name))
            }

            let writes = try Self.writes(auditLog)
            var quiet = 0
            for task in tasks {
                let name = try #require(task.metadata.name)
                #expect(task.status?.phase == .succeeded, "\(name): \(task.status?.message ?? "")")
                let life = try Self.seconds(from: task.status?.queuedTime, to: task.status?.completionTime)
                // Within two seconds nothing but the end is written; then once that it runs, and progress every ten seconds.
                let isShort = life < 2
                if isShort { quiet += 1 }
                let most = isShort ? 2 : 3 + Int(life) / 10
                let found = writes[name] ?? []
                #expect((2...most).contains(found.count), "\(name), which lived for \(life) s: \(found)")
                #expect(found.first == "patch" && found.dropFirst().allSatisfy { $0 == "patch/status" }, "\(found)")
            }
            #expect(quiet > 0, "no task was short: \(writes)")
            #expect((writes["long"] ?? []).count == 3)
            let events = try await cluster.kubernetes.list(Event.self, namespace: TestCluster.namespace).items
            #expect(!events.contains { $0.regarding?.kind == "SwarmTask" }, "success is no event")
        }
    }
}
