import CertificateStore
import CurlTransport
import FoundationEssentials
import KubernetesClient
import KubernetesModel
import LocalCluster
import Logging
import ServiceLifecycle
import StructuredData
import TestSupport
import Testing

/// API server, controllers and nodes of a test's own, in this process, over HTTPS and with real processes as pods.
struct RunningCluster: Sendable {
    static let namespace = "default"

    let directory: String
    let client: KubernetesClient
    let kubeconfig: String

    /// Runs `body` on a cluster that answers, then ends it and checks that no process is left.
    /// - Parameter images: executables by image name, besides `shell`, which is `/bin/sh`.
    static func run(
        images: [String: String] = [:], configure: (inout LocalClusterConfiguration) -> Void = { _ in },
        _ body: @escaping @Sendable (RunningCluster) async throws -> Void
    ) async throws {
        let directory = ClusterProcess.newDirectory()
        defer { ClusterProcess.discard(directory) }
        var configuration = LocalClusterConfiguration(
            dataDirectory: try DataDirectory(directory), images: images.merging(["shell": "/bin/sh"]) { own, _ in own })
        configure(&configuration)
        let cluster = try LocalCluster(configuration)
        var logger = Logger(label: "cluster")
        logger.logLevel = .error
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(services: cluster.services, logger: logger))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            tasks.addTask {
                let kubeconfig = try await cluster.writeKubeconfig()
                let client = try await cluster.clientConfiguration(
                    token: cluster.credentials.administrator, userAgent: "tests")
                let transport = CurlTransport(client.connection)
                defer { transport.shutdown() }
                let running = RunningCluster(
                    directory: directory, client: KubernetesClient(client, transport: transport),
                    kubeconfig: kubeconfig)
                do {
                    try await body(running)
                } catch {
                    // A test whose time is over is cancelled; what there is then is to be seen all the same.
                    let state = await Task { await running.state() }.value
                    Issue.record("\(error)\n\(state)")
                }
                await group.triggerGracefulShutdown()
            }
            try await tasks.waitForAll()
        }
        #expect(ProcessTable.holding(directory).filter { $0.environment["DAS_NODE_ROOT"] != nil }.isEmpty)
    }

    /// What a person would look at first.
    private func state() async -> String {
        let looks = [["get", "nodes,pods,jobs,services", "-A", "-o", "wide"], ["get", "events", "-A"]]
        var text = ""
        for arguments in looks {
            text += (try? await ChildProgram.run(Self.kubectl, arguments, environment: environment))?.text ?? ""
        }
        return text
    }
}

extension RunningCluster {
    private static let kubectl = "\(Checkout.root)/.cache/tools/kubectl"
    private static let helm = "\(Checkout.root)/.cache/tools/helm"

    private var environment: [String: String] {
        [
            "KUBECONFIG": kubeconfig, "HOME": directory, "HELM_CACHE_HOME": "\(directory)/helm",
            "HELM_CONFIG_HOME": "\(directory)/helm", "HELM_DATA_HOME": "\(directory)/helm",
        ]
    }

    @discardableResult
    func kubectl(
        _ arguments: String..., input: String = "", expecting expected: Int32 = 0,
        location: SourceLocation = #_sourceLocation
    ) async throws -> String {
        try await run(Self.kubectl, arguments, input, expected, location)
    }

    @discardableResult
    func helm(_ arguments: String..., location: SourceLocation = #_sourceLocation) async throws -> String {
        try await run(Self.helm, arguments, "", 0, location)
    }

    private func run(
        _ program: String, _ arguments: [String], _ input: String, _ expected: Int32, _ location: SourceLocation
    ) async throws -> String {
        let outcome = try await ChildProgram.run(program, arguments, environment: environment, input: input)
        #expect(
            outcome.code == expected, "\(program) \(arguments.joined(separator: " ")): \(outcome.text)",
            sourceLocation: location)
        return outcome.text
    }

    /// Waits until an object fulfils the condition, by watching.
    @discardableResult
    func object<R: KubernetesResource>(
        _ type: R.Type, _ name: String, until isFulfilled: @escaping @Sendable (R) -> Bool
    ) async throws -> R {
        try await client.objects(
            type, namespace: Self.namespace, fieldSelector: "metadata.name=\(name)"
        ) { $0.first(where: isFulfilled) }
    }

    /// Waits until the objects with these labels give a value.
    @discardableResult
    func objects<R: KubernetesResource, Value: Sendable>(
        _ type: R.Type, labelSelector: String? = nil, until value: @escaping @Sendable ([R]) -> Value?
    ) async throws -> Value {
        try await client.objects(type, namespace: Self.namespace, labelSelector: labelSelector, until: value)
    }

    func create<R: KubernetesResource>(_ object: R) async throws -> R {
        var object = object
        object.metadata.namespace = Self.namespace
        return try await client.create(object)
    }
}
