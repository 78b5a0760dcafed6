import ControllerRuntime
import KubernetesModel
import Testing

@Suite("An informer against a model of the server", .timeLimit(.minutes(2)))
struct InformerModelTests {
    @Test(arguments: FaultSeeds.upTo(1000))
    func `Whatever the server does, the store comes out as its state and no deletion is missed`(seed: UInt64)
        async throws
    {
        let server = FaultyServer(seed: seed, faults: .all)
        for index in 0..<5 { server.put("initial-\(index)", "0") }
        server.setOff(steps: 200)
        let informer = Informer<ConfigMap>(
            name: "configmaps", listWatches: ["": server], time: TimeSource(RushedClock()), seed: seed)
        let ledger = InformerLedger()
        informer.onChange { ledger.note($0) }
        let run = Task { try await informer.run() }
        await server.untilDelivered()
        #expect(ledger.problems(server, store: informer.store) == [], "FAULT_SEED=\(seed) shows it again")
        run.cancel()
        _ = await run.result
    }

    @Test func `The seed's faults are met, each kind of them`() async throws {
        var kinds: Set<String> = []
        for seed in UInt64(0)..<20 {
            let server = FaultyServer(seed: seed, faults: .all)
            server.setOff(steps: 200)
            let informer = Informer<ConfigMap>(
                name: "configmaps", listWatches: ["": server], time: TimeSource(RushedClock()), seed: seed)
            let run = Task { try await informer.run() }
            await server.untilDelivered()
            kinds.formUnion(server.metFaults)
            run.cancel()
            _ = await run.result
        }
        #expect(
            kinds == [
                "list failed", "list expired", "watch refused", "watch expired", "watch too large", "watch closed",
                "watch broken", "error event", "bookmark", "busy", "failing", "restart", "compaction",
            ])
    }
}
