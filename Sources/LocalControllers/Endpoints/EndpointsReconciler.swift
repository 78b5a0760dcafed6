import ControllerRuntime
import KubernetesClient
import KubernetesModel

/// Keeps the Endpoints of Services that select pods, for clients that do not know slices; where the server serves that kind.
///
/// Flow: once the cache shows our own writes, the object is written where it differs from `EndpointsPlan`. Guarantees: it is
/// changed in the version that the plan was made for; those of Services without a selector are their owners'. Those that this
/// controller made go with their Service.
struct EndpointsReconciler: Reconciler {
    private let client: KubernetesClient
    private let services: Store<Service>
    private let pods: Store<Pod>
    private let endpoints: Informer<Endpoints>
    private let barrier: WriteBarrier<Endpoints>

    /// - Parameter endpoints: run only where the kind is served; until it has synced nothing is done.
    init(
        client: KubernetesClient, services: Store<Service>, pods: Store<Pod>, endpoints: Informer<Endpoints>,
        time: TimeSource
    ) {
        self.client = client
        self.services = services
        self.pods = pods
        self.endpoints = endpoints
        barrier = WriteBarrier(time: time)
    }

    func reconcile(_ key: ObjectKey) async throws -> ReconcileResult {
        guard endpoints.hasSynced else { return .done }
        let present = endpoints.store.get(key)
        guard let service = services.get(key) else {
            barrier.forget(key)
            guard let present, present.metadata.labels?[EndpointsPlan.managerLabel] == EndpointsPlan.manager else {
                return .done
            }
            try await client.remove(Endpoints.resource, key, uid: present.metadata.uid ?? "")
            return .done
        }
        guard service.selectsPods else { return .done }
        guard !barrier.isBehind(key, store: endpoints.store) else { return .requeue(after: .seconds(1)) }
        let selected = pods.list(namespace: key.namespace) { service.selects($0) }
        let wanted = EndpointsPlan.endpoints(service, pods: selected, present: present)
        guard wanted != present else { return .done }
        guard present != nil else {
            do {
                barrier.wrote(try await client.create(wanted), for: key)
            } catch let status as KubernetesStatus where status.isForbidden || status.isNotFound {
                // The namespace goes.
            }
            return .done
        }
        barrier.wrote(try await client.replace(wanted), for: key)
        return .done
    }
}
