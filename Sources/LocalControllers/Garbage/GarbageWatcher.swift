import ControllerRuntime
import KubernetesClient
import KubernetesModel
import Logging
import Synchronization

/// Watches every kind that owns or is owned: the built-in ones, and each custom resource for as long as it is defined.
///
/// Flow: whenever definitions come or go, watches are begun and ended. Guarantees: the end of a definition is the end of its
/// objects, which their dependents hear of.
struct GarbageWatcher: Sendable {
    /// Built-in kinds that are watched for this alone; those that other controllers watch anyway are not among them.
    static let builtIn: [ResourceType] = [
        ConfigMap.resource, Secret.resource, ServiceAccount.resource, NetworkPolicy.resource, EndpointSlice.resource,
        Lease.resource,
    ]

    private let client: KubernetesClient
    private let definitions: Informer<CustomResourceDefinition>
    private let graph: SharedGarbageGraph
    private let time: TimeSource
    private let logger: Logger
    private let changed = Signal()

    init(
        client: KubernetesClient, definitions: Informer<CustomResourceDefinition>, graph: SharedGarbageGraph,
        time: TimeSource, logger: Logger
    ) {
        self.client = client
        self.definitions = definitions
        self.graph = graph
        self.time = time
        self.logger = logger
        definitions.onChange { [changed] _ in changed.raise() }
    }

    /// Runs until cancelled.
    func run() async throws {
        try await definitions.waitUntilSynced()
        await withTaskGroup(of: Void.self) { group in
            for resource in Self.builtIn { group.addTask { await follow(resource, until: Signal()) } }
            var running: [ResourceType: Signal] = [:]
            while !Task.isCancelled {
                let wanted = Set(definitions.store.list().compactMap(\.servedResource))
                for (resource, stop) in running where !wanted.contains(resource) {
                    stop.raise()
                    running[resource] = nil
                    logger.debug("\(resource.qualifiedPlural) is watched no more")
                    let isUndefined = !wanted.contains { $0.group == resource.group && $0.kind == resource.kind }
                    if isUndefined { graph.change { $0.retain([], group: resource.group, kind: resource.kind) } }
                }
                for resource in wanted where running[resource] == nil {
                    let stop = Signal()
                    running[resource] = stop
                    logger.debug("\(resource.qualifiedPlural) is watched")
                    group.addTask { await follow(resource, until: stop) }
                }
                await changed.wait()
            }
            group.cancelAll()
        }
    }

    private func follow(_ resource: ResourceType, until stop: Signal) async {
        let listWatch = GarbageListWatch(client: client, resource: resource, logger: logger)
        let informer = Informer<GarbageListWatch.Entry>(
            name: resource.plural, listWatches: ["": listWatch], time: time, logger: logger)
        graph.follow(informer)
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                // It tries again whatever fails, and ends only when it is cancelled.
                try? await informer.run()
            }
            group.addTask {
                await stop.wait()
            }
            group.addTask {
                guard (try? await informer.waitUntilSynced()) != nil else { return }
                // What went while another version of the kind was watched was not seen to go.
                let present = Set(informer.store.list().map(\.item.uid))
                graph.change { $0.retain(present, group: resource.group, kind: resource.kind) }
                await Signal().wait()
            }
            await group.next()
            group.cancelAll()
        }
    }
}

extension CustomResourceDefinition {
    /// The kind in the version in which it is stored, or else in the first that is served; `nil` where it is not served (yet).
    var servedResource: ResourceType? {
        // A definition that is being deleted still has objects, until it is gone.
        guard status?.conditions?["Established"]?.isTrue == true else { return nil }
        let served = spec.versions.filter(\.served)
        guard let version = served.first(where: \.storage) ?? served.first else { return nil }
        return ResourceType(
            group: spec.group, version: version.name, kind: spec.names.kind, plural: spec.names.plural,
            namespaced: spec.scope == "Namespaced")
    }
}
