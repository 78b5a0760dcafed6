import KubernetesClient
import KubernetesModel
import StructuredData
import SwarmAPI
import TaskProtocol
import TestSupport
import Testing

/// SwarmTasks that run once for each of many items, on a cluster of their own.
@Suite("Fan-outs", .serialized, .timeLimit(.minutes(5)))
struct FanOutTests {
    private func task(_ name: String, input: JSON, _ fanOut: JSON, more: JSON = [:]) -> JSON {
        var more = more
        more["fanOut"] = fanOut
        return Declared.task(name, input: input, more: more)
    }

    /// All items of a task, in order.
    private func items(of task: SwarmTask, on cluster: TestCluster) async throws -> [TaskView] {
        var found: [TaskView] = []
        var filter = TaskFilter(parent: task.metadata.uid, limit: 500)
        repeat {
            let page = try await cluster.gateway.tasks(namespace: TestCluster.namespace, filter: filter)
            found += page.tasks
            filter.cursor = page.cursor
        } while filter.cursor != nil
        return found.reversed()
    }

    @Test func `Items run, are counted on the object, can be listed, and are reduced in their order`() async throws {
        try await TestCluster.run { cluster in
            try await cluster.apply(
                Declared.swarm("echoes", concurrency: 8),
                task(
                    "squares", input: ["whole": true],
                    ["matrix": ["x": [1, 2], "y": ["a", "b", "c"]], "parallelism": 4, "reduce": ["type": "echo"]]),
                task("many", input: ["result": 1], ["range": ["from": 1, "to": 1500]]))
            let squares = try await cluster.finished("squares")
            #expect(squares.status?.phase == .succeeded, "\(squares.status?.message ?? "")")
            #expect(squares.status?.items == SwarmTask.ItemCounts(total: 6, succeeded: 6))
            let reduced = squares.status?.result?["items"]?.arrayValue ?? []
            #expect(reduced.map { $0["itemIndex"]?.intValue } == [0, 1, 2, 3, 4, 5])
            #expect(reduced.last?["item"] == ["x": 2, "y": "c"])

            let many = try await cluster.finished("many")
            #expect(many.status?.phase == .succeeded)
            #expect(many.status?.result == ["total": 1500, "succeeded": 1500, "failed": 0, "cancelled": 0])
            #expect(many.status?.progress?.done == 1500)
            #expect(try JSON(encoding: many).serialized().count < 32 << 10)
            let items = try await items(of: many, on: cluster)
            let uid = many.metadata.uid ?? ""
            #expect(items.count == 1500 && items.first?.id == "\(uid).000000" && items.last?.id == "\(uid).001499")
            #expect(items.allSatisfy { $0.phase == .succeeded })
        }
    }

    @Test func `Failures beyond what is allowed end it, with the first of them in the message`() async throws {
        try await TestCluster.run { cluster in
            try await cluster.apply(
                Declared.swarm("echoes", concurrency: 8),
                task("fails", input: ["fail": "permanent"], ["items": ["a", "b", "c"]]),
                task("lenient", input: ["fail": "permanent"], ["items": ["a", "b", "c"], "allowedFailures": 3]))
            let failed = try await cluster.finished("fails")
            #expect(failed.status?.phase == .failed)
            #expect(failed.status?.conditions?["Stalled"]?.reason == "ItemsFailed")
            #expect(failed.status?.message?.contains("ECHO_FAILED") == true)
            let lenient = try await cluster.finished("lenient")
            #expect(lenient.status?.phase == .succeeded)
            #expect(lenient.status?.items == SwarmTask.ItemCounts(total: 3, failed: 3))
        }
    }

    @Test func `It survives the end of everything half-way, and runs each item once`() async throws {
        try await TestCluster.run { cluster in
            try await cluster.apply(
                Declared.swarm("echoes", concurrency: 8),
                task("slow", input: ["delayMs": 20], ["range": ["from": 1, "to": 600]]))
            _ = try await cluster.task("slow") { $0.status?.items?.succeeded ?? 0 > 0 }
            try await cluster.killUp()
            try await cluster.restart()
            let slow = try await cluster.finished("slow")
            #expect(slow.status?.phase == .succeeded, "\(slow.status?.message ?? "")")
            #expect(slow.status?.items == SwarmTask.ItemCounts(total: 600, succeeded: 600))
            #expect(try await items(of: slow, on: cluster).count == 600)
        }
    }

    @Test func `Cancelled or deleted, none of its items is left`() async throws {
        try await TestCluster.run { cluster in
            let endless: JSON = ["range": ["from": 1, "to": 700], "parallelism": 2]
            try await cluster.apply(
                Declared.swarm("echoes"), task("cancelled", input: ["delayMs": 600_000], endless),
                task("deleted", input: ["delayMs": 600_000], endless))
            for name in ["cancelled", "deleted"] {
                _ = try await cluster.task(name) { $0.status?.items?.running ?? 0 > 0 }
            }
            let deleted = try await cluster.task("deleted") { _ in true }
            try await cluster.kubernetes.delete(SwarmTask.self, "deleted", namespace: TestCluster.namespace)
            try await cluster.apply(task("cancelled", input: ["delayMs": 600_000], endless, more: ["cancel": true]))
            let cancelled = try await cluster.finished("cancelled")
            #expect(cancelled.status?.phase == .cancelled)
            #expect(cancelled.status?.items == SwarmTask.ItemCounts(total: 700, cancelled: 700))
            for item in try await items(of: deleted, on: cluster).suffix(3) + items(of: deleted, on: cluster).prefix(3)
            {
                let ended = try await cluster.gateway.task(item.id, namespace: TestCluster.namespace, waitMs: 30_000)
                #expect(ended.phase == .cancelled, "\(item.id)")
            }
        }
    }
}
