import CurlTransport
import Foundation
import KubernetesClient
import KubernetesModel
import TestSupport
import Testing

/// An object of the example's kind, as the tests see it.
struct Greeting: KubernetesResource {
    static let resource = ResourceType(
        group: "example.com", version: "v1", kind: "Greeting", plural: "greetings", namespaced: true)

    private(set) var apiVersion = APIVersionField<Greeting>()
    private(set) var kind = KindField<Greeting>()
    var metadata: ObjectMeta
    var spec: Spec
    var status: Status?

    struct Spec: Codable, Sendable, Equatable {
        var names: [String]
    }

    struct Status: Codable, Sendable, Equatable {
        var observedGeneration: Int64?
        var conditions: [Condition]?
    }

    init(_ name: String, _ names: [String]) {
        metadata = ObjectMeta(name: name)
        spec = Spec(names: names)
    }
}

/// The example controller as a process.
enum Greeter {
    static func start(kubeconfig: String, identity: String, leaseSeconds: Int? = nil) async throws -> ChildProgram {
        try await ChildProgram.start(
            BuiltProgram.path("greeter-controller"),
            [
                "--kubeconfig", kubeconfig, "--metrics-listen", "127.0.0.1:0", "--identity", identity,
            ] + (leaseSeconds.map { ["--leader-elect", "--lease-seconds", "\($0)"] } ?? []))
    }

    /// Runs `body` with the kubeconfig of a cluster: the one under test, or one of its own.
    static func onCluster(
        _ body: @escaping @Sendable (_ kubeconfig: String, _ client: KubernetesClient) async throws -> Void
    ) async throws {
        guard let path = ProcessInfo.processInfo.environment["KUBECONFIG_UNDER_TEST"], !path.isEmpty else {
            return try await TestCluster.run { try await body($0.kubeconfig, $0.kubernetes) }
        }
        let configuration = try ClientConfiguration.load(path: path, environment: [:])
        let transport = CurlTransport(configuration.connection)
        defer { transport.shutdown() }
        try await body(path, KubernetesClient(configuration, transport: transport))
    }
}
