import ControllerRuntime
import KubernetesModel
import Synchronization
import Testing

@Suite("Informers")
struct InformerTests {
    private func versions(_ objects: some Sequence<ConfigMap>) -> [String] {
        objects.map { "\($0.key)@\($0.metadata.resourceVersion ?? "")" }.sorted()
    }

    private func informer(_ server: FaultyServer, seed: UInt64) -> Informer<ConfigMap> {
        Informer(name: "configmaps", listWatches: ["": server], time: TimeSource(RushedClock()), seed: seed)
    }

    @Test("a relist after 410 tells only what differs")
    func relistTellsDifferences() async throws {
        let server = FaultyServer(seed: 1)
        for name in ["a", "b", "c", "d"] { server.put(name, "1") }
        let informer = informer(server, seed: 1)
        let ledger = InformerLedger()
        informer.onChange { ledger.note($0) }
        let run = Task { try await informer.run() }
        await server.untilDelivered()
        #expect(ledger.told.changes == 4)

        // Not seen by the watch: it is closed first, and history is lost.
        server.put("b", "2")
        await server.untilDelivered()
        server.compact()
        server.delete("c")
        server.put("e", "1")
        server.compact()
        await server.untilDelivered()
        let told = ledger.told
        #expect(told.problems == [])
        #expect(versions(told.objects.values) == versions(server.objects.values))
        // b updated, c deleted, e added: nothing about a and d.
        #expect(told.changes == 7)
        run.cancel()
        _ = await run.result
    }

    @Test("a list of several pages is committed whole")
    func paged() async throws {
        let server = FaultyServer(seed: 1)
        for index in 0..<7 { server.put("object-\(index)", "1") }
        let informer = informer(server, seed: 1)
        let run = Task { try await informer.run() }
        try await informer.waitUntilSynced()
        #expect(informer.store.count == 7)
        #expect(server.listCalls.count == 4)
        #expect(server.listCalls.allSatisfy { $0.limit == 500 })
        await server.untilDelivered()
        #expect(server.watchCalls == [String(server.version)])
        run.cancel()
        _ = await run.result
    }

    @Test("waiting for the first list ends with the task that waits")
    func waitingIsCancellable() async {
        let informer = informer(FaultyServer(seed: 1), seed: 1)
        let wait = Task { try await informer.waitUntilSynced() }
        wait.cancel()
        await #expect(throws: CancellationError.self) { try await wait.value }
    }
}
