import BenchmarkSupport
import ControllerRuntime
import Foundation
import KubernetesClient
import KubernetesModel
import StructuredData
import SwarmAPI
import Synchronization

/// SwarmTasks that a benchmark creates, and when it saw their ends.
final class TaskWatch: Sendable {
    private let client: KubernetesClient
    private let ends = Arrivals()
    private let informing: Task<Void, any Error>

    static func start(_ client: KubernetesClient) async throws -> TaskWatch {
        let informer = Informer<SwarmTask>(client: client, namespaces: [BenchSwarm.namespace])
        let watch = TaskWatch(client, informer)
        try await informer.waitUntilSynced()
        return watch
    }

    private init(_ client: KubernetesClient, _ informer: Informer<SwarmTask>) {
        self.client = client
        informer.onChange { [ends] change in
            guard case .updated(_, let task) = change, task.isFinished, let name = task.metadata.name else { return }
            if task.status?.phase == .succeeded {
                ends.note(name)
            } else {
                ends.fail("\(name): \(task.status?.message ?? "")")
            }
        }
        informing = Task { try await informer.run() }
    }

    func stop() async {
        informing.cancel()
        _ = await informing.result
    }

    /// Creates tasks as fast as some clients can, and waits for all their ends.
    func create(_ prefix: String, count: Int, by clients: Int, swarm: String) async throws -> Durations {
        try await withThrowingTaskGroup(of: Durations.self) { group in
            for first in 0..<clients {
                group.addTask {
                    var durations = Durations()
                    var starts: [(String, ContinuousClock.Instant)] = []
                    for number in stride(from: first, to: count, by: clients) {
                        starts.append(try await self.create("\(prefix)-\(number)", swarm))
                    }
                    for (name, start) in starts {
                        durations.add(start.duration(to: try await self.ends.wait(for: name)))
                    }
                    return durations
                }
            }
            var all = Durations()
            for try await durations in group { all.add(contentsOf: durations) }
            return all
        }
    }

    /// Creates tasks at an even pace, whether or not earlier ones have ended.
    func create(_ prefix: String, count: Int, everyMilliseconds pause: Double, swarm: String) async throws -> Durations
    {
        let began = ContinuousClock.now
        return try await withThrowingTaskGroup(of: Duration.self) { group in
            for number in 0..<count {
                try await Task.sleep(until: began + .milliseconds(pause * Double(number)), clock: .continuous)
                group.addTask {
                    let (name, start) = try await self.create("\(prefix)-\(number)", swarm)
                    return start.duration(to: try await self.ends.wait(for: name))
                }
            }
            var all = Durations()
            for try await duration in group { all.add(duration) }
            return all
        }
    }

    private func create(_ name: String, _ swarm: String) async throws -> (String, ContinuousClock.Instant) {
        let start = ContinuousClock.now
        _ = try await client.create(
            SwarmTask.resource, Self.object(name, type: "echo", swarm: swarm), namespace: BenchSwarm.namespace)
        return (name, start)
    }

    static func object(_ name: String, type: String, swarm: String) -> JSON {
        [
            "apiVersion": "das.brashlabs.io/v1alpha1", "kind": "SwarmTask",
            "metadata": ["name": .string(name), "namespace": .string(BenchSwarm.namespace)],
            "spec": ["type": .string(type), "swarm": .string(swarm), "input": ["result": .string(name)]],
        ]
    }

    /// A swarm that has no agents until there is a task.
    static func idleSwarm(_ name: String, type: String) -> JSON {
        [
            "apiVersion": "das.brashlabs.io/v1alpha1", "kind": "AgentSwarm",
            "metadata": ["name": .string(name), "namespace": .string(BenchSwarm.namespace)],
            "spec": ["capabilities": [.string(type)], "scaling": ["minAgents": 0, "maxAgents": 1]],
        ]
    }
}

/// When things that have names were first seen.
final class Arrivals: Sendable {
    private struct State {
        var seen: [String: ContinuousClock.Instant] = [:]
        var waiting: [String: CheckedContinuation<ContinuousClock.Instant, any Error>] = [:]
        var failure: BenchmarkFailure?
    }

    private let state = Mutex(State())

    func note(_ name: String) {
        let now = ContinuousClock.now
        let waiting: CheckedContinuation<ContinuousClock.Instant, any Error>? = state.withLock { state in
            guard state.seen[name] == nil else { return nil }
            state.seen[name] = now
            return state.waiting.removeValue(forKey: name)
        }
        waiting?.resume(returning: now)
    }

    /// Every wait ends with this.
    func fail(_ message: String) {
        let failure = BenchmarkFailure(message)
        let waiting = state.withLock { state in
            state.failure = failure
            defer { state.waiting = [:] }
            return Array(state.waiting.values)
        }
        for continuation in waiting { continuation.resume(throwing: failure) }
    }

    @discardableResult
    func wait(for name: String) async throws -> ContinuousClock.Instant {
        try await withCheckedThrowingContinuation { continuation in
            let known: Result<ContinuousClock.Instant, any Error>? = state.withLock { state in
                if let failure = state.failure { return .failure(failure) }
                if let seen = state.seen[name] { return .success(seen) }
                state.waiting[name] = continuation
                return nil
            }
            if let known { continuation.resume(with: known) }
        }
    }
}
