import CurlTransport
import Foundation
import HTTPTransport
import KubernetesClient
import KubernetesModel
import StructuredData
import SwarmAPI
import Synchronization
import TaskProtocol
import TestSupport
import Testing

/// A `das up` of a test's own, as a child process on a folder of its own.
final class TestCluster: Sendable {
    /// One life of the process, with what talks to it.
    private struct Life: Sendable {
        var process: ClusterProcess
        var transport: CurlTransport
        var kubernetes: KubernetesClient
        var gateway: GatewayClient
        var gatewayURL: String
    }

    let directory: String
    private let arguments: [String]
    private let life: Mutex<Life>

    var kubeconfig: String { "\(directory)/kubeconfig" }
    var up: ChildProgram { life.withLock { $0.process.up } }
    var kubernetes: KubernetesClient { life.withLock { $0.kubernetes } }
    var gateway: GatewayClient { life.withLock { $0.gateway } }

    /// Runs `body` on a cluster that answers, then ends it as Ctrl-C would and checks that it leaves nothing behind.
    ///
    /// Where `body` fails, what the cluster said is part of the failure, and all its processes are killed.
    /// - Parameter arguments: what `das up` is told beside its folder.
    static func run(_ arguments: String..., body: (TestCluster) async throws -> Void) async throws {
        let directory = ClusterProcess.newDirectory()
        defer { ClusterProcess.discard(directory) }
        let cluster = TestCluster(directory, arguments, try await start(directory, arguments))
        do {
            try await body(cluster)
            #expect(try await cluster.stop() == 0)
            #expect(ProcessTable.holding(directory).isEmpty)
        } catch {
            // A test whose time is over is cancelled; what there is then is to be seen all the same.
            let state = await Task { await cluster.state() }.value
            Issue.record("\(error)\nthe cluster said:\n\(cluster.up.text.suffix(20_000))\n\(state)")
        }
    }

    /// What a person would look at first.
    private func state() async -> String {
        let kubectl = "\(Checkout.root)/.cache/tools/kubectl"
        var text = ""
        for look in [["get", "nodes,pods,agentswarms,swarmtasks", "-A", "-o", "wide"], ["get", "events", "-A"]] {
            let program = try? await ChildProgram.run(
                kubectl, look + ["--request-timeout", "5s"], environment: ["KUBECONFIG": kubeconfig])
            text += program?.text ?? ""
        }
        return text
    }

    private init(_ directory: String, _ arguments: [String], _ life: Life) {
        self.directory = directory
        self.arguments = arguments
        self.life = Mutex(life)
    }

    private static func start(_ directory: String, _ arguments: [String]) async throws -> Life {
        let process = try await ClusterProcess.start(directory, arguments: arguments)
        let status = try await ChildProgram.run(
            BuiltProgram.path("das"), ["status", "--data-dir", directory, "-o", "json"])
        let url = try JSON.parse(status.output)["gateway"]?.stringValue ?? ""
        let configuration = try ClientConfiguration.load(path: process.kubeconfig, environment: [:])
        guard case .bearer(let token) = configuration.authentication else {
            throw ChildProgramFailure("the kubeconfig has no token")
        }
        let transport = CurlTransport(configuration.connection)
        return Life(
            process: process, transport: transport, kubernetes: KubernetesClient(configuration, transport: transport),
            gateway: GatewayClient(transport: transport, baseURL: url, token: .fixed(token)), gatewayURL: url)
    }

    /// Ends it as Ctrl-C would; the exit code.
    func stop() async throws -> Int32 {
        let life = life.withLock { $0 }
        life.transport.shutdown()
        return try await life.process.stop()
    }

    /// Ends `das up`, and nothing else, without a chance to do anything about it.
    func killUp() async throws {
        let life = life.withLock { $0 }
        life.transport.shutdown()
        life.process.up.send(SIGKILL)
        try await life.process.up.exitCode()
    }

    /// Starts it again on the same data.
    func restart() async throws {
        let new = try await Self.start(directory, arguments)
        life.withLock { $0 = new }
    }

