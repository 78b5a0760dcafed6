import CertificateStore
import KubernetesClient
import KubernetesModel
import TestSupport
import Testing

@testable import LocalCluster

@Suite("Ports of a cluster", .timeLimit(.minutes(2)))
struct PortRegisterTests {
    @Test func `A port that is kept is given to nobody who takes any`() throws {
        let directory = ClusterProcess.newDirectory()
        defer { ClusterProcess.discard(directory) }
        let register = PortRegister(directory: try DataDirectory(directory))
        let kept = try (0..<50).map { _ in try register.reserve(asked: 0, name: "api", host: "127.0.0.1") }
        #expect(Set(kept.map(\.port)).count == 50 && !kept.contains { $0.port == 0 })
        #expect(try register.reserve(asked: 6443, name: "api", host: "127.0.0.1").port == 6443)
    }

    @Test func `From its first start on, the server's own Service leads to the port at which it listens`() async throws
    {
        try await RunningCluster.run { cluster in
            let server = try await cluster.objects(
                EndpointSlice.self, labelSelector: "kubernetes.io/service-name=kubernetes"
            ) { $0.first }
            let port = try #require(server.ports?.first?.port)
            #expect(cluster.client.configuration.server == "https://127.0.0.1:\(port)")
        }
    }
}
