import ControllerRuntime
import CurlTransport
import KubernetesClient
import KubernetesModel
import NetworkFaults
import Synchronization
import Testing

/// What a pod meets that is kept for weeks, in seconds: it is one process, one client, one informer throughout.
@Suite("A pod that lives long", .timeLimit(.minutes(2)))
struct LongLivedPodTests {
    /// The server lets in whoever has one of these tokens.
    private final class Doorkeeper: Sendable {
        private let state: Mutex<(tokens: Set<String>, refused: Int)> = Mutex((["first"], 0))

        func admit(only tokens: Set<String>) { state.withLock { $0.tokens = tokens } }
        var refusedCount: Int { state.withLock { $0.refused } }

        func admits(_ request: ScriptedServer.Request) -> Bool {
            let token = (request.header("Authorization") ?? "").split(separator: " ").last.map(String.init) ?? ""
            return state.withLock { state in
                if state.tokens.contains(token) { return true }
                state.refused += 1
                return false
            }
        }
    }

    /// Writes until it has worked, as a reconciler does. Each name and value is used once, so that a write that worked without
    /// our hearing of it is no different from one that is repeated.
    private func write(_ name: String, _ value: String, _ client: KubernetesClient) async throws {
        let object = ConfigMap(metadata: ObjectMeta(name: name, namespace: "n"), data: ["value": value])
        while true {
            do {
                _ = try await client.create(object)
                return
            } catch {
                try Task.checkCancellation()
            }
        }
    }

    @Test func `Informer and writer go on through rotated tokens and authorities, a lost store and a stall`()
        async throws
    {
        let server = FaultyServer(seed: 1)
        let doorkeeper = Doorkeeper()
        let endpoint = try await FaultyEndpoint.start { request, reply in
            guard doorkeeper.admits(request) else { return try await reply.refuse(.unauthorized()) }
            try await server.answer(request, reply)
        }
        let (client, transport) = endpoint.client()
        let informer = endpoint.informer(client)
        let ledger = InformerLedger()
        informer.onChange { ledger.note($0) }
        let run = Task { try await informer.run() }
        try await write("a", "first", client)
        try await ledger.wait(for: server.objects)

        // The token is replaced while a watch is open; the old one is not good any more.
        try endpoint.write(token: "second")
        doorkeeper.admit(only: ["second"])
        server.closeWatch()
        try await write("a", "second token", client)
        try await ledger.wait(for: server.objects)
        #expect(doorkeeper.refusedCount > 0)

        // Another authority stands in the file, and the server has a certificate by it alone.
        try endpoint.rotateAuthority("second")
        endpoint.dropConnections()
        try await write("b", "second authority", client)
        try await ledger.wait(for: server.objects)

        // The store is lost: versions start low, and the names are other objects.
        for index in 0..<50 { server.put("c", "\(index)") }
        try await ledger.wait(for: server.objects)
        let old = server.objects
        server.restart()
        endpoint.dropConnections()
        try await ledger.wait { $0.objects.isEmpty }
        try await write("a", "second store", client)
        try await ledger.wait(for: server.objects)
        let uids = Set(old.values.compactMap(\.metadata.uid))
        #expect(ledger.told.deletedUIDs.isSuperset(of: uids))

        // Everything stalls, and nobody hears of an end.
        for connection in endpoint.proxy.openConnections {
            connection.set(.swallow, .toClient)
            connection.set(.swallow, .toServer)
        }
        server.put("d", "during the stall")
        try await ledger.wait(for: server.objects)
        // The shared connection has stalled as well; the network gives it up before the call's own time is over.
        endpoint.proxy.endAll(.reset)
        try await write("e", "after the stall", client)
        try await ledger.wait(for: server.objects)

        #expect(ledger.problems(server, store: informer.store) == [])
        run.cancel()
        _ = await run.result
        transport.shutdown()
        try await endpoint.shutdown()
    }
}
