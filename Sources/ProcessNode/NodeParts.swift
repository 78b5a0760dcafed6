internal import ControllerRuntime
internal import KubernetesClient
internal import KubernetesModel
internal import Logging

/// What a process node is made of while it serves.
struct NodeParts: Sendable {
    let pods: Informer<Pod>
    let services: Informer<Service>
    let slices: Informer<EndpointSlice>
    let events: EventRecorder
    let manager: PodManager
    let proxy: ServiceProxy
    let usage: UsageSampler
    let capacity: [String: Quantity]
    let directory: String

    init(
        _ configuration: ProcessNode.Configuration, client: KubernetesClient, directory: NodeDirectory,
        driver: any ContainerDriver, machine: Machine
    ) {
        let logger = configuration.logger
        self.directory = directory.root
        pods = Informer(client: client, fieldSelector: "spec.nodeName=\(configuration.name)")
        services = Informer(client: client)
        slices = Informer(client: client)
        let events = EventRecorder(
            client: client, controller: "kubelet", instance: configuration.name, form: .core, logger: logger)
        self.events = events
        let maxPods = min(configuration.maxPods, configuration.podAddresses.capacity)
        capacity = machine.capacity(pods: maxPods)
        let context = NodeContext(
            nodeName: configuration.name, address: configuration.address, allocatable: capacity,
            api: KubernetesNodeAPI(client: client), driver: driver, images: configuration.images,
            baseEnvironment: configuration.baseEnvironment, directory: directory,
            backoff: configuration.restartBackoff, volumeRefresh: .seconds(configuration.volumeRefreshSeconds),
            maxLogBytes: configuration.maxLogBytes, time: .continuous, logger: logger,
            services: { [store = services.store] namespace in store.list(namespace: namespace) },
            apiService: { [store = services.store, url = client.configuration.server] in
                ServiceEnvironment.apiServer(store.get(ServiceEnvironment.apiServerKey), at: url)
            },
            tell: { event, pod in
                var reference = pod.objectReference
                reference.fieldPath = event.container.map { "spec.containers{\($0)}" }
                events.record(
                    event.isWarning ? .warning : .normal, reason: event.reason, note: event.note, on: reference)
            })
        let manager = PodManager(
            node: context, addresses: PodAddresses(configuration.podAddresses), maxPods: maxPods, store: pods.store)
        self.manager = manager
        usage = UsageSampler(nodeName: configuration.name, time: .continuous) { manager.runningContainers() }
        pods.onChange { manager.handle($0) }
        let changed = Signal()
        services.onChange { _ in changed.raise() }
        slices.onChange { _ in changed.raise() }
        proxy = ServiceProxy(
            nodeName: configuration.name, services: services.store, slices: slices.store, changed: changed,
            time: .continuous
        ) { address, reason in
            logger.warning("the Service at \(address) cannot be reached: \(reason)")
        }
    }
}
