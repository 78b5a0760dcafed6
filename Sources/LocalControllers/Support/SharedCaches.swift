import ControllerRuntime
import KubernetesClient
import KubernetesModel

/// The caches that several controllers read, so that each kind is watched once.
final class SharedCaches: Sendable {
    /// Pods by the node they are bound to.
    static let nodeIndex = "node"
    /// Pods that wait for a node, all under the empty value.
    static let unscheduledIndex = "unscheduled"
    /// Objects that no controller owns, by namespace.
    static let orphanIndex = "orphan"

    /// Pods that a job's finalizer keeps, by `jobValue` of the job.
    static let jobIndex = "job"

    let deployments: Informer<Templated<Deployment>>
    let replicaSets: Informer<Templated<ReplicaSet>>
    let replicationControllers: Informer<Templated<ReplicationController>>
    let jobs: Informer<Templated<Job>>
    let cronJobs: Informer<CronJob>
    let pods: Informer<Pod>
    let services: Informer<Service>
    let nodes: Informer<Node>
    let namespaces: Informer<Namespace>
    let budgets: Informer<PodDisruptionBudget>

    init(client: KubernetesClient, manager: ControllerManager) {
        deployments = manager.add(
            Informer(client: client, namespaces: [], transform: { $0.dropTypedTemplate() }))
        replicaSets = manager.add(
            Informer(client: client, namespaces: [], transform: { $0.dropTypedTemplate() }))
        replicationControllers = manager.add(
            Informer(client: client, namespaces: [], transform: { $0.dropTypedTemplate() }))
        jobs = manager.add(
            Informer(client: client, namespaces: [], transform: { $0.dropTypedTemplate() }))
        cronJobs = manager.add(
            Informer(client: client, namespaces: [], transform: { $0.metadata.managedFields = nil }))
        pods = manager.add(Informer(client: client, namespaces: [], transform: Self.trim))
        services = manager.add(Informer(client: client))
        nodes = manager.add(Informer(client: client))
        namespaces = manager.add(Informer(client: client))
        budgets = manager.add(Informer(client: client))
        replicaSets.store.addIndex(Self.orphanIndex) { Self.orphanValues($0.metadata) }
        Self.addIndexes(to: pods.store)
    }

    static func addIndexes(to pods: Store<Pod>) {
        pods.addIndex(orphanIndex) { orphanValues($0.metadata) }
        pods.addIndex(nodeIndex) { $0.spec.nodeName.map { [$0] } ?? [] }
        pods.addIndex(jobIndex) { pod in
            pod.isTrackedByJob ? pod.trackingJob.map { [jobValue($0)] } ?? [] : []
        }
        pods.addIndex(unscheduledIndex) { SchedulingReconciler.awaits($0) ? [""] : [] }
    }

    static func jobValue(_ key: ObjectKey) -> String { "\(key.namespace)/\(key.name)" }

    /// Most of a pod is what runs in it. Of that, only images, ports and resources are read here.
    static func trim(_ pod: inout Pod) {
        pod.metadata.managedFields = nil
        pod.spec.containers = pod.spec.containers.map(trimmed)
        pod.spec.initContainers = pod.spec.initContainers?.map(trimmed)
        pod.spec.volumes = nil
    }

    private static func trimmed(_ container: Container) -> Container {
        var kept = Container(name: container.name)
        kept.image = container.image
        kept.ports = container.ports
        kept.resources = container.resources
        kept.restartPolicy = container.restartPolicy
        return kept
    }

    static func orphanValues(_ metadata: ObjectMeta) -> [String] {
        metadata.controllerReference == nil ? [metadata.namespace ?? ""] : []
    }

    /// The deployment behind a pod, where its strategy makes it wait for its pods' ends.
    func recreatingDeployment(of pod: Pod) -> ObjectKey? {
        let namespace = pod.metadata.namespace ?? ""
        guard let reference = pod.metadata.controllerReference, reference.kind == ReplicaSet.resource.kind,
            let set = replicaSets.store.get(ObjectKey(namespace: namespace, name: reference.name)),
            let owner = set.metadata.controllerReference, owner.kind == Deployment.resource.kind
        else { return nil }
        let key = ObjectKey(namespace: namespace, name: owner.name)
        return deployments.store.get(key)?.object.spec.strategy?.type == "Recreate" ? key : nil
    }
}

extension Store where Object: KubernetesResource {
    /// The objects of the same namespace whose selector takes an object with this metadata.
    func selecting(_ metadata: ObjectMeta, by selector: (Object) -> LabelSelector) -> [ObjectKey] {
        guard metadata.controllerReference == nil else { return [] }
        return list(namespace: metadata.namespace ?? "") { selector($0).matches(metadata.labels) }.map(\.key)
    }
}

extension Predicate where Object: KubernetesResource {
    /// Changes of objects that no controller owns.
    static var orphaned: Predicate { Predicate { $0.object.metadata.controllerReference == nil } }

    static var removed: Predicate { Predicate { if case .deleted = $0 { true } else { false } } }
}
