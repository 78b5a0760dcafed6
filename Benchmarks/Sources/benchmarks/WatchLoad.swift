import BenchmarkSupport
import ControllerRuntime
import CurlTransport
import Foundation
import HTTPTransport
import StructuredData

/// Watchers of objects that change at a steady rate: each change carries its number, so that one can tell how late each watcher had it.
struct WatchLoad: Sendable {
    private static let object = "watched"
    private static let writers = 8

    var api: APIUnderTest
    var path: String
    var watchers: Int
    var rate: Int
    var seconds: Int

    /// How late the changes were.
    struct Result: Sendable {
        /// At each watcher, from the sending of the request: the change's own way to the disk is part of it.
        var delivered = Durations()
        /// At each watcher, from the answer, which comes when the change is on the disk; less than nothing where the watcher was first.
        var deliveredSinceAnswer = Durations()
        /// To the answer.
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
        async let arrivals = {
            defer { opened.raise() }
            return try await readers.run { opened.raise() }
        }()
        // What is measured is how late watchers are, not how fast they come.
        await opened.wait()
        let changes = try await withThrowingTaskGroup(of: [WatchWriter.Change].self) { group in
            for writer in 0..<Self.writers {
                let writer = WatchWriter(
                    api: api, path: "\(path)/\(Self.object)-\(writer)",
                    numbers: stride(from: writer, to: total, by: Self.writers), rate: rate, epoch: epoch)
                group.addTask { try await writer.run() }
            }
            return try await group.reduce(into: []) { $0 += $1 }.sorted { $0.number < $1.number }
        }
        var result = Result()
        for change in changes { result.acknowledged.add(.milliseconds(change.answered - change.sent)) }
        for arrival in try await arrivals {
            guard changes.indices.contains(arrival.change) else {
                throw BenchmarkFailure("a watcher was told of change \(arrival.change), which nobody sent")
            }
            let change = changes[arrival.change]
            result.delivered.add(.milliseconds(arrival.time - change.sent))
            result.deliveredSinceAnswer.add(.milliseconds(arrival.time - change.answered))
        }
        return result
    }
}
