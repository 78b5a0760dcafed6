import ControllerRuntime
import KubernetesClient
import KubernetesModel
import Logging
import StructuredData

/// Keeps the endpoint slices of Services that select pods.
///
/// Flow: once the cache shows our own writes, `EndpointPlan` says which slices are missing, wrong or too many, and they are
/// written. Guarantees: a slice is changed in the version that the plan was made for; slices of other managers, and Services
/// without a selector, are left alone. A slice goes with its Service by its owner reference.
struct EndpointReconciler: Reconciler {
    private let client: KubernetesClient
    private let services: Store<Service>
    private let slices: Store<EndpointSlice>
    private let pods: Store<Pod>
    private let barrier: WriteBarrier<EndpointSlice>

    init(
        client: KubernetesClient, services: Store<Service>, slices: Store<EndpointSlice>, pods: Store<Pod>,
        time: TimeSource
    ) {
        self.client = client
        self.services = services
        self.slices = slices
        self.pods = pods
        barrier = WriteBarrier(time: time)
    }

    /// Slices by the name of their Service.
    static let serviceIndex = "service"
    static let managedSelector = "\(EndpointPlan.managerLabel)=\(EndpointPlan.manager)"

    static func value(_ key: ObjectKey) -> String { "\(key.namespace)/\(key.name)" }

    /// The Service that a slice belongs to.
    static func service(of slice: EndpointSlice) -> ObjectKey? {
        slice.metadata.labels?[EndpointPlan.serviceLabel].map {
            ObjectKey(namespace: slice.metadata.namespace ?? "", name: $0)
        }
    }

    func reconcile(_ key: ObjectKey) async throws -> ReconcileResult {
        guard let service = services.get(key), service.selectsPods else {
            barrier.forget(key)
            return .done
        }
        guard !barrier.isBehind(key, store: slices) else { return .requeue(after: .seconds(1)) }
        let selected = pods.list(namespace: key.namespace) { service.selects($0) }
        let present = slices.byIndex(Self.serviceIndex, Self.value(key))
        let plan = EndpointPlan(service, pods: selected, slices: present)
        for slice in plan.writes { try await write(slice, for: key) }
        for slice in plan.removals {
            try await client.remove(
                EndpointSlice.resource, slice.key, uid: slice.metadata.uid ?? "",
                resourceVersion: slice.metadata.resourceVersion)
            barrier.deleted(slice, for: key)
        }
        return .done
    }

    private func write(_ slice: EndpointSlice, for key: ObjectKey) async throws {
        guard slice.metadata.name != nil else {
            do {
                barrier.wrote(try await client.create(slice), for: key)
            } catch let status as KubernetesStatus where status.isForbidden || status.isNotFound {
                // The namespace goes.
            }
            return
        }
        barrier.wrote(try await client.replace(slice), for: key)
    }
}
