import ArgumentParser
import BenchmarkSupport
import FoundationEssentials
import KubernetesClient
import KubernetesModel
import StructuredData
import TaskProtocol

struct FromZeroBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "from-zero",
        abstract: "From the creation of a task to an agent that runs it, in a swarm that has no agents.",
        discussion: """
            Example:
              benchmarks from-zero --das .build/release/das --repetitions 20

            Starts a `das up`, declares a swarm with minAgents 0, and for each repetition waits until it has no pods, creates a
            SwarmTask through the Kubernetes API, and waits until an agent has the task's lease and until its end stands on the
            object. What lies between: watch, admission, queue, autoscaler, Deployment, ReplicaSet, Pod, scheduler, process, token,
            registration, lease.
            """)

    private static let swarmType = ResourceType(
        group: "das.brashlabs.io", version: "v1alpha1", kind: "AgentSwarm", plural: "agentswarms", namespaced: true)
    private static let taskType = ResourceType(
        group: "das.brashlabs.io", version: "v1alpha1", kind: "SwarmTask", plural: "swarmtasks", namespaced: true)
    private static let namespace = "default"
    private static let swarm = "bench"
    /// How exact the times are.
    private static let poll = Duration.milliseconds(2)
    private static let longestWait = Duration.seconds(60)

    @Option(help: "The program; agent-runner must be beside it.")
    var das = ".build/debug/das"

    @Option(help: "How often.")
    var repetitions = 10

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        guard repetitions > 0 else { throw ValidationError("--repetitions must be at least 1") }
    }

    func run() async throws {
        let folder = try BenchmarkFolder()
        defer { folder.remove() }
        let conditions = try Conditions(folder: folder.path)
        let cluster = try await ClusterUnderTest.start(program: das, dataDirectory: folder.path)
        defer { cluster.stop() }

        _ = try await cluster.kubernetes.create(Self.swarmType, Self.swarmObject, namespace: Self.namespace)
        var running = Durations()
        var finished = Durations()
        for number in 0..<repetitions {
            try await until("the swarm has no agents") { try await self.isEmpty(cluster) }
            let name = "task-\(number)"
            let begin = ContinuousClock.now
            let task = try await cluster.kubernetes.create(
                Self.taskType, Self.taskObject(name), namespace: Self.namespace)
            guard let id = task["metadata"]?["uid"]?.stringValue else {
                throw BenchmarkFailure("the API server gave \(name) no uid")
            }
            try await until("an agent runs \(name)") { try await self.hasBegun(id, cluster) }
            running.add(begin.duration(to: .now))
            try await until("\(name) has ended") { try await self.hasSucceeded(name, cluster) }
            finished.add(begin.duration(to: .now))
        }

        var table = ResultTable()
        table.add("created → an agent runs it", running)
        table.add("created → its result on the object", finished)
        if json {
            print(JSON.object(["conditions": conditions.json, "results": table.json]).text(.pretty))
        } else {
            print("from-zero: \(conditions.text)\n\(das)\n\n\(table.text)")
        }
    }

    private func until(_ what: String, _ isSo: () async throws -> Bool) async throws {
        let deadline = ContinuousClock.now + Self.longestWait
        while ContinuousClock.now < deadline {
            if try await isSo() { return }
            try await Task.sleep(for: Self.poll)
        }
        throw BenchmarkFailure("not within \(Self.longestWait): \(what)")
    }

    private func isEmpty(_ cluster: ClusterUnderTest) async throws -> Bool {
        let pods = try await cluster.kubernetes.list(
            Pod.self, namespace: Self.namespace,
            options: ListOptions(labelSelector: "das.brashlabs.io/swarm=\(Self.swarm)"))
        guard pods.items.isEmpty else { return false }
        let swarm = try await cluster.kubernetes.get(Self.swarmType, Self.swarm, namespace: Self.namespace)
        return swarm["status"]?["desiredAgents"]?.intValue == 0
    }

    /// The queue knows a task a moment after its object is there.
    private func hasBegun(_ id: String, _ cluster: ClusterUnderTest) async throws -> Bool {
        do {
            return try await cluster.gateway.task(id, namespace: Self.namespace).attempts > 0
        } catch let error as GatewayError where error.problem?.status == 404 {
            return false
        }
    }

    private func hasSucceeded(_ name: String, _ cluster: ClusterUnderTest) async throws -> Bool {
        let task = try await cluster.kubernetes.get(Self.taskType, name, namespace: Self.namespace)
        switch task["status"]?["phase"]?.stringValue {
        case "Succeeded": return true
        case "Failed", "Cancelled":
            throw BenchmarkFailure("\(name): \(task["status"]?["message"]?.stringValue ?? "failed")")
        default: return false
        }
    }

    private static let swarmObject: JSON = [
        "apiVersion": "das.brashlabs.io/v1alpha1", "kind": "AgentSwarm",
        "metadata": ["name": .string(swarm), "namespace": .string(namespace)],
        "spec": ["capabilities": ["echo"], "scaling": ["minAgents": 0, "maxAgents": 1, "idleSeconds": 0]],
    ]

    private static func taskObject(_ name: String) -> JSON {
        [
            "apiVersion": "das.brashlabs.io/v1alpha1", "kind": "SwarmTask",
            "metadata": ["name": .string(name), "namespace": .string(namespace)],
            "spec": ["type": "echo", "input": ["result": .string(name)]],
        ]
    }
}
