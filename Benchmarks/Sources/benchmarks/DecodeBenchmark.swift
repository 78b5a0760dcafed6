import ArgumentParser
import BenchmarkSupport
import Foundation
import KubernetesModel
import StructuredData
import SwarmAPI
import SwarmOperator

/// The objects of watch events, from bytes to values, on one core.
struct DecodeBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decode",
        abstract: "Watch events from bytes into typed objects, on one core, beside Foundation's JSONDecoder.",
        discussion: """
            The peers in the same run: a scan for newlines, which is what any reader of a watch must do; JSONDecoder into the same
            type, without members that are free-form JSON (it reads those far slower); and a JSON tree, decoded from there. They
            take turns, so that what else the machine does meets all alike; the best turn counts.
            """)

    @Option(help: "Events in one turn.") var events = 5000
    @Option(help: "Turns of each part.") var turns = 12
    @Option(help: "Run only the part of this name, for a profiler.") var only: String?
    @Flag(help: "Print JSON.") var json = false

    /// A task without free-form members, for JSONDecoder.
    private struct PlainTask: Decodable {
        struct Metadata: Decodable {
            var name: String?
            var namespace: String?
            var uid: String?
            var resourceVersion: String?
            var generation: Int64?
            var creationTimestamp: String?
            var labels: [String: String]?
        }
        struct Spec: Decodable {
            var type: String
            var priority: Int?
            var timeoutSeconds: Int?
            var ttlSecondsAfterFinished: Int?
        }
        struct Status: Decodable {
            var observedGeneration: Int64?
            var phase: SwarmTask.Phase?
            var conditions: [KubernetesModel.Condition]?
            var swarm: String?
            var agent: String?
            var attempts: Int?
            var queuedTime: String?
            var startTime: String?
            var completionTime: String?
        }
        var metadata: Metadata
        var spec: Spec
        var status: Status?
    }
    private struct PlainEvent: Decodable {
        var type: String
        var object: PlainTask
    }

    func run() async throws {
        let conditions = try Conditions(folder: "/tmp")
        let lines = (0..<events).map { index in
            Array(#"{"type":"MODIFIED","object":\#(SampleTasks.text(index, version: index))}"#.utf8)
        }
        let bytes = lines.reduce(0) { $0 + $1.count }
        let stream = Array(lines.joined(separator: [10]))
        let foundation = JSONDecoder()
        let parts: [(name: String, floor: Double?, body: () throws -> Void)] = [
            (
                "peer: scan for newlines", nil,
                {
                    var count = 0
                    var rest = stream[...]
                    while let newline = rest.firstIndex(of: 10) {
                        count += 1
                        rest = rest[(newline + 1)...]
                    }
                    guard count == lines.count - 1 else { throw BenchmarkFailure("lines were lost") }
                }
            ),
            (
                "peer: JSONDecoder, plain fields only", nil,
                { for line in lines { _ = try foundation.decode(PlainEvent.self, from: Data(line)) } }
            ),
            (
                "a JSON tree, then SwarmTask", nil,
                {
                    for line in lines {
                        _ = try JSON.parse(line)["object"]?.decode(SwarmTask.self)
                    }
                }
            ),
            (
                "index of places only", nil,
                { for line in lines { _ = try IndexedJSON(line).root["type"]?.stringValue } }
            ),
            (
                "SwarmTask, straight from bytes", 100,
                { for line in lines { try Self.decode(SwarmTask.self, line) } }
            ),
            (
                "plain fields only, straight from bytes", 100,
                { for line in lines { _ = try IndexedJSON(line).root.decode(PlainEvent.self) } }
            ),
            (
                "the operator's projection", 100,
                { for line in lines { try Self.decode(CachedTask.self, line) } }
            ),
        ]
        if let only {
            guard let part = parts.first(where: { $0.name == only }) else {
                let names = parts.map { "\"\($0.name)\"" }.joined(separator: ", ")
                throw ValidationError("there is no part \"\(only)\"; there are \(names)")
            }
            for _ in 0..<turns { try part.body() }
            return
        }
        var best = [Double](repeating: .infinity, count: parts.count)
        for _ in 0..<turns {
            for (index, part) in parts.enumerated() {
                let before = MonotonicTime.processorSeconds()
                try part.body()
                best[index] = min(best[index], MonotonicTime.processorSeconds() - before)
            }
        }
        var table = FigureTable()
        let peer = Double(bytes) / best[1] / 1e6
        for (index, part) in parts.enumerated() {
            let rate = Double(bytes) / best[index] / 1e6
            table.add(
                part.name, rate, "MB/s", atLeast: part.floor,
                note:
                    "\((best[index] / Double(events) * 1e6).text(digits: 1)) µs an event, \((rate / peer).text(digits: 2)) of JSONDecoder"
            )
        }
        table.report(
            "decode", conditions,
            "\(events) events of \(bytes / events) bytes, best of \(turns) turns, per second of processor time",
            asJSON: json)
    }

    /// As an informer does it, managed fields left out.
    private static func decode<Object: KubernetesResource>(_ type: Object.Type, _ line: [UInt8]) throws {
        guard let object = try IndexedJSON(line).root["object"] else { throw BenchmarkFailure("no object") }
        _ = try object.decode(type, omitting: object["metadata"]?["managedFields"])
    }
}
