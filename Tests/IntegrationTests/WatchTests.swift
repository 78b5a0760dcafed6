import ControllerRuntime
import CurlTransport
import KubernetesClient
import KubernetesModel
import StructuredData
import TestSupport
import Testing

@Suite("Watches", .timeLimit(.minutes(3)))
struct WatchTests {
    @Test func `A watch survives the end of its server, and sees what changed meanwhile and after`() async throws {
        try await TestCluster.run { cluster in
            let configuration = cluster.kubernetes.configuration
            let transport = CurlTransport(configuration.connection)
            defer { transport.shutdown() }
            let informer = Informer<ConfigMap>(
                client: KubernetesClient(configuration, transport: transport), namespaces: [TestCluster.namespace])
            let (changes, changed) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
            informer.onChange { _ in changed.yield() }
            let run = Task { try await informer.run() }
            defer { run.cancel() }
            try await informer.waitUntilSynced()
            func configMap(_ name: String) -> JSON {
                [
                    "apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": .string(name)],
                    "data": ["k": .string(name)],
                ]
            }
            func seen(_ name: String) async {
                let key = ObjectKey(namespace: TestCluster.namespace, name: name)
                if informer.store.get(key) != nil { return }
                for await _ in changes where informer.store.get(key) != nil { return }
            }

            try await cluster.apply(configMap("before"))
            await seen("before")
            try await cluster.killUp()
            try await cluster.restart()
            // The address is the same; nobody told the informer anything.
            #expect(cluster.kubernetes.configuration.server == configuration.server)
            try await cluster.apply(configMap("after"))
            await seen("after")
            #expect(informer.store.get(ObjectKey(namespace: TestCluster.namespace, name: "before")) != nil)
        }
    }
}
