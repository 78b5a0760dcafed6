import ArgumentParser
import BenchmarkSupport
import ControllerRuntime
import CurlTransport
import Foundation
import HTTPTransport
import KubernetesClient
import KubernetesModel
import Logging
import StructuredData
import SwarmAPI
import SwarmOperator
import Synchronization

/// One fill of a cache, in a process of its own, so that its memory is that of the cache.
struct CacheFill: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cache-fill", abstract: "One part of the cache benchmark; started by it.", shouldDisplay: false)

    @Option(help: "Without one the answers come from this process's own memory.") var server: String?
    @Option var certificate: String = ""
    @Option(help: "How many the server has.") var tasks: Int
    @Option(help: "pages or watch-list") var way: String
    @Option(help: "whole, operator, nothing (bytes are only received), events or lines") var keep: String
    @Option(help: "How many events to wait for, for their latency.") var events: Int = 0

    private static let resource = SwarmTask.resource
    private static let pageLimit = 500

    func run() async throws {
        guard let server else {
            let memory = MemoryTransport(tasks: PreparedTasks(count: tasks))
            return print(try await result(memory, ClientConfiguration(server: "https://memory")).text())
        }
        let transport = CurlTransport(.init(tls: TLSConfiguration(authorities: .file(certificate))))
        defer { transport.shutdown() }
        print(try await result(transport, ClientConfiguration(server: server)).text())
    }

    private func result(_ transport: some HTTPTransport, _ configuration: ClientConfiguration) async throws -> JSON {
        let client = KubernetesClient(configuration, transport: transport)
        let url = configuration.server + Self.resource.path(namespace: nil)
        // One call first, so that the connection, its threads and libraries are there before the cache.
        _ = try await client.raw(.get, Self.resource.path(namespace: nil), query: [("limit", "1")])
        switch keep {
        case "whole": return try await fill(client, SwarmTask.self)
        case "operator": return try await fill(client, CachedTask.self)
        case "events": return try await latencies(client)
        case "lines": return try await lineLatencies(transport, url)
        default: return try await receive(transport, url)
        }
    }

    /// The limit: the same bytes on the same way, and nothing done with them.
    private func receive(_ transport: some HTTPTransport, _ url: String) async throws -> JSON {
        let processor = MonotonicTime.processorSeconds()
        let begin = ContinuousClock.now
        if way == "pages" {
            for start in stride(from: 0, to: tasks, by: Self.pageLimit) {
                let page = try await transport.send(
                    HTTPRequest(.get, "\(url)?limit=\(Self.pageLimit)&continue=\(start)"))
                guard page.isSuccess else { throw BenchmarkFailure("a page answered \(page.status)") }
            }
        } else {
            let stream = try await transport.stream(
                HTTPRequest(
                    .get, "\(url)?watch=true&sendInitialEvents=true", timeoutSeconds: nil, connection: .dedicated))
            // The bookmark is a line, too.
            var lines = -1
            for try await chunk in stream.body {
                for byte in chunk where byte == UInt8(ascii: "\n") { lines += 1 }
                if lines >= tasks { break }
            }
        }
        return [
            "objects": JSON(tasks), "seconds": .number(begin.duration(to: .now).seconds),
            "processorSeconds": .number(MonotonicTime.processorSeconds() - processor),
        ]
    }

    private func informer<Object: KubernetesResource>(
        _ client: KubernetesClient, _ type: Object.Type
    ) -> Informer<Object> {
        Informer(
            client: client, namespaces: [],
            configuration: .init(pageLimit: Self.pageLimit, usesWatchList: way == "watch-list"))
    }

    private func fill<Object: KubernetesResource>(_ client: KubernetesClient, _ type: Object.Type) async throws -> JSON
    {
        let informer = informer(client, type)
        let before = ProcessMemory.resident()
        ProcessMemory.resetPeak()
        let processor = MonotonicTime.processorSeconds()
        let begin = ContinuousClock.now
        let run = Task { try await informer.run() }
        try await informer.waitUntilSynced()
        let took = begin.duration(to: .now).seconds
        let used = MonotonicTime.processorSeconds() - processor
        let peak = ProcessMemory.peak()
        // What the fill needed is given back once its task has moved on.
        try await Task.sleep(for: .milliseconds(200))
        let steady = ProcessMemory.resident()
        run.cancel()
        _ = await run.result
        return [
            "objects": JSON(informer.store.count), "seconds": .number(took), "processorSeconds": .number(used),
            "before": JSON(before), "peak": JSON(peak), "steady": JSON(steady),
        ]
    }

    private func latencies(_ client: KubernetesClient) async throws -> JSON {
        let informer = informer(client, SwarmTask.self)
        let seen = Mutex(Durations())
        let done = Signal()
        let store = informer.store
        let events = events
        let controller = Controller(
            name: "benchmark",
            reconciler: ReconcileFunction { key in
                guard let sent = store.get(key)?.metadata.labels?["sent"].flatMap(UInt64.init) else { return .done }
                let count = seen.withLock { seen in
                    seen.add(.nanoseconds(Int64(MonotonicTime.nanoseconds() - sent)))
                    return seen.milliseconds.count
                }
                if count >= events { done.raise() }
                return .done
            }, concurrency: 2)
        controller.reconciles(informer, predicate: Predicate { if case .updated = $0 { true } else { false } })
        let work = Task { await controller.run() }
        let run = Task { try await informer.run() }
        await done.wait()
        run.cancel()
        work.cancel()
        _ = await run.result
        await work.value
        return Self.json(seen.withLock { $0 })
    }

    /// The limit: from an event to whoever reads the stream, with nothing behind it.
    private func lineLatencies(_ transport: some HTTPTransport, _ url: String) async throws -> JSON {
        let stream = try await transport.stream(
            HTTPRequest(
                .get, "\(url)?watch=true&resourceVersion=\(tasks + 1)", timeoutSeconds: nil, connection: .dedicated))
        var seen = Durations()
        var rest: [UInt8] = []
        for try await chunk in stream.body {
            let now = MonotonicTime.nanoseconds()
            rest += chunk
            while let newline = rest.firstIndex(of: UInt8(ascii: "\n")) {
                let line = Array(rest[..<newline])
                rest.removeSubrange(...newline)
                let labels = try? IndexedJSON(line).root["object"]?["metadata"]?["labels"]
                guard let sent = labels?["sent"]?.stringValue.flatMap(UInt64.init) else { continue }
                seen.add(.nanoseconds(Int64(now - sent)))
            }
            if seen.milliseconds.count >= events { break }
        }
        return Self.json(seen)
    }

    private static func json(_ durations: Durations) -> JSON {
        [
            "count": JSON(durations.milliseconds.count), "p50": .number(durations.percentile(50)),
            "p99": .number(durations.percentile(99)), "max": .number(durations.percentile(100)),
        ]
    }
}
