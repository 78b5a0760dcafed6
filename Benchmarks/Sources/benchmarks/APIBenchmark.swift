import ArgumentParser
import BenchmarkSupport
import Foundation

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

            With the kubeconfig of a running API server on the same machine, whose user has a token and may do all, that one is asked
            the same after each figure, and the bounds for writes are twice what it does:
              benchmarks api --das .build/release/das --peer kubeconfig
            """)

    private static let settling = Duration.seconds(5)

    @Option(help: "The program; agent-runner must be beside it.")
    var das = ".build/release/das"

    @Option(help: "The kubeconfig of a running API server to measure beside it.")
    var peer: String?

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
        let peer = try peer.map { APILoad(api: try APIUnderTest(kubeconfig: $0), requests: requests) }
        let api = try await APIUnderTest.prepare(das, on: folder.path)

        var table = FigureTable()
        let (process, started) = try await APIUnderTest.start(das, on: folder.path, url: api.url)
        table.add("start to /readyz", started.milliseconds, "ms", atMost: 1000)
        do {
            try await Task.sleep(for: Self.settling)
            let idle = try APIUnderTest.memory(of: process.processIdentifier)
            table.add("memory of das up, idle", Double(idle) / 1e6, "MB", atMost: 84)
            try await peer?.begin()
            try await measure(APILoad(api: api, requests: requests), process, peer, on: folder.path, &table)
            try await peer?.end()
        } catch {
            process.terminate()
            process.waitUntilExit()
            // What went wrong first is what is told.
            try? await peer?.end()
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

    private func measure(
        _ own: APILoad, _ process: Process, _ peer: APILoad?, on folder: String, _ table: inout FigureTable
    ) async throws {
        try await own.begin()
        let before = try APIUnderTest.memory(of: process.processIdentifier)
        for writes in APILoad.Writes.all {
            let rate = try await own.run(writes)
            let theirs = try await peer?.run(writes)
            table.add(
                writes.name, rate.perSecond, "/s", atLeast: theirs.map { $0.perSecond * 2 } ?? writes.floor,
                note: rate.durations.text
                    + (theirs.map { "; peer \($0.perSecond.text(digits: 0))/s, \($0.durations.text)" } ?? ""))
        }
        try await own.fill(to: objects)
        try await peer?.fill(to: objects)
        let list = try await own.list()
        let theirs = try await peer?.list()
        table.add(
            "list \(objects) objects", list.milliseconds, "ms", atMost: 500,
            note: "\((Double(list.bytes) / 1e6).text(digits: 1)) MB, p50 of 5"
                + (theirs.map { "; peer \($0.milliseconds.text(digits: 0)) ms" } ?? ""))
        let after = try APIUnderTest.memory(of: process.processIdentifier)
        let perObject = Double(after - before) / Double(objects)
        table.add(
            "memory per stored object, its JSON being 1", perObject / (Double(list.bytes) / Double(objects)), "×",
            digits: 1, atMost: 3, note: "\(perObject.text(digits: 0)) bytes; history and buffers counted")
        try await watch(own, "\(watchers) watchers at \(rate) changes/s: delivery, p99", on: folder, atMost: 20, &table)
        if let peer { try await watch(peer, "the same of the peer", on: folder, atMost: nil, &table) }
    }

    private func watch(
        _ load: APILoad, _ name: String, on folder: String, atMost bound: Double?, _ table: inout FigureTable
    ) async throws {
        let (lateness, syncs) = (try HostProbe.lateness(), try HostProbe.syncs(in: folder))
        let result = try await load.watch(watchers: watchers, rate: rate, seconds: seconds)
        let (late, synced) = (try await lateness.end(), try await syncs.end())
        let (delivered, acknowledged) = (result.delivered, result.acknowledged)
        let sinceAnswer = result.deliveredSinceAnswer
        table.add(
            name, delivered.percentile(99), "ms", digits: 1, atMost: bound,
            note:
                "p50 \(delivered.percentile(50).text(digits: 1)) ms, \(delivered.milliseconds.count) events; the writes' "
                + "answers \(acknowledged.text); a thread that sleeps 1 ms wakes late by \(late.text), "
                + "at most \(late.percentile(100).text(digits: 1)) ms; a sync of the disk meanwhile takes \(synced.text), "
                + "at most \(synced.percentile(100).text(digits: 1)) ms")
        table.add(
            "likewise, from the change's answer", sinceAnswer.percentile(99), "ms", digits: 1, atMost: bound,
            note: "p50 \(sinceAnswer.percentile(50).text(digits: 1)) ms")
    }
}
