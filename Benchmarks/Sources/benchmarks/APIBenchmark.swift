import ArgumentParser
import BenchmarkSupport
import CurlTransport
import Foundation
import HTTPTransport
import StructuredData

struct APIBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "api",
        abstract: "The embedded API server: writes, lists, watches, memory and start.",
        discussion: """
            Example:
              swift build -c release --product das
              benchmarks api --das .build/release/das

            Starts a `das up`, and writes custom resources of about 1.2 KB through its API over TLS, with every acknowledged write on
            the disk: over one connection, and over 16. Then it lists them all, and has watchers follow changes at a steady rate. At
            last it starts das again on what is stored then. The bounds are twice the figures of a real control plane on such a
            machine, and what was promised. Client and server share the machine.
            """)

    private static let definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
    private static let items = "/apis/bench.example.com/v1/namespaces/default/items"
    private static let payload = String(repeating: "0123456789abcdef", count: 56)
    private static let connections = 16
    private static let settling = Duration.seconds(5)

    @Option(help: "The program; agent-runner must be beside it.")
    var das = ".build/release/das"

    @Option(help: "How many objects are stored in the end.")
    var objects = 20_000

    @Option(help: "How many requests over one connection; over 16 it is four times that.")
    var requests = 2_000

    @Option(help: "How many watchers follow one kind.")
    var watchers = 200

    @Option(help: "How many changes a second they follow.")
    var rate = 500

    @Option(help: "For how many seconds.")
    var seconds = 10

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        guard requests > 0, objects >= requests * 5, watchers > 0, rate > 0, seconds > 0 else {
            throw ValidationError("all numbers must be above 0, and --objects at least five times --requests")
        }
    }

    func run() async throws {
        let folder = try BenchmarkFolder()
        defer { folder.remove() }
        let conditions = try Conditions(folder: folder.path)
        let api = try await APIUnderTest.prepare(das, on: folder.path)

        var table = FigureTable()
        let (process, started) = try await APIUnderTest.start(das, on: folder.path, url: api.url)
        table.add("start to /readyz", started.milliseconds, "ms", atMost: 1000)
        do {
            try await Task.sleep(for: Self.settling)
            let idle = try APIUnderTest.memory(of: process.processIdentifier)
            table.add("memory of das up, idle", Double(idle) / 1e6, "MB", atMost: 84)
            try await measure(api, process, &table)
        } catch {
            process.terminate()
            process.waitUntilExit()
            throw error
        }
        process.terminate()
        process.waitUntilExit()
        let (again, restarted) = try await APIUnderTest.start(das, on: folder.path, url: api.url)
        let size = try folder.size(of: "api.sqlite")
        table.add(
            "start on what is stored then", restarted.milliseconds, "ms",
            note: "\((Double(size) / 1e6).text(digits: 0)) MB")
        again.terminate()
        again.waitUntilExit()
        table.report("api", conditions, das, asJSON: json)
    }

    private func measure(_ api: APIUnderTest, _ process: Process, _ table: inout FigureTable) async throws {
        let main = api.connect()
        defer { main.shutdown() }
        try await api.send(api.request(.post, Self.definitions, Self.definition), over: main)
        let before = try APIUnderTest.memory(of: process.processIdentifier)

        // Bounds: twice what a real control plane does.
        try await load(api, "create", requests, over: 1, floor: 666, &table) { number in
            api.request(.post, Self.items, Self.item(number))
        }
        try await load(api, "create", requests * 4, over: Self.connections, floor: 1236, &table) { [requests] number in
            api.request(.post, Self.items, Self.item(requests + number))
        }
        for (count, connections, floor) in [(requests, 1, 380.0), (requests * 4, Self.connections, 1130)] {
            try await load(api, "merge-patch a status", count, over: connections, floor: floor, &table) { number in
                let status: JSON = ["status": ["phase": .string("round-\(connections)"), "number": JSON(number)]]
                return api.request(
                    .patch, "\(Self.items)/item-\(number)/status", status, type: "application/merge-patch+json")
            }
        }
        try await fill(api, from: requests * 5)
        var lists = Durations()
        var bytes = 0
        for _ in 0..<5 {
            bytes = try await lists.measure { try await api.send(api.request(.get, Self.items), over: main).count }
        }
        table.add(
            "list \(objects) objects", lists.percentile(50), "ms", atMost: 500,
            note: "\((Double(bytes) / 1e6).text(digits: 1)) MB, p50 of 5")
        let after = try APIUnderTest.memory(of: process.processIdentifier)
        let perObject = Double(after - before) / Double(objects)
        table.add(
            "memory per stored object, its JSON being 1", perObject / (Double(bytes) / Double(objects)), "×", digits: 1,
            atMost: 3, note: "\(perObject.text(digits: 0)) bytes; history and buffers counted")
        try await watch(api, &table)
    }

    /// Sends requests over some connections, one after the other on each.
    private func load(
        _ api: APIUnderTest, _ name: String, _ count: Int, over connections: Int, floor: Double,
        _ table: inout FigureTable, _ request: @escaping @Sendable (Int) -> HTTPRequest
    ) async throws {
        let began = ContinuousClock.now
        let durations = try await withThrowingTaskGroup(of: Durations.self) { group in
            for connection in 0..<connections {
                group.addTask {
                    let transport = api.connect()
                    defer { transport.shutdown() }
                    var durations = Durations()
                    for number in stride(from: connection, to: count, by: connections) {
                        _ = try await durations.measure { try await api.send(request(number), over: transport) }
                    }
                    return durations
                }
            }
            return try await group.reduce(into: Durations()) { $0.add(contentsOf: $1) }
        }
        let perSecond = Double(count) / began.duration(to: .now).seconds
        table.add(
            "\(name), \(connections) connection\(connections == 1 ? "" : "s")", perSecond, "/s", atLeast: floor,
            note:
                "p50 \(durations.percentile(50).text(digits: 1)) ms, p99 \(durations.percentile(99).text(digits: 1)) ms"
        )
    }

    private func fill(_ api: APIUnderTest, from first: Int) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for connection in 0..<Self.connections {
                group.addTask { [objects] in
                    let transport = api.connect()
                    defer { transport.shutdown() }
                    for number in stride(from: first + connection, to: objects, by: Self.connections) {
                        try await api.send(api.request(.post, Self.items, Self.item(number)), over: transport)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private func watch(_ api: APIUnderTest, _ table: inout FigureTable) async throws {
        let load = WatchLoad(api: api, path: Self.items, watchers: watchers, rate: rate, seconds: seconds)
        let result = try await load.run()
        let (delivered, acknowledged) = (result.delivered, result.acknowledged)
        table.add(
            "\(watchers) watchers at \(rate) changes/s: delivery, p99", delivered.percentile(99), "ms", digits: 1,
            atMost: 20,
            note:
                "p50 \(delivered.percentile(50).text(digits: 1)) ms, \(delivered.milliseconds.count) events; the writes' "
                + "answers p50 \(acknowledged.percentile(50).text(digits: 1)) ms, "
                + "p99 \(acknowledged.percentile(99).text(digits: 1)) ms")
    }

    private static func item(_ number: Int) -> JSON {
        [
            "apiVersion": "bench.example.com/v1", "kind": "Item", "metadata": ["name": .string("item-\(number)")],
            "spec": ["payload": .string(payload)],
        ]
    }

    private static let definition: JSON = [
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": ["name": "items.bench.example.com"],
        "spec": [
            "group": "bench.example.com", "scope": "Namespaced", "names": ["plural": "items", "kind": "Item"],
            "versions": [
                [
                    "name": "v1", "served": true, "storage": true, "subresources": ["status": [:]],
                    "schema": [
                        "openAPIV3Schema": ["type": "object", "x-kubernetes-preserve-unknown-fields": true]
                    ],
                ]
            ],
        ],
    ]
}
