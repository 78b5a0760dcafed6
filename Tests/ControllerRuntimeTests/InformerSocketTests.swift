import ControllerRuntime
import CurlTransport
import KubernetesModel
import NetworkFaults
import Synchronization
import Testing

@Suite("An informer over a bad network", .timeLimit(.minutes(2)))
struct InformerSocketTests {
    /// What befalls each connection, by the seed.
    private static func network(_ seed: UInt64) -> @Sendable (ProxiedConnection) -> Void {
        let generator = Mutex(SeededGenerator(seed: seed))
        return { connection in
            generator.withLock { generator in
                let direction = FaultProxy.Direction(rawValue: Int.random(in: 0...1, using: &generator)) ?? .toClient
                // A handshake takes about 2 KB; most connections get to their answers.
                let bytes = Int.random(in: 0..<8000, using: &generator)
                switch Int.random(in: 0..<10, using: &generator) {
                case 0..<3: connection.end(.reset, after: bytes, .toClient)
                case 3..<5: connection.end(.finish, after: bytes, .toClient)
                case 5: connection.end(.reset, after: bytes / 4, .toServer)
                case 6: connection.set(.delay(.milliseconds(Int.random(in: 0..<5, using: &generator))), direction)
                case 7: connection.set(.pieces(Int.random(in: 100..<1000, using: &generator)), direction)
                default: break
                }
            }
        }
    }

    @Test(arguments: FaultSeeds.upTo(50))
    func `Whatever the network does besides, the store comes out as the server and no deletion is missed`(
        seed: UInt64
    ) async throws {
        let server = FaultyServer(
            seed: seed, faults: .all, sendsInitialEvents: seed.isMultiple(of: 2))
        for index in 0..<5 { server.put("initial-\(index)", "0") }
        server.setOff(steps: 120)
        let endpoint = try await FaultyEndpoint.start(onOpen: Self.network(seed)) { try await server.answer($0, $1) }
        let (client, transport) = endpoint.client()
        let informer = endpoint.informer(client)
        let ledger = InformerLedger()
        informer.onChange { ledger.note($0) }
        let run = Task { try await informer.run() }
        await server.untilDelivered()
        // What is sent may not have arrived, and the objects may be now as they were before: only what is new at the end tells.
        server.put("last", "1")
        try await ledger.wait(for: server.objects)
        #expect(ledger.problems(server, store: informer.store) == [], "FAULT_SEED=\(seed) has the same faults again")
        run.cancel()
        _ = await run.result
        transport.shutdown()
        try await endpoint.shutdown()
    }

    @Test func `A watch that stalls without an end is given up, and what it missed is found`() async throws {
        let server = FaultyServer(seed: 1)
        server.put("a", "1")
        let endpoint = try await FaultyEndpoint.start { try await server.answer($0, $1) }
        let (client, transport) = endpoint.client()
        let informer = endpoint.informer(client)
        let ledger = InformerLedger()
        informer.onChange { ledger.note($0) }
        let run = Task { try await informer.run() }
        await server.untilDelivered()
        for connection in endpoint.proxy.connections { connection.set(.swallow, .toClient) }
        server.put("b", "1")
        server.delete("a")
        try await ledger.wait(for: server.objects)
        #expect(ledger.problems(server, store: informer.store) == [])
        run.cancel()
        _ = await run.result
        transport.shutdown()
        try await endpoint.shutdown()
    }

    @Test func `What is held up arrives once it may, on the same connection`() async throws {
        let server = FaultyServer(seed: 1)
        let endpoint = try await FaultyEndpoint.start { try await server.answer($0, $1) }
        let (client, transport) = endpoint.client()
        // This watch must last until the test is over, however slow the machine.
        let informer = endpoint.informer(client, watchSeconds: 100)
        let ledger = InformerLedger()
        informer.onChange { ledger.note($0) }
        let run = Task { try await informer.run() }
        await server.untilDelivered()
        let watch = try await endpoint.proxy.connection(endpoint.proxy.connections.count - 1)
        let before = watch.bytes(.toClient)
        watch.set(.hold, .toClient)
        let object = server.put("a", "1")
        watch.set(.pass, .toClient)
        try await watch.passed(before + 100, .toClient)
        try await ledger.wait { $0.objects[object.key] == object }
        run.cancel()
        _ = await run.result
        transport.shutdown()
        try await endpoint.shutdown()
    }

    @Test func `A server that cannot be reached is found again`() async throws {
        let server = FaultyServer(seed: 1)
        let endpoint = try await FaultyEndpoint.start { try await server.answer($0, $1) }
        let (client, transport) = endpoint.client()
        let informer = endpoint.informer(client)
        let ledger = InformerLedger()
        informer.onChange { ledger.note($0) }
        let run = Task { try await informer.run() }
        await server.untilDelivered()
        try await endpoint.proxy.refuse()
        endpoint.proxy.endAll(.reset)
        for connection in endpoint.proxy.connections { try await connection.closed() }
        server.put("a", "1")
        try await endpoint.proxy.accept()
        try await ledger.wait(for: server.objects)
        run.cancel()
        _ = await run.result
        transport.shutdown()
        try await endpoint.shutdown()
    }
}
