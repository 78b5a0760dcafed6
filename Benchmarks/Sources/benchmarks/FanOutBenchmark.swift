import ArgumentParser
import BenchmarkSupport
import Foundation
import KubernetesClient
import KubernetesModel
import StructuredData
import TaskProtocol

struct FanOutBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fanout",
        abstract: "One SwarmTask with very many items that do nothing, from its creation to its end.",
        discussion: """
            Example:
              swift build -c release --product das && swift build -c release --product agent-runner
              benchmarks fanout --das .build/release/das

            Starts a `das up` with its SQLite store, every acknowledgement on the disk, and a swarm of agents that are processes and
            warm. Then one object is created through the Kubernetes API, and its end awaited there.
            """)

    private static let tasks = ResourceType(
        group: "das.brashlabs.io", version: "v1alpha1", kind: "SwarmTask", plural: "swarmtasks", namespaced: true)
    private static let warmItems = 1000
    private static let poll = Duration.milliseconds(50)
    private static let longestWait = Duration.seconds(600)

    @Option(help: "The program; agent-runner must be beside it.")
    var das = ".build/release/das"

    @Option(help: "How many items.")
    var items = 100_000

    @Option(help: "How many agents.")
    var agents = 2

    @Option(help: "How many tasks an agent runs at once.")
    var slots = 32

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        guard (1...100_000).contains(items), agents > 0, slots > 0 else {
            throw ValidationError("--items must be from 1 to 100000, and the other numbers at least 1")
        }
    }

    func run() async throws {
        let folder = "\(FileManager.default.temporaryDirectory.path)/das-benchmark-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let conditions = try Conditions(folder: folder)
        let cluster = try await ClusterUnderTest.start(program: das, dataDirectory: folder)
        defer { cluster.stop() }
        let swarm = try await BenchSwarm.declare("bench", agents: agents, slots: slots, on: cluster)
        // The first tasks open connections and warm the agents.
        _ = try await fanOut("warm", Self.warmItems, swarm)

        let family = ProcessFamily(root: cluster.processIdentifier)
        let began = ContinuousClock.now
        let (outcome, memory) = try await family.peak {
            let object = try await fanOut("measured", items, swarm)
            return (took: began.duration(to: .now), object: object)
        }
        var table = FigureTable()
        table.add(
            "items, from creation to end", Double(items) / outcome.took.seconds, "/s", atLeast: 2000,
            note: "\(items) items in \(outcome.took.seconds.text(digits: 1)) s")
        table.add(
            "the object at its end", Double(outcome.object.serialized().count) / 1024, "KiB", digits: 1, atMost: 32)
        table.add(
            "memory of das up under that load", Double(memory.root) / 1e6, "MB",
            note: "cluster, operator, gateway and node in one; PSS")
        table.report(
            "fanout", conditions, "SQLite, synchronous=FULL; \(agents) agents of \(slots) slots", asJSON: json)
    }

    /// Declares a fan-out and waits for its end, which must be a success of every item.
    private func fanOut(_ name: String, _ count: Int, _ swarm: BenchSwarm) async throws -> JSON {
        let object: JSON = [
            "apiVersion": "das.brashlabs.io/v1alpha1", "kind": "SwarmTask",
            "metadata": ["name": .string(name), "namespace": .string(BenchSwarm.namespace)],
            "spec": [
                "type": "echo", "swarm": .string(swarm.name), "fanOut": ["range": ["from": 1, "to": JSON(count)]],
            ],
        ]
        let kubernetes = swarm.cluster.kubernetes
        _ = try await kubernetes.create(Self.tasks, object, namespace: BenchSwarm.namespace)
        let deadline = ContinuousClock.now + Self.longestWait
        while ContinuousClock.now < deadline {
            let found = try await kubernetes.get(Self.tasks, name, namespace: BenchSwarm.namespace)
            switch found["status"]?["phase"]?.stringValue {
            case "Succeeded":
                guard found["status"]?["items"]?["succeeded"]?.intValue == count else { break }
                return found
            case "Failed", "Cancelled": throw BenchmarkFailure("\(name) ended as \(found["status"] ?? .null)")
            default: break
            }
            try await Task.sleep(for: Self.poll)
        }
        throw BenchmarkFailure("\(name) did not end within \(Self.longestWait)")
    }
}
