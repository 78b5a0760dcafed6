import BenchmarkSupport
import Foundation
import StructuredData
import SystemThreads

/// Changes one object at a steady rate, on a connection and a thread of its own.
struct WatchWriter: Sendable {
    /// When a change was sent and answered, in milliseconds since the epoch.
    struct Change: Sendable {
        var number: Int
        var sent: Double
        var answered: Double
    }

    var api: APIUnderTest
    /// Of the object.
    var path: String
    var numbers: StrideTo<Int>
    /// Changes a second, of all writers.
    var rate: Int
    var epoch: ContinuousClock.Instant

    func run() async throws -> [Change] { try await OSThread.run("writer") { try write() } }

    private func write() throws -> [Change] {
        let connection = try api.plainConnection()
        let began = ContinuousClock.now
        var changes: [Change] = []
        for number in numbers {
            // Changes go out when they are due, however long the ones before took.
            Self.sleep(until: began + .seconds(Double(number) / Double(rate)))
            let body: JSON = ["spec": ["change": .string("\(number)")]]
            let request = connection.request("PATCH", path, body.serialized(), type: "application/merge-patch+json")
            let sent = epoch.duration(to: .now).milliseconds
            try connection.send(request)
            changes.append(Change(number: number, sent: sent, answered: epoch.duration(to: .now).milliseconds))
        }
        return changes
    }

    private static func sleep(until due: ContinuousClock.Instant) {
        let left = ContinuousClock.now.duration(to: due)
        guard left > .zero else { return }
        var time = timespec(tv_sec: Int(left.seconds), tv_nsec: Int((left.milliseconds * 1e6)) % 1_000_000_000)
        nanosleep(&time, nil)
    }
}