    /// A counter of its present life, by the labels of its series; each series as it stands in the text.
    func counter(_ name: String) async throws -> [String: Int] {
        let life = life.withLock { $0 }
        let answer = try await life.transport.send(HTTPRequest(.get, "\(life.gatewayURL)/metrics"))
        var series: [String: Int] = [:]
        for line in String(decoding: answer.body, as: UTF8.self).split(separator: "\n") where line.hasPrefix(name + "{")
        {
            let parts = line.split(separator: " ")
            series[String(parts[0].dropFirst(name.count))] = parts.last.flatMap { Double($0) }.map { Int($0) }
        }
        return series
    }

    /// The agents' processes, without the workers that they run.
    func agents() -> [ProcessTable.Entry] {
        ProcessTable.holding(directory).filter { entry in
            entry.environment["DAS_AGENT"] != nil && entry.arguments.count == 1
        }
    }
}

extension TestCluster {
    static let namespace = "default"

    func apply(_ objects: JSON...) async throws {
        for object in objects {
            let kind = object["kind"]?.stringValue ?? ""
            let known = [AgentSwarm.resource, SwarmTask.resource, ConfigMap.resource]
            guard let resource = known.first(where: { $0.kind == kind }) else { continue }
            _ = try await kubernetes.apply(
                resource, object, namespace: Self.namespace, fieldManager: "test", force: true)
        }
    }

    /// Waits until a SwarmTask fulfils the condition, by watching.
    func task(_ name: String, until isFulfilled: @escaping @Sendable (SwarmTask) -> Bool) async throws -> SwarmTask {
        try await object(SwarmTask.self, name, until: isFulfilled)
    }

    /// Waits until a SwarmTask runs. One that has ended before that was seen, on a machine that was busy for as long as it takes, will
    /// not run again.
    @discardableResult
    func running(_ name: String) async throws -> SwarmTask {
        let task = try await task(name) { $0.status?.phase == .running || $0.isFinished }
        guard task.status?.phase == .running else {
            throw ChildProgramFailure(
                "task \(name) was to be seen running, and has ended: \(String(describing: task.status))")
        }
        return task
    }

    func finished(_ name: String) async throws -> SwarmTask { try await task(name) { $0.isFinished } }

    func object<R: KubernetesResource>(
        _ type: R.Type, _ name: String, until isFulfilled: @escaping @Sendable (R) -> Bool
    ) async throws -> R {
        try await objects(type, fieldSelector: "metadata.name=\(name)") { $0.first(where: isFulfilled) }
    }

    /// Waits until the objects of a kind give a value.
    func objects<R: KubernetesResource, Value: Sendable>(
        _ type: R.Type, labelSelector: String? = nil, fieldSelector: String? = nil,
        until value: @escaping @Sendable ([R]) -> Value?
    ) async throws -> Value {
        try await kubernetes.objects(
            type, namespace: Self.namespace, labelSelector: labelSelector, fieldSelector: fieldSelector, until: value)
    }
}

/// Objects that the tests declare.
enum Declared {
    static func swarm(
        _ name: String, capabilities: [String] = ["echo"], concurrency: Int = 2, maxAgents: Int = 2,
        idleSeconds: Int = 60,
        taskTypes: JSON? = nil
    ) -> JSON {
        var spec: JSON = [
            "capabilities": JSON(capabilities), "agent": ["concurrency": JSON(concurrency), "drainSeconds": 5],
            "scaling": ["minAgents": 0, "maxAgents": JSON(maxAgents), "idleSeconds": JSON(idleSeconds)],
        ]
        if let taskTypes { spec["taskTypes"] = taskTypes }
        return [
            "apiVersion": "das.brashlabs.io/v1alpha1", "kind": "AgentSwarm", "metadata": ["name": .string(name)],
            "spec": spec,
        ]
    }

    static func task(_ name: String, type: String = "echo", swarm: String? = nil, input: JSON = [:], more: JSON = [:])
        -> JSON
    {
        var spec: JSON = ["type": .string(type), "input": input]
        if let swarm { spec["swarm"] = .string(swarm) }
        for (key, value) in more.objectValue ?? [:] { spec[key] = value }
        return [
            "apiVersion": "das.brashlabs.io/v1alpha1", "kind": "SwarmTask", "metadata": ["name": .string(name)],
            "spec": spec,
        ]
    }
}
