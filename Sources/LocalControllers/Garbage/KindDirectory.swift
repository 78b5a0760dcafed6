import ControllerRuntime
import KubernetesClient
import KubernetesModel
import Synchronization

/// Finds the resource of a kind that an owner reference names.
final class KindDirectory: Sendable {
    private struct Discovered {
        var resources: [ResourceType] = []
        var at: Duration?
    }

    /// How long the answer that a kind does not exist holds.
    static let refreshPeriod = Duration.seconds(10)

    private static let builtIn: [ResourceType] =
        GarbageWatcher.builtIn + [
            Deployment.resource, ReplicaSet.resource, ReplicationController.resource, Job.resource, CronJob.resource,
            Pod.resource, Service.resource, PodDisruptionBudget.resource, Node.resource,
            Namespace.resource,
            CustomResourceDefinition.resource,
        ]

    private let client: KubernetesClient
    private let definitions: Store<CustomResourceDefinition>
    private let time: TimeSource
    private let discovered = Mutex(Discovered())

    init(client: KubernetesClient, definitions: Store<CustomResourceDefinition>, time: TimeSource) {
        self.client = client
        self.definitions = definitions
        self.time = time
    }

    /// The resource of the kind, in the version that the reference names or else in another; `nil` where the server has none.
    func resource(apiVersion: String, kind: String) async throws -> ResourceType? {
        let defined = definitions.list().compactMap(\.servedResource)
        if let found = Self.find(apiVersion, kind, in: Self.builtIn + defined) { return found }
        let now = time.now
        let known = discovered.withLock { discovered in
            discovered.at.map { now - $0 < Self.refreshPeriod } == true ? discovered.resources : nil
        }
        if let known { return Self.find(apiVersion, kind, in: known) }
        let resources = try await client.discover().map(\.resource)
        discovered.withLock { $0 = Discovered(resources: resources, at: now) }
        return Self.find(apiVersion, kind, in: resources)
    }

    static func find(_ apiVersion: String, _ kind: String, in resources: [ResourceType]) -> ResourceType? {
        let group = apiVersion.contains("/") ? String(apiVersion.prefix { $0 != "/" }) : ""
        let candidates = resources.filter { $0.kind == kind && $0.group == group }
        return candidates.first { $0.apiVersion == apiVersion } ?? candidates.first
    }
}
