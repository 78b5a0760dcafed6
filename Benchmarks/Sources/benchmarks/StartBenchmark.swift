import ArgumentParser
import BenchmarkSupport
import CurlTransport
import Foundation
import HTTPTransport
import StructuredData

struct StartBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "start",
        abstract: "How long `das up` takes to answer on a large store, after a kill -9.",
        discussion: """
            Example:
              swift build -c release --product das
              benchmarks start --das .build/release/das --megabytes 1000

            Fills the store of a `das up` with ConfigMaps through its API, kills it with -9, and takes the time of its next starts to
            the first good `/readyz`. Before each the store's pages are in the file system's cache, as they are after a crash of the
            program alone.
            """)

    private static let maps = "/api/v1/namespaces/default/configmaps"
    private static let writers = 16

    @Option(help: "The program; agent-runner must be beside it.")
    var das = ".build/release/das"

    @Option(help: "How large the objects are together, in megabytes.")
    var megabytes = 1000

    @Option(help: "How large each is, in kilobytes.")
    var kilobytes = 10

    @Option(help: "How many starts.")
    var repetitions = 3

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        guard megabytes > 0, repetitions > 0, (1...1000).contains(kilobytes) else {
            throw ValidationError("all numbers must be above 0, and --kilobytes at most 1000")
        }
    }

    func run() async throws {
        let folder = try BenchmarkFolder()
        defer { folder.remove() }
        let conditions = try Conditions(folder: folder.path)
        let api = try await APIUnderTest.prepare(das, on: folder.path)
        var (process, _) = try await APIUnderTest.start(das, on: folder.path, url: api.url)
        do {
            try await fill(api)
        } catch {
            Self.kill(process)
            throw error
        }
        var table = FigureTable()
        for number in 1...repetitions {
            Self.kill(process)
            let size = try folder.size(of: "api.sqlite")
            let started: Duration
            (process, started) = try await APIUnderTest.start(das, on: folder.path, url: api.url)
            table.add(
                "start \(number) to /readyz", started.milliseconds, "ms", atMost: 3000,
                note: "\((Double(size) / 1e6).text(digits: 0)) MB on disk")
        }
        let memory = try APIUnderTest.memory(of: process.processIdentifier)
        table.add("memory then", Double(memory) / 1e6, "MB")
        Self.kill(process)
        table.report("start", conditions, "\(das), \(count) objects of \(kilobytes) kB", asJSON: json)
    }

    private var count: Int { megabytes * 1000 / kilobytes }

    private func fill(_ api: APIUnderTest) async throws {
        let payload = String(repeating: "0123456789abcdef", count: kilobytes * 1000 / 16)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<Self.writers {
                group.addTask { [count] in
                    let transport = api.connect()
                    defer { transport.shutdown() }
                    for number in stride(from: writer, to: count, by: Self.writers) {
                        let map: JSON = [
                            "apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": .string("map-\(number)")],
                            "data": ["payload": .string(payload)],
                        ]
                        try await api.send(api.request(.post, Self.maps, map), over: transport)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private static func kill(_ process: Process) {
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }
}
