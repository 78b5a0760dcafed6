import ControllerRuntime
import KubernetesClient
import KubernetesModel
import SwarmAPI

/// The watches of what swarms own beside their Deployments, and of the namespaces' `das-gateway-ca`: metadata alone.
struct OwnedInformers {
    let authorities: Informer<ObjectMeta>
    private let owned: [OwnedKind: Informer<ObjectMeta>]

    init(client: KubernetesClient, namespaces: [String]) {
        func informer<Source: KubernetesResource>(_ source: Source.Type) -> Informer<ObjectMeta> {
            Informer(
                metadataOf: source, client: client, namespaces: namespaces, labelSelector: SwarmObjects.agentsSelector)
        }
        owned = [
            .serviceAccount: informer(ServiceAccount.self), .disruptionBudget: informer(PodDisruptionBudget.self),
            .networkPolicy: informer(NetworkPolicy.self),
        ]
        // By name rather than by label: someone else's must be seen as well.
        authorities = Informer(
            metadataOf: ConfigMap.self, client: client, namespaces: namespaces,
            fieldSelector: "metadata.name=\(SwarmNames.gatewayAuthorities)")
    }

    func caches(with deployments: Store<Deployment>) -> OwnedCaches {
        OwnedCaches(deployments: deployments, others: owned.mapValues(\.store))
    }

    func wake(_ swarmController: Controller, _ authoritiesController: Controller, swarms: Informer<AgentSwarm>) {
        for informer in owned.values {
            swarmController.watches(informer) { metadata in
                guard let owner = metadata.controllerReference, owner.kind == AgentSwarm.resource.kind else {
                    return []
                }
                return [ObjectKey(namespace: metadata.namespace ?? "", name: owner.name)]
            }
        }
        authoritiesController.watches(authorities) { [GatewayAuthoritiesReconciler.key($0.namespace ?? "")] }
        authoritiesController.watches(swarms, predicate: .generationChanged) {
            [GatewayAuthoritiesReconciler.key($0.metadata.namespace ?? "")]
        }
        // The name is taken, or free again.
        swarmController.watches(authorities, predicate: .updates { $0.labels != $1.labels }) {
            [store = swarms.store] metadata in store.list(namespace: metadata.namespace).map(\.key)
        }
    }

    func add(to manager: ControllerManager) {
        for informer in owned.values { manager.add(informer) }
        manager.add(authorities)
    }
}
