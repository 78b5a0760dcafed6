import ArgumentParser
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

    @Option var server: String
    @Option var certificate: String
    @Option(help: "pages or watch-list") var way: String
    @Option(help: "whole or operator") var keep: String
    @Option(help: "How many events to wait for, for their latency.") var events: Int = 0

    func run() async throws {
        let transport = CurlTransport(.init(tls: TLSConfiguration(authorities: .file(certificate))))
        let client = KubernetesClient(ClientConfiguration(server: server), transport: transport)
        defer { transport.shutdown() }
        // One call first, so that the connection, its threads and libraries are there before the cache.
        let resource = SwarmTask.resource
        _ = try await client.raw(.get, resource.path(namespace: nil), query: [("limit", "1")])
        let result: JSON
        switch keep {
        case "operator": result = try await fill(client, CachedTask.self)
        case "events": result = try await latencies(client)
        default: result = try await fill(client, SwarmTask.self)
        }
        print(result.text())
    }

    private func informer<Object: KubernetesResource>(
        _ client: KubernetesClient, _ type: Object.Type
    ) -> Informer<Object> {
        Informer(client: client, namespaces: [], configuration: .init(usesWatchList: way == "watch-list"))
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
        let all = seen.withLock { $0 }
        return [
            "count": JSON(all.milliseconds.count), "p50": .number(all.percentile(50)),
            "p99": .number(all.percentile(99)),
            "max": .number(all.percentile(100)),
        ]
    }
}
