import BenchmarkSupport
import ControllerRuntime
import CurlTransport
import Foundation
import HTTPTransport
import StructuredData

/// Watchers of one object that changes at a steady rate: each change says when it was sent, so that each watcher can tell how late it
/// is.
struct WatchLoad: Sendable {
    private static let object = "watched"
    private static let writers = 8

    var api: APIUnderTest
    var path: String
    var watchers: Int
    var rate: Int
    var seconds: Int

    /// How long each change took from the sending of its request.
    struct Result: Sendable {
        /// To each watcher.
        var delivered = Durations()
        /// To the answer, with the change on the disk: no watcher hears of it much earlier.
        var acknowledged = Durations()
    }

    func run() async throws -> Result {
        let main = api.connect()
        defer { main.shutdown() }
        for writer in 0..<Self.writers {
            let object: JSON = [
                "apiVersion": "bench.example.com/v1", "kind": "Item",
                "metadata": ["name": .string("\(Self.object)-\(writer)"), "labels": ["watched": "yes"]],
            ]
            try await api.send(api.request(.post, path, object), over: main)
        }
        let list = try JSON.parse(try await api.send(api.request(.get, path + "?limit=1"), over: main))
        let version = list["metadata"]?["resourceVersion"]?.stringValue ?? ""
        let epoch = ContinuousClock.now
        let total = rate * seconds
        let readers = WatchReaders(
            api: api, path: path + "?watch=1&labelSelector=watched%3Dyes&resourceVersion=\(version)", count: watchers,
            events: total, epoch: epoch)
        let opened = Signal()
        return try await withThrowingTaskGroup(of: Result.self) { group in
            group.addTask {
                defer { opened.raise() }
                return Result(delivered: try await readers.run { opened.raise() })
            }
            // What is measured is how late watchers are, not how fast they come.
            await opened.wait()
            for writer in 0..<Self.writers {
                group.addTask { Result(acknowledged: try await write(writer, total, epoch: epoch)) }
            }
            return try await group.reduce(into: Result()) { sum, part in
                sum.delivered.add(contentsOf: part.delivered)
                sum.acknowledged.add(contentsOf: part.acknowledged)
            }
        }
    }

    private func write(_ writer: Int, _ total: Int, epoch: ContinuousClock.Instant) async throws -> Durations {
        let transport = api.connect()
        defer { transport.shutdown() }
        let began = ContinuousClock.now
        var durations = Durations()
        for number in stride(from: writer, to: total, by: Self.writers) {
            // Changes go out when they are due, however long the ones before took.
            try await Task.sleep(until: began + .seconds(Double(number) / Double(rate)), clock: .continuous)
            let sent = epoch.duration(to: .now).milliseconds
            let change: JSON = ["spec": ["sent": .string(sent.text(digits: 3))]]
            let request = api.request(
                .patch, "\(path)/\(Self.object)-\(writer)", change, type: "application/merge-patch+json")
            _ = try await durations.measure { try await api.send(request, over: transport) }
        }
        return durations
    }
}
