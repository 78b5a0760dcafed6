package import ControllerRuntime
package import KubernetesClient
package import KubernetesModel
import StructuredData
package import SwarmAPI

/// Keeps `das-gateway-ca` in each namespace that has swarms, and in no other.
///
/// Flow: swarms of the namespace → apply, or delete with the last. Guarantees: one of someone else's is left alone, and the swarms
/// say so. Assumptions: woken by swarms that come and go, and by the ConfigMap's watch, which also tells of those that were left
/// behind while no operator ran. Caveat: to delete what a swarm that is not in the cache yet would need costs one more apply.
package struct GatewayAuthoritiesReconciler: Reconciler {
    private let client: KubernetesClient
    private let swarms: Store<AgentSwarm>
    private let configMaps: Store<ObjectMeta>
    private let authorities: String
    private let applied = AppliedObjects()

    package init(
        client: KubernetesClient, swarms: Store<AgentSwarm>, configMaps: Store<ObjectMeta>, authorities: String
    ) {
        self.client = client
        self.swarms = swarms
        self.configMaps = configMaps
        self.authorities = authorities
    }

    /// The key that a namespace is reconciled under.
    package static func key(_ namespace: String) -> ObjectKey {
        ObjectKey(namespace: namespace, name: SwarmNames.gatewayAuthorities)
    }

    package func reconcile(_ key: ObjectKey) async throws -> ReconcileResult {
        let existing = configMaps.get(key)
        if let existing, !GatewayAuthorities.areOurs(existing) { return .done }
        let isWanted = !swarms.list(namespace: key.namespace) { $0.metadata.deletionTimestamp == nil }.isEmpty
        do {
            if isWanted {
                try await apply(key, replacing: existing)
            } else if let existing {
                applied.forget(key)
                _ = try await client.delete(
                    ConfigMap.resource, key.name, namespace: key.namespace,
                    options: DeleteOptions(uid: existing.uid, resourceVersion: existing.resourceVersion))
            }
        } catch let status as KubernetesStatus
            where status.isNotFound || status.isConflict || status.isNamespaceTerminating
        {
            // Gone already or changed, which the watch will tell; or it goes with its namespace.
        }
        return .done
    }

    private func apply(_ key: ObjectKey, replacing existing: ObjectMeta?) async throws {
        var body = GatewayAuthorities.body(namespace: key.namespace, authorities: authorities)
        if applied.isCurrent(key.name, of: key, body, observed: existing) { return }
        let desired = body
        if let uid = existing?.uid { body["metadata"]?["uid"] = .string(uid) }
        let answer = try await client.apply(
            ConfigMap.resource, body, namespace: key.namespace, fieldManager: SwarmNames.swarmController, force: true)
        applied.note(key.name, of: key, desired, answer: try (answer["metadata"] ?? .null).decode(ObjectMeta.self))
    }
}

extension KubernetesStatus {
    /// Nothing can be made in the namespace any more, since it goes.
    var isNamespaceTerminating: Bool { !causes("NamespaceTerminating").isEmpty }
}
