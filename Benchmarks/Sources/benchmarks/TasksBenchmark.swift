import ArgumentParser
import BenchmarkSupport
import ControllerRuntime
import Foundation
import KubernetesClient
import KubernetesModel
import StructuredData
import SwarmAPI

struct TasksBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tasks",
        abstract: "SwarmTasks through the Kubernetes API, from their creation to the end that stands on the object.",
        discussion: """
            Example:
              swift build -c release --product das && swift build -c release --product agent-runner
              swift build -c release --product das-operator
              benchmarks tasks --das .build/release/das

            Starts a `das up` and a swarm whose agents are there before the first task. The parts: tasks created as fast as the API
            takes them, tasks created at an even pace, what the API server is asked to write for each (by its audit log), the way
            from the first task of a swarm at zero to a Deployment that is raised, and the memory of a das-operator that has found
            many swarms and ended tasks. The clients share the machine with all of it.
            """)

    @Option(help: "The program; agent-runner and das-operator must be beside it.")
    var das = ".build/release/das"

    @Option(help: "How many tasks as fast as possible.")
    var tasks = 3000

    @Option(help: "How many clients create them.")
    var clients = 8

    @Option(help: "How many tasks at an even pace.")
    var paced = 1000

    @Option(help: "How many of them a second.")
    var pace = 50

    @Option(help: "How often a swarm is raised from zero.")
    var raises = 50

    @Option(help: "How many swarms the operator finds whose memory is measured; 0 leaves that out.")
    var swarms = 1000

    @Option(help: "How many ended tasks it finds.")
    var ended = 20_000

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        guard tasks > 0, clients > 0, paced > 0, pace > 0, raises >= 0, swarms >= 0, ended >= 0 else {
            throw ValidationError("--tasks, --clients, --paced and --pace must be at least 1, and no number below 0")
        }
    }

    func run() async throws {
        let folder = try BenchmarkFolder()
        defer { folder.remove() }
        let conditions = try Conditions(folder: folder.path)
        var table = FigureTable()
        try await measureTasks("\(folder.path)/tasks", &table)
        if raises > 0 { try await measureRaises("\(folder.path)/raises", &table) }
        if swarms > 0 { try await measureMemory("\(folder.path)/memory", &table) }
        table.report(
            "tasks", conditions,
            "\(das), 2 agents of 8 slots, \(clients) clients; a real cluster's Jobs on such a machine: 30/s, 8 writes each",
            asJSON: json)
    }

    // MARK: Tasks

    private func measureTasks(_ folder: String, _ table: inout FigureTable) async throws {
        let log = AuditLog(file: "\(folder).audit")
        let cluster = try await ClusterUnderTest.start(
            program: das, dataDirectory: folder, arguments: ["--audit-log", log.file])
        defer { cluster.stop() }
        let swarm = try await BenchSwarm.declare("bench", agents: 2, slots: 8, on: cluster)
        let watch = try await TaskWatch.start(cluster.kubernetes)
        // The first ones open connections and warm the agents.
        _ = try await watch.create("warm", count: 100, by: clients, swarm: swarm.name)

        let began = ContinuousClock.now
        _ = try await watch.create("fast", count: tasks, by: clients, swarm: swarm.name)
        let took = began.duration(to: .now)
        table.add("tasks, from first creation to last end", Double(tasks) / took.seconds, "/s", atLeast: 150)

        let start = try log.end()
        let durations = try await watch.create(
            "paced", count: paced, everyMilliseconds: 1000 / Double(pace), swarm: swarm.name)
        table.add("created → its end is watched, p50, at \(pace)/s", durations.percentile(50), "ms", digits: 1)
        table.add("likewise, p99", durations.percentile(99), "ms", digits: 1, atMost: 250)
        await watch.stop()

        let writes = paced + (try log.writes(by: "das-operator", since: start))
        table.add(
            "writes a task, at \(pace)/s", Double(writes) / Double(paced), "", digits: 2, atMost: 3,
            note: "its creation, and all that the operator writes meanwhile")
    }

    // MARK: From zero

    private func measureRaises(_ folder: String, _ table: inout FigureTable) async throws {
        let cluster = try await ClusterUnderTest.start(
            program: das, dataDirectory: folder, arguments: ["--simulated-nodes", "1"])
        defer { cluster.stop() }
        let client = cluster.kubernetes
        let raised = Arrivals()
        let deployments = Informer<Deployment>(client: client, namespaces: [BenchSwarm.namespace])
        deployments.onChange { change in
            let deployment = change.object
            if deployment.spec.replicas ?? 0 > 0 {
                raised.note(deployment.metadata.labels?["das.brashlabs.io/swarm"] ?? "")
            } else if case .added = change {
                raised.note("ready-" + (deployment.metadata.labels?["das.brashlabs.io/swarm"] ?? ""))
            }
        }
        let informing = Task { try await deployments.run() }
        defer { informing.cancel() }
        var durations = Durations()
        for number in 0..<raises {
            let name = "zero-\(number)"
            _ = try await client.create(
                BenchSwarm.resource, TaskWatch.idleSwarm(name, type: name), namespace: BenchSwarm.namespace)
            try await raised.wait(for: "ready-\(name)")
            let began = ContinuousClock.now
            _ = try await client.create(
                SwarmTask.resource, TaskWatch.object(name, type: name, swarm: name), namespace: BenchSwarm.namespace)
            durations.add(began.duration(to: try await raised.wait(for: name)))
        }
        table.add("first task of a swarm at zero → Deployment raised, p50", durations.percentile(50), "ms", digits: 1)
        table.add("likewise, p99", durations.percentile(99), "ms", digits: 1, atMost: 100)
    }

    // MARK: Memory

    private func measureMemory(_ folder: String, _ table: inout FigureTable) async throws {
        let cluster = try await ClusterUnderTest.start(program: das, dataDirectory: folder)
        defer { cluster.stop() }
        let swarm = try await BenchSwarm.declare("bench", agents: 2, slots: 8, on: cluster)
        let watch = try await TaskWatch.start(cluster.kubernetes)
        _ = try await watch.create("ended", count: ended, by: clients, swarm: swarm.name)
        await watch.stop()
        for number in 0..<swarms {
            let name = "swarm-\(number)"
            _ = try await cluster.kubernetes.create(
                BenchSwarm.resource, TaskWatch.idleSwarm(name, type: name), namespace: BenchSwarm.namespace)
        }
        // Another operator, which finds what the one of `das up` has made, and has nothing to change: the same gateway, and a store
        // of its own.
        let redis = try PrivateServer.redis(in: folder)
        defer { redis.stop() }
        let memory = try await OperatorProcess.memory(
            program: URL(filePath: das).deletingLastPathComponent().appending(path: "das-operator").path,
            folder: folder, store: "redis+unix://\(redis.address)", gateway: cluster.gatewayURL,
            untilReconciled: swarms + 1)
        table.add(
            "memory of das-operator, \(swarms) swarms, \(ended) ended tasks", Double(memory) / Double(1 << 20), "MiB",
            digits: 1, atMost: 120, note: "PSS, when all is reconciled")
    }
}
