import BenchmarkSupport
import CurlTransport
import Foundation
import HTTPTransport
import StructuredData
import SystemThreads

/// What is asked of an API server: custom resources of about 1.2 KB, of a kind of the benchmark's own.
struct APILoad: Sendable {
    private static let definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
    private static let items = "/apis/bench.example.com/v1/namespaces/default/items"
    private static let payload = String(repeating: "0123456789abcdef", count: 56)
    private static let connections = 16
    private static let patience = Duration.seconds(30)
    private static let pause = Duration.milliseconds(50)

    var api: APIUnderTest
    /// How many over one connection.
    var requests: Int

    /// Writes of one kind over some connections.
    struct Writes: Sendable {
        enum Kind: Sendable { case create, patchStatus }

        var kind: Kind
        var connections: Int
        /// Twice what a real control plane does in a second on a machine with two cores.
        var floor: Double

        static let all = [
            Writes(kind: .create, connections: 1, floor: 666),
            Writes(kind: .create, connections: APILoad.connections, floor: 1236),
            Writes(kind: .patchStatus, connections: 1, floor: 380),
            Writes(kind: .patchStatus, connections: APILoad.connections, floor: 1130),
        ]

        var name: String {
            "\(kind == .create ? "create" : "merge-patch a status"), \(connections) connection\(connections == 1 ? "" : "s")"
        }
    }

    struct Rate: Sendable {
        var perSecond: Double
        var durations: Durations
    }

    /// Defines the kind, and waits until the server has it.
    func begin() async throws {
        let transport = api.connect()
        defer { transport.shutdown() }
        try await api.send(api.request(.post, Self.definitions, Self.definition), over: transport)
        let deadline = ContinuousClock.now + Self.patience
        while true {
            let answer = try await transport.send(api.request(.get, Self.items + "?limit=1"))
            if answer.status == 200 { return }
            guard answer.status == 404, .now < deadline else {
                throw BenchmarkFailure("\(api.url) does not serve the kind that it was given: \(answer.status)")
            }
            try await Task.sleep(for: Self.pause)
        }
    }

    /// Takes the kind away with its objects.
    func end() async throws {
        let transport = api.connect()
        defer { transport.shutdown() }
        try await api.send(api.request(.delete, "\(Self.definitions)/items.bench.example.com"), over: transport)
    }

    /// Sends requests over some connections, one after the other on each.
    func run(_ writes: Writes) async throws -> Rate {
        // Each kind of write counts its objects from the first.
        let (first, count) = writes.connections == 1 ? (0, requests) : (requests, requests * 4)
        let began = ContinuousClock.now
        let durations = try await withThrowingTaskGroup(of: Durations.self) { group in
            for connection in 0..<writes.connections {
                let numbers = stride(from: first + connection, to: first + count, by: writes.connections)
                group.addTask { try await OSThread.run("writer") { try send(writes, numbers) } }
            }
            return try await group.reduce(into: Durations()) { $0.add(contentsOf: $1) }
        }
        return Rate(perSecond: Double(count) / began.duration(to: .now).seconds, durations: durations)
    }

    private func send(_ writes: Writes, _ numbers: StrideTo<Int>) throws -> Durations {
        let connection = try api.plainConnection()
        var durations = Durations()
        for number in numbers {
            let request: [UInt8]
            switch writes.kind {
            case .create: request = connection.request("POST", Self.items, Self.item(number).serialized())
            case .patchStatus:
                let status: JSON = [
                    "status": ["phase": .string("round-\(writes.connections)"), "number": JSON(number)]
                ]
                request = connection.request(
                    "PATCH", "\(Self.items)/item-\(number)/status", status.serialized(),
                    type: "application/merge-patch+json")
            }
            let began = ContinuousClock.now
            try connection.send(request)
            durations.add(began.duration(to: .now))
        }
        return durations
    }

    /// Creates what is missing after all creations of `Writes.all`.
    func fill(to objects: Int) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for connection in 0..<Self.connections {
                group.addTask {
                    let transport = api.connect()
                    defer { transport.shutdown() }
                    for number in stride(from: requests * 5 + connection, to: objects, by: Self.connections) {
                        try await api.send(api.request(.post, Self.items, Self.item(number)), over: transport)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    /// The median of five lists of all objects.
    func list() async throws -> (milliseconds: Double, bytes: Int) {
        let transport = api.connect()
        defer { transport.shutdown() }
        var lists = Durations()
        var bytes = 0
        for _ in 0..<5 {
            bytes = try await lists.measure {
                try await api.send(api.request(.get, Self.items), over: transport).count
            }
        }
        return (lists.percentile(50), bytes)
    }

    func watch(watchers: Int, rate: Int, seconds: Int) async throws -> WatchLoad.Result {
        try await WatchLoad(api: api, path: Self.items, watchers: watchers, rate: rate, seconds: seconds).run()
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
