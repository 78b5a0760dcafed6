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

    /// How long each event took from the sending of its request to each watcher.
    func run() async throws -> Durations {
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
        return try await withThrowingTaskGroup(of: Durations.self) { group in
            for _ in 0..<watchers {
                group.addTask { try await follow(from: version, epoch: epoch, until: total) }
            }
            for writer in 0..<Self.writers {
                group.addTask {
                    try await write(writer, total, epoch: epoch)
                    return Durations()
                }
            }
            return try await group.reduce(into: Durations()) { $0.add(contentsOf: $1) }
        }
    }

    private func write(_ writer: Int, _ total: Int, epoch: ContinuousClock.Instant) async throws {
        let transport = api.connect()
        defer { transport.shutdown() }
        let began = ContinuousClock.now
        for number in stride(from: writer, to: total, by: Self.writers) {
            // Changes go out when they are due, however long the ones before took.
            try await Task.sleep(until: began + .seconds(Double(number) / Double(rate)), clock: .continuous)
            let sent = epoch.duration(to: .now).milliseconds
            let change: JSON = ["spec": ["sent": .string(sent.text(digits: 3))]]
            try await api.send(
                api.request(
                    .patch, "\(path)/\(Self.object)-\(writer)", change, type: "application/merge-patch+json"),
                over: transport)
        }
    }

    /// Reads events without taking them apart: the watchers share the machine with the server.
    private func follow(from version: String, epoch: ContinuousClock.Instant, until total: Int) async throws
        -> Durations
    {
        let transport = api.connect()
        defer { transport.shutdown() }
        let stream = try await transport.stream(
            api.request(
                .get, path + "?watch=1&labelSelector=watched%3Dyes&resourceVersion=\(version)", isStream: true))
        var durations = Durations()
        var reader = SentTimes()
        for try await chunk in stream.body {
            let now = epoch.duration(to: .now).milliseconds
            for sent in reader.times(in: chunk) { durations.add(.milliseconds(now - sent)) }
            if durations.milliseconds.count >= total { break }
        }
        return durations
    }
}

/// Finds when the changes were sent, in the pieces of a stream of events, at little more than the cost of a search: hundreds of readers
/// share the machine with what they measure.
private struct SentTimes {
    private static let mark = Array("\"sent\":\"".utf8)

    /// What may be the beginning of a time.
    private var rest: [UInt8] = []

    /// In milliseconds since the load began.
    mutating func times(in chunk: [UInt8]) -> [Double] {
        rest += chunk
        var times: [Double] = []
        let kept = rest.withUnsafeBytes { bytes -> Int in
            guard let base = bytes.baseAddress else { return 0 }
            var position = 0
            while let first = Self.find(base, position, bytes.count) {
                guard let end = memchr(base + first, Int32(UInt8(ascii: "\"")), bytes.count - first) else {
                    return first - Self.mark.count
                }
                let length = UnsafeRawPointer(end) - base - first
                let text = String(decoding: UnsafeRawBufferPointer(start: base + first, count: length), as: UTF8.self)
                if let time = Double(text) { times.append(time) }
                position = first + length
            }
            return max(position, bytes.count - Self.mark.count)
        }
        rest.removeSubrange(..<max(kept, 0))
        return times
    }

    /// Where the bytes after the next mark begin.
    private static func find(_ base: UnsafeRawPointer, _ start: Int, _ count: Int) -> Int? {
        mark.withUnsafeBytes { mark in
            guard let mark = mark.baseAddress else { return nil }
            var position = start
            let last = count - self.mark.count
            while position <= last,
                let found = memchr(base + position, Int32(mark.load(as: UInt8.self)), last - position + 1)
            {
                position = UnsafeRawPointer(found) - base
                if memcmp(found, mark, self.mark.count) == 0 { return position + self.mark.count }
                position += 1
            }
            return nil
        }
    }
}
