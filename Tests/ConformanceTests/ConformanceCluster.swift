import CurlTransport
import FoundationEssentials
import HTTPTransport
import KubernetesClient
import KubernetesModel
import StructuredData
import TestSupport
import Testing

/// The cluster that the suite runs on: a `das up` of its own, or the one of the kubeconfig that `KUBECONFIG_UNDER_TEST` names.
///
/// It needs an API server and nothing else: no node, no controller. Everything that the suite makes lies in a namespace and in an
/// API group of the run's own, which are deleted at the end; whether that deletion finishes is not waited for.
final class ConformanceCluster: Sendable {
    @TaskLocal static var running: ConformanceCluster?

    static var current: ConformanceCluster {
        get throws { try #require(running, "the suite's cluster runs in the scope of its trait alone") }
    }

    /// In the run's namespace where a call names none.
    let client: KubernetesClient
    let transport: CurlTransport
    let namespace: String
    /// A namespaced kind of the run's own: `spec.size` is an integer of at most 10, `spec.note` a text; with status and scale.
    let widgets: ResourceType
    private let process: ClusterProcess?

    /// - Parameter environment: the proxies on the way to the cluster, and what the kubeconfig's credential plugin needs.
    private init(_ process: ClusterProcess?, kubeconfig: String, environment: [String: String]) throws {
        self.process = process
        var configuration = try ClientConfiguration.load(path: kubeconfig, environment: environment)
        let run = String(UInt32.random(in: .min ... .max), radix: 36)
        namespace = "conformance-\(run)"
        configuration.defaultNamespace = namespace
        transport = CurlTransport(configuration.connection)
        client = KubernetesClient(configuration, transport: transport)
        widgets = ResourceType(
            group: "r\(run).conformance.example.com", version: "v1", kind: "Widget", plural: "widgets",
            namespaced: true)
    }

    static func run(_ body: () async throws -> Void) async throws {
        let environment = ProcessInfo.processInfo.environment
        if let kubeconfig = environment["KUBECONFIG_UNDER_TEST"], !kubeconfig.isEmpty {
            return try await ConformanceCluster(nil, kubeconfig: kubeconfig, environment: environment).use(body)
        }
        let directory = ClusterProcess.newDirectory()
        defer { ClusterProcess.discard(directory) }
        let process = try await ClusterProcess.start(directory)
        try await ConformanceCluster(process, kubeconfig: process.kubeconfig, environment: [:]).use(body)
        #expect(try await process.stop() == 0)
    }

    private func use(_ body: () async throws -> Void) async throws {
        defer { transport.shutdown() }
        do {
            try await prepare()
            try await Self.$running.withValue(self) { try await body() }
        } catch {
            // What was not made cannot be deleted; the first error is the one to tell.
            try? await cleanUp()
            throw error
        }
        try await cleanUp()
    }

    private func prepare() async throws {
        _ = try await client.create(Namespace(metadata: ObjectMeta(name: namespace)))
        let definition = CustomResourceDefinition(
            metadata: ObjectMeta(name: widgets.qualifiedPlural),
            spec: CustomResourceDefinitionSpec(
                group: widgets.group, names: CustomResourceDefinitionNames(plural: "widgets", kind: "Widget"),
                scope: "Namespaced",
                versions: [
                    CustomResourceDefinitionVersion(
                        name: "v1", served: true, storage: true,
                        schema: CustomResourceValidation(openAPIV3Schema: Self.schema),
                        subresources: CustomResourceSubresources(
                            status: [:],
                            scale: CustomResourceSubresourceScale(
                                specReplicasPath: ".spec.replicas", statusReplicasPath: ".status.replicas")))
                ]))
        _ = try await client.create(definition)
        try await waitUntilEstablished()
        try await waitUntilServed(widgets)
    }

    private func waitUntilEstablished() async throws {
        let watch = try await client.watch(
            CustomResourceDefinition.resource,
            options: WatchOptions(fieldSelector: "metadata.name=\(widgets.qualifiedPlural)"))
        for try await event in watch {
            switch event {
            case .added(let object), .modified(let object):
                let conditions = object["status"]?["conditions"]?.arrayValue ?? []
                if conditions.contains(where: { $0["type"] == "Established" && $0["status"] == "True" }) { return }
            case .deleted, .bookmark: continue
            }
        }
        Issue.record("the kind of the run's own was not established before the watch ended")
    }

    /// A real server's handlers and its discovery follow an established kind a little later, and nothing tells when.
    func waitUntilServed(_ kind: ResourceType) async throws {
        while true {
            let isDiscovered = try await client.discover().contains { $0.resource == kind }
            let list = try await client.raw(.get, kind.path(namespace: namespace))
            if isDiscovered && list.isSuccess { return }
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    private static let schema: JSON = [
        "type": "object",
        "properties": [
            "spec": [
                "type": "object",
                "properties": [
                    "size": ["type": "integer", "maximum": 10], "note": ["type": "string"],
                    "replicas": ["type": "integer"],
                ],
            ],
            "status": [
                "type": "object",
                "properties": ["replicas": ["type": "integer"], "phase": ["type": "string"]],
            ],
        ],
    ]

    private func cleanUp() async throws {
        // What holds a finalizer would outlive the namespace.
        for resource in [widgets, ConfigMap.resource] {
            for object in try await client.list(resource, namespace: namespace).items {
                guard let name = object["metadata"]?["name"]?.stringValue,
                    object["metadata"]?["finalizers"] != nil
                else { continue }
                // It may go at this very moment.
                _ = try? await client.patch(
                    resource, name, patch: .merge(["metadata": ["finalizers": nil]]))
            }
        }
        try await client.delete(CustomResourceDefinition.self, widgets.qualifiedPlural)
        // Without a namespace controller its content would stay.
        for resource in [
            ConfigMap.resource, Secret.resource, Lease.resource, Deployment.resource, ServiceAccount.resource,
        ] {
            try await client.deleteCollection(resource, selecting: ListOptions())
        }
        try await client.delete(Namespace.self, namespace)
    }
}

/// Runs a suite, all its suites included, on one cluster.
struct ClusterScope: SuiteTrait, TestScoping {
    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        try await ConformanceCluster.run(function)
    }
}

/// What any API server does for a client and for controllers.
@Suite("Conformance", ClusterScope(), .timeLimit(.minutes(2)))
enum Conformance {}
