import ArgumentParser
import Foundation
import StructuredData

/// How fast an informer fills its cache over real connections, and what it needs to do so.
struct CacheBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cache",
        abstract:
            "An informer's cache, filled over TLS: objects a second, memory; and from a watch's event to the reconcile.",
        discussion: """
            The server is a process of its own that sends prepared bytes; each fill is a process of its own, too. Memory is what is
            resident beyond what was before the fill; steady is what is left once the allocator has given back what it can.
            """)

    @Option(help: "Objects in the cache.") var tasks = 20_000
    @Option(help: "Fills of each kind; the fastest counts.") var turns = 3
    @Option(help: "Events a second for the latency.") var rate = 500
    @Option(help: "Events for the latency.") var events = 3000
    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
        let server = try TaskServer(tasks: tasks, rate: rate, events: min(events, tasks))
        defer { server.stop() }
        var table = FigureTable()
        for keep in ["whole", "operator"] {
            for way in ["pages", "watch-list"] {
                var best: JSON = nil
                for _ in 0..<turns {
                    let fill = try server.fill(["--way", way, "--keep", keep])
                    if best.isNull || fill.figure("seconds") < best.figure("seconds") { best = fill }
                }
                add(best, "\(keep == "whole" ? "SwarmTask" : "the operator's projection"), \(way)", keep, to: &table)
            }
        }
        let latency = try server.fill(["--way", "pages", "--keep", "events", "--events", "\(min(events, tasks))"])
        for (name, ceiling) in [("p50", nil), ("p99", 5), ("max", nil)] as [(String, Double?)] {
            table.add("event to reconcile, \(name)", latency.figure(name), "ms", digits: 2, atMost: ceiling)
        }
        table.report(
            "cache", try Conditions(folder: "/tmp"),
            "\(tasks) SwarmTasks of \(SampleTasks.text(7, version: 1).utf8.count) bytes over HTTP/1.1 and TLS on 127.0.0.1; best of \(turns) fills; \(rate) events a second",
            asJSON: json)
    }

    private func add(_ fill: JSON, _ name: String, _ keep: String, to table: inout FigureTable) {
        let objects = fill.figure("objects")
        let before = fill.figure("before")
        let steady = fill.figure("steady")
        table.add(
            name, objects / fill.figure("seconds"), "objects/s", atLeast: 10_000,
            note:
                "\((objects / fill.figure("processorSeconds")).text(digits: 0)) a second of the client's processor time"
        )
        // The process as a whole is what a limit on memory counts.
        table.add(
            "  peak of memory", fill.figure("peak") / steady, "× steady", digits: 2, atMost: 1.3,
            note:
                "\((fill.figure("peak") / 1e6).text(digits: 1)) MB; \((steady / 1e6).text(digits: 1)) MB steady, \((before / 1e6).text(digits: 1)) MB before"
        )
        table.add(
            "  memory per object", (steady - before) / objects / 1024, "KiB", digits: 2,
            atMost: keep == "operator" ? 1.5 : nil,
            note: "peak: \(((fill.figure("peak") - before) / objects / 1024).text(digits: 2)) KiB")
    }
}

extension JSON {
    fileprivate func figure(_ name: String) -> Double { self[name]?.doubleValue ?? .nan }
}

/// The server's process, and those that fill caches from it.
private final class TaskServer {
    private let process = Process()
    private let address: String
    private let certificate: String

    init(tasks: Int, rate: Int, events: Int) throws {
        let output = Pipe()
        process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = ["serve-tasks", "--tasks", "\(tasks)", "--rate", "\(rate)", "--events", "\(events)"]
        process.standardOutput = output
        try process.run()
        var text = ""
        while !text.contains("END CERTIFICATE-----\n") {
            let data = output.fileHandleForReading.availableData
            guard !data.isEmpty else { throw BenchmarkFailure("the server did not start") }
            text += String(decoding: data, as: UTF8.self)
        }
        guard let newline = text.firstIndex(of: "\n") else { throw BenchmarkFailure("the server told no port") }
        address = "https://127.0.0.1:\(text[..<newline])"
        certificate =
            FileManager.default.temporaryDirectory.appending(path: "das-benchmark-\(UUID().uuidString).pem").path
        try Data(text[text.index(after: newline)...].utf8).write(to: URL(filePath: certificate))
    }

    func fill(_ arguments: [String]) throws -> JSON {
        let filler = Process()
        let output = Pipe()
        filler.executableURL = process.executableURL
        filler.arguments = ["cache-fill", "--server", address, "--certificate", certificate] + arguments
        filler.standardOutput = output
        try filler.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        filler.waitUntilExit()
        guard filler.terminationStatus == 0 else { throw BenchmarkFailure("a fill failed") }
        return try JSON.parse([UInt8](data))
    }

    func stop() {
        process.terminate()
        process.waitUntilExit()
        // Nothing depends on it any more.
        try? FileManager.default.removeItem(atPath: certificate)
    }
}
