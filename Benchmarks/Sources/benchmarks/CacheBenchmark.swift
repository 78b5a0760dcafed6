import ArgumentParser
import BenchmarkSupport
import Foundation
import StructuredData

/// How fast an informer fills its cache over real connections, and what it needs to do so.
struct CacheBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cache",
        abstract:
            "An informer's cache, filled over TLS: objects a second, memory; and from a watch's event to the reconcile.",
        discussion: """
            The server is a process of its own that sends prepared bytes; each fill is a process of its own, too. The limit in the
            same run is the same bytes on the same way with nothing done with them; what the client costs alone is shown by fills
            from its own memory. All take turns, so that what else the machine does meets all alike.

            Of rates the fastest turn counts, of memory the worst, of latencies the median turn, beside its range. Memory is what is resident beyond
            what was before the fill; steady is what is left once the allocator has given back what it can.
            """)

    @Option(help: "Objects in the cache.") var tasks = 20_000
    @Option(help: "Fills of each kind.") var turns = 5
    @Option(help: "Events a second for the latency.") var rate = 500
    @Option(help: "Events for the latency.") var events = 3000
    @Flag(help: "Print JSON.") var json = false

    /// One kind of fill, and what its turns gave.
    private struct Part {
        var name: String
        var keep: String
        var way: String
        var isFromMemory = false
        var fills: [JSON] = []

        /// Objects a second of the fastest turn, by the seconds of this name.
        func rate(by seconds: String = "seconds") -> Double {
            fills.map { $0.figure("objects") / $0.figure(seconds) }.max() ?? .nan
        }

        /// Objects a second of the server's processor time: of all turns, since the kernel counts it in ticks.
        var serverRate: Double {
            fills.reduce(0) { $0 + $1.figure("objects") } / fills.reduce(0) { $0 + $1.figure("serverSeconds") }
        }

        /// The worst of all turns.
        func worst(_ figure: (JSON) -> Double) -> Double { fills.map(figure).max() ?? .nan }
    }

    func validate() throws {
        guard tasks > 0, turns > 0, rate > 0, events > 0 else {
            throw ValidationError("the options must be at least 1")
        }
    }

    func run() async throws {
        let conditions = try Conditions(folder: "/tmp")
        let events = min(events, tasks)
        let server = try TaskServer(tasks: tasks, rate: rate, events: events)
        defer { server.stop() }
        var parts: [Part] = []
        for way in ["pages", "watch-list"] {
            parts.append(Part(name: "limit: bytes only, \(way)", keep: "nothing", way: way))
            for (keep, name) in [("whole", "SwarmTask"), ("operator", "the operator's projection")] {
                parts.append(Part(name: "\(name), \(way)", keep: keep, way: way))
                parts.append(Part(name: "  the client alone, from memory", keep: keep, way: way, isFromMemory: true))
            }
        }
        var (lines, latencies): ([JSON], [JSON]) = ([], [])
        for _ in 0..<turns {
            for index in parts.indices {
                parts[index].fills.append(
                    try server.fill(
                        keep: parts[index].keep, way: parts[index].way, tasks: tasks,
                        isFromMemory: parts[index].isFromMemory))
            }
            lines.append(try server.latency(to: "lines", tasks, events))
            latencies.append(try server.latency(to: "events", tasks, events))
        }
        var table = FigureTable()
        for part in parts { add(part, to: &table) }
        for (name, ceiling) in [("p50", nil), ("p99", 5), ("max", nil)] as [(String, Double?)] {
            add(lines, name, "limit: event to the stream's reader, \(name)", nil, to: &table)
            add(latencies, name, "event to reconcile, \(name)", ceiling, to: &table)
        }
        table.report(
            "cache", conditions,
            "\(tasks) SwarmTasks of \(SampleTasks.text(7, version: 1).utf8.count) bytes over HTTP/1.1 and TLS on 127.0.0.1; \(turns) turns; \(events) events, \(rate) a second",
            asJSON: json)
    }

    private func add(
        _ latencies: [JSON], _ figure: String, _ name: String, _ ceiling: Double?, to table: inout FigureTable
    ) {
        let all = latencies.map { $0.figure(figure) }.sorted()
        table.add(
            name, all[all.count / 2], "ms", digits: 2, atMost: ceiling,
            note: "\(all[0].text(digits: 2)) to \(all[all.count - 1].text(digits: 2))")
    }

    private func add(_ part: Part, to table: inout FigureTable) {
        var note = "\(part.rate(by: "processorSeconds").text(digits: 0)) a second of the client's processor time"
        if !part.isFromMemory {
            note += ", \(part.serverRate.text(digits: 0)) of the server's"
        }
        let isFill = part.keep != "nothing"
        table.add(
            part.name, part.rate(), "objects/s", atLeast: isFill && !part.isFromMemory ? 10_000 : nil, note: note)
        guard isFill, !part.isFromMemory else { return }
        let peak = part.worst { $0.figure("peak") }
        let steady = part.worst { $0.figure("steady") }
        // The process as a whole is what a limit on memory counts.
        table.add(
            "  peak of memory", part.worst { $0.figure("peak") / $0.figure("steady") }, "× steady", digits: 2,
            atMost: 1.3,
            note:
                "\((peak / 1e6).text(digits: 1)) MB; \((steady / 1e6).text(digits: 1)) MB steady, \((part.fills[0].figure("before") / 1e6).text(digits: 1)) MB before"
        )
        table.add(
            "  memory per object",
            part.worst { ($0.figure("steady") - $0.figure("before")) / $0.figure("objects") / 1024 }, "KiB",
            digits: 2, atMost: part.keep == "operator" ? 1.5 : nil)
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

    /// One fill, in a process of its own, with what it cost the server.
    func fill(keep: String, way: String, tasks: Int, isFromMemory: Bool) throws -> JSON {
        let before = processorSeconds
        var result = try run(
            ["--tasks", "\(tasks)", "--keep", keep, "--way", way]
                + (isFromMemory ? [] : ["--server", address, "--certificate", certificate]))
        result["serverSeconds"] = .number(processorSeconds - before)
        return result
    }

    func latency(to keep: String, _ tasks: Int, _ events: Int) throws -> JSON {
        try run([
            "--tasks", "\(tasks)", "--keep", keep, "--way", "pages", "--events", "\(events)", "--server", address,
            "--certificate", certificate,
        ])
    }

    private func run(_ arguments: [String]) throws -> JSON {
        let filler = Process()
        let output = Pipe()
        filler.executableURL = process.executableURL
        filler.arguments = ["cache-fill"] + arguments
        filler.standardOutput = output
        try filler.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        filler.waitUntilExit()
        guard filler.terminationStatus == 0 else { throw BenchmarkFailure("a fill failed") }
        return try JSON.parse([UInt8](data))
    }

    /// What the server has used of the processors, in the kernel's ticks.
    private var processorSeconds: Double {
        guard let text = try? String(contentsOfFile: "/proc/\(process.processIdentifier)/stat", encoding: .utf8),
            let end = text.lastIndex(of: ")")
        else { return .nan }
        // Behind the name: the state is field 3, the times in user and system mode are fields 14 and 15.
        let fields = text[text.index(after: end)...].split(separator: " ")
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else { return .nan }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    func stop() {
        process.terminate()
        process.waitUntilExit()
        // Nothing depends on it any more.
        try? FileManager.default.removeItem(atPath: certificate)
    }
}
