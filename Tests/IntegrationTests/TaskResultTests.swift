import Crypto
import Foundation
import KubernetesClient
import KubernetesModel
import StructuredData
import SwarmAPI
import TaskProtocol
import TestSupport
import Testing

/// What SwarmTasks show of results.
@Suite("Results of tasks", .timeLimit(.minutes(5)))
struct TaskResultTests {
    @Test func `Small ones stand on the object, large ones are named, and a key takes over those of before`()
        async throws
    {
        try await TestCluster.run { cluster in
            let text = String(repeating: "x", count: 20_000)
            try await cluster.apply(
                Declared.swarm("echo", concurrency: 2, maxAgents: 1),
                Declared.task("first", input: ["result": ["n": 1]], more: ["dedupKey": "k"]),
                Declared.task("large", input: ["result": ["text": .string(text)]]))
            let first = try await cluster.finished("first")
            #expect(first.status?.result == ["n": 1] && first.status?.resultRef == nil)

            let large = try await cluster.finished("large")
            let reference = try #require(large.status?.resultRef)
            #expect(large.status?.result == nil)
            let whole = try await cluster.gateway.result(
                of: large.metadata.uid ?? "", namespace: TestCluster.namespace)
            #expect(whole == ["text": .string(text)])
            let bytes = whole.serialized()
            #expect(reference.bytes == bytes.count)
            #expect(reference.sha256 == SHA256.hash(data: bytes).map { String(format: "%02x", $0) }.joined())

            try await cluster.apply(Declared.task("second", input: ["result": ["n": 2]], more: ["dedupKey": "k"]))
            let second = try await cluster.finished("second")
            #expect(second.status?.result == ["n": 1] && second.status?.attempts == nil)

            let again = try await cluster.gateway.retry(
                second.metadata.uid ?? "", namespace: TestCluster.namespace)
            #expect(again.labels?["das.brashlabs.io/retry-of"] == second.metadata.uid)
            let ended = try await cluster.gateway.task(again.id, namespace: TestCluster.namespace, waitMs: 30_000)
            #expect(ended.phase == .succeeded && ended.result == ["n": 2], "\(ended)")
        }
    }
}
