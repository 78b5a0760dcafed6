import BenchmarkSupport
import CurlTransport
import KubernetesClient
import KubernetesModel
import StructuredData
import TaskProtocol

/// An agent that is the benchmark itself: it leases and reports, one task after the other.
struct BenchAgent {
    private static let accounts = ResourceType(
        group: "", version: "v1", kind: "ServiceAccount", plural: "serviceaccounts", namespaced: true)

    private let id: String
    private let client: (gateway: GatewayClient, transport: CurlTransport)

    /// Registers as an agent of the swarm, with a token of its service account.
    static func register(_ swarm: BenchSwarm) async throws -> BenchAgent {
        let account = swarm.name
        let request: JSON = [
            "apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest",
            "spec": ["audiences": ["das-gateway"], "expirationSeconds": 3600],
        ]
        let answer = try await swarm.cluster.kubernetes.create(
            accounts, request, namespace: BenchSwarm.namespace, name: account, subresource: "token")
        guard let token = answer["status"]?["token"]?.stringValue else {
            throw BenchmarkFailure("the API server gave no token for \(account)")
        }
        let client = swarm.cluster.connect(token: token)
        let registration = try await client.gateway.register(
            RegisterRequest(
                namespace: BenchSwarm.namespace, swarm: swarm.name, name: "bench-agent", instance: "bench-agent",
                slots: 1,
                version: "1", capabilities: ["echo"]))
        return BenchAgent(id: registration.agent, client: client)
    }

    func lease(request: Int64) async throws -> LeaseGrant {
        let answer = try await client.gateway.lease(
            LeaseRequest(agent: id, request: request, freeSlots: 1, waitMs: 1000))
        guard let lease = answer?.leases.first else { throw BenchmarkFailure("there was no task to lease") }
        return lease
    }

    func complete(_ lease: LeaseGrant) async throws {
        let report = CompleteRequest.Item(task: lease.task, epoch: lease.epoch, token: lease.token, result: .null)
        let answer = try await client.gateway.complete(CompleteRequest(agent: id, reports: [report], next: nil))
        guard answer.reports.first?.verdict == .accepted else {
            throw BenchmarkFailure("the report was not taken: \(answer.reports)")
        }
    }

    func shutDown() { client.transport.shutdown() }
}
