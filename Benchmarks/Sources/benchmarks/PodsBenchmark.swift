import ArgumentParser
import BenchmarkSupport
import CurlTransport
import Foundation
import HTTPTransport
import StructuredData

struct PodsBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pods",
        abstract: "A Deployment of many pods on simulated nodes, up and down.",
        discussion: """
            Example:
              swift build -c release --product das
              benchmarks pods --das .build/release/das --pods 10000 --nodes 100

            Starts a `das up` with simulated nodes, whose pods become ready without a process, creates one Deployment, waits until the
            Deployment says that all its pods are available, scales it to none, and waits until all pods are gone. What works:
            the API server, the controllers for deployments, replica sets, scheduling and garbage, and the nodes.
            """)

    private static let deployments = "/apis/apps/v1/namespaces/default/deployments"
    private static let pods = "/api/v1/namespaces/default/pods"
    private static let poll = Duration.milliseconds(100)

    @Option(help: "The program; agent-runner must be beside it.")
    var das = ".build/release/das"

    @Option(help: "How many pods.")
    var pods = 10_000

    @Option(help: "On how many nodes.")
    var nodes = 100

    @Option(help: "How long is waited for all of them, in seconds.")
    var patience = 600

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        guard pods > 0, nodes > 0, patience > 0 else { throw ValidationError("all numbers must be above 0") }
    }

    func run() async throws {
        let folder = try BenchmarkFolder()
        defer { folder.remove() }
        let conditions = try Conditions(folder: folder.path)
        let api = try await APIUnderTest.prepare(das, on: folder.path)
        let (process, _) = try await APIUnderTest.start(
            das, on: folder.path, url: api.url, arguments: ["--simulated-nodes", "\(nodes)"])
        defer {
            process.terminate()
            process.waitUntilExit()
        }
        let main = api.connect()
        defer { main.shutdown() }
        try await until("the nodes are ready") { try await readyNodes(api, main) >= nodes }
        let before = try APIUnderTest.memory(of: process.processIdentifier)

        var table = FigureTable()
        let began = ContinuousClock.now
        try await api.send(api.request(.post, Self.deployments, deployment), over: main)
        try await until("all pods are available") { try await available(api, main) == pods }
        let up = began.duration(to: .now)
        table.add("created → all available", up.seconds, "s", digits: 1)
        table.add("pods made ready", Double(pods) / up.seconds, "/s")
        let after = try APIUnderTest.memory(of: process.processIdentifier)
        table.add("memory of das up a pod", Double(after - before) / Double(pods) / 1024, "KiB", digits: 1)

        let down = ContinuousClock.now
        let none: JSON = ["spec": ["replicas": 0]]
        try await api.send(
            api.request(.patch, "\(Self.deployments)/many", none, type: "application/merge-patch+json"), over: main)
        try await until("all pods are gone") { try await remaining(api, main) == 0 }
        let gone = down.duration(to: .now)
        table.add("scaled to none → all gone", gone.seconds, "s", digits: 1)
        table.add("pods ended", Double(pods) / gone.seconds, "/s")
        table.report("pods", conditions, "\(das), \(pods) pods, \(nodes) nodes", asJSON: json)
    }

    private func until(_ what: String, _ isSo: () async throws -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(patience)
        while ContinuousClock.now < deadline {
            if try await isSo() { return }
            try await Task.sleep(for: Self.poll)
        }
        throw BenchmarkFailure("not within \(patience) s: \(what)")
    }

    private func readyNodes(_ api: APIUnderTest, _ transport: CurlTransport) async throws -> Int {
        let list = try JSON.parse(try await api.send(api.request(.get, "/api/v1/nodes"), over: transport))
        return (list["items"]?.arrayValue ?? []).count { node in
            node["metadata"]?["labels"]?["das.brashlabs.io/simulated"] != nil && node["spec"]?["taints"] == nil
        }
    }

    private func available(_ api: APIUnderTest, _ transport: CurlTransport) async throws -> Int {
        let path = "\(Self.deployments)/many"
        let deployment = try JSON.parse(try await api.send(api.request(.get, path), over: transport))
        return deployment["status"]?["availableReplicas"]?.intValue.map { Int($0) } ?? 0
    }

    /// One page says how many there are besides.
    private func remaining(_ api: APIUnderTest, _ transport: CurlTransport) async throws -> Int {
        let list = try JSON.parse(try await api.send(api.request(.get, Self.pods + "?limit=1"), over: transport))
        let more = list["metadata"]?["remainingItemCount"]?.intValue.map { Int($0) } ?? 0
        return (list["items"]?.arrayValue?.count ?? 0) + more
    }

    private var deployment: JSON {
        [
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": ["name": "many"],
            "spec": [
                "replicas": JSON(pods), "selector": ["matchLabels": ["app": "many"]],
                "template": [
                    "metadata": ["labels": ["app": "many"]],
                    "spec": [
                        "nodeSelector": ["das.brashlabs.io/simulated": "true"],
                        "containers": [["name": "main", "image": "unheard-of:1"]],
                    ],
                ],
            ],
        ]
    }
}
