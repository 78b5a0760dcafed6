import BenchmarkSupport
import CurlTransport
import KubernetesClient
import KubernetesModel
import StructuredData
import TaskProtocol

/// A swarm that a benchmark declares and talks to.
struct BenchSwarm: Sendable {
    static let resource = ResourceType(
        group: "das.brashlabs.io", version: "v1alpha1", kind: "AgentSwarm", plural: "agentswarms", namespaced: true)
    static let namespace = "default"
    private static let longestWait = Duration.seconds(60)
    private static let poll = Duration.milliseconds(20)
    /// Asked for its counters more often, the gateway would have less time for tasks.
    private static let counterPoll = Duration.milliseconds(50)
    private static let counter = Array("das_tasks_finished_total".utf8)

    let name: String
    let cluster: ClusterUnderTest

    /// Declares a swarm with a fixed number of agents and waits until they are ready.
    static func declare(_ name: String, agents: Int, slots: Int, on cluster: ClusterUnderTest) async throws
        -> BenchSwarm
    {
        let object: JSON = [
            "apiVersion": "das.brashlabs.io/v1alpha1", "kind": "AgentSwarm",
            "metadata": ["name": .string(name), "namespace": .string(namespace)],
            "spec": [
                "capabilities": ["echo"], "agent": ["concurrency": JSON(slots)],
                "replicas": JSON(agents),
                "scaling": ["strategy": "External", "minAgents": JSON(agents), "maxAgents": JSON(max(agents, 1))],
            ],
        ]
        _ = try await cluster.kubernetes.create(resource, object, namespace: namespace)
        let swarm = BenchSwarm(name: name, cluster: cluster)
        try await swarm.until("\(name) has \(agents) ready agents") {
            let status = try await cluster.kubernetes.get(resource, name, namespace: namespace)["status"]
            return status?["observedGeneration"]?.intValue == 1 && status?["readyAgents"]?.intValue ?? 0 == agents
        }
        return swarm
    }

    /// Submits `count` tasks in batches over some connections at once.
    func submit(_ count: Int, batch: Int, connections: Int) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for connection in 0..<connections {
                group.addTask {
                    let client = cluster.connect()
                    defer { client.transport.shutdown() }
                    for first in stride(from: connection * batch, to: count, by: connections * batch) {
                        try await submit(first..<min(first + batch, count), over: client.gateway)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private func submit(_ numbers: Range<Int>, over gateway: GatewayClient) async throws {
        let answer = try await gateway.submit(numbers.map(task), namespace: Self.namespace)
        for item in answer.tasks where item.verdict != .created {
            throw BenchmarkFailure("a task was not taken: \(item)")
        }
    }

    func task(_ number: Int) -> TaskSubmission {
        TaskSubmission(type: "echo", swarm: name, input: ["result": JSON(number)])
    }

    /// Waits until as many tasks have ended since `before` as `count` says, by the gateway's own counter.
    func untilFinished(_ count: Int, since before: Int) async throws {
        try await until("\(count) tasks have ended", every: Self.counterPoll) { try await finished() - before >= count }
    }

    /// How many tasks of all swarms have succeeded so far.
    func finished() async throws -> Int {
        try await cluster.metrics().split(separator: UInt8(ascii: "\n"))
            .filter { $0.starts(with: Self.counter) }
            .map { String(decoding: $0, as: UTF8.self) }
            .filter { $0.contains("Succeeded") }
            .compactMap { $0.split(separator: " ").last.flatMap { Double($0) } }.reduce(0) { $0 + Int($1) }
    }

    /// Reads all tasks of the swarm, and throws unless each has succeeded.
    func check(_ count: Int) async throws {
        var cursor: String?
        var seen = 0
        repeat {
            let page = try await cluster.gateway.tasks(
                namespace: Self.namespace, filter: TaskFilter(swarm: name, limit: 500, cursor: cursor))
            for task in page.tasks where task.phase != .succeeded || task.attempts != 1 {
                throw BenchmarkFailure("task \(task.id) is \(task.phase.rawValue) after \(task.attempts) attempts")
            }
            seen += page.tasks.count
            cursor = page.cursor
        } while cursor != nil
        guard seen == count else { throw BenchmarkFailure("there are \(seen) tasks, and \(count) were submitted") }
    }

    private func until(
        _ what: String, every interval: Duration = Self.poll, _ isSo: () async throws -> Bool
    ) async throws {
        let deadline = ContinuousClock.now + Self.longestWait
        while ContinuousClock.now < deadline {
            if try await isSo() { return }
            try await Task.sleep(for: interval)
        }
        throw BenchmarkFailure("not within \(Self.longestWait): \(what)")
    }
}
