import ControllerRuntime
import KubernetesClient
import KubernetesModel
import StructuredData
import SwarmAPI

/// Brings the objects that a swarm owns to what is planned.
///
/// Flow: look at all of them; where one is another's, stop before anything is written; apply those that differ; delete those that
/// are not wanted any more. Guarantees: writes under one field manager; the number of replicas is never touched after the first
/// apply; an object is deleted only in the version that was seen to be the swarm's. Caveat: a field that others set on our
/// objects stays theirs.
struct OwnedObjects: Sendable {
    private let client: KubernetesClient
    private let caches: OwnedCaches
    /// The namespaces' `das-gateway-ca`.
    private let authorities: Store<ObjectMeta>
    private let applied = AppliedObjects()

    init(client: KubernetesClient, caches: OwnedCaches, authorities: Store<ObjectMeta>) {
        self.client = client
        self.caches = caches
        self.authorities = authorities
    }

    /// - Parameter isSettled: whether no pod of an earlier form is left.
    /// - Throws: `NameConflict` where a name is taken; then nothing was written.
    func bring(_ swarm: AgentSwarm, to objects: SwarmObjects, isSettled: Bool) async throws {
        guard let uid = swarm.metadata.uid else { return }
        let authoritiesKey = ObjectKey(namespace: swarm.key.namespace, name: SwarmNames.gatewayAuthorities)
        if let metadata = authorities.get(authoritiesKey), !GatewayAuthorities.areOurs(metadata) {
            throw NameConflict(kind: ConfigMap.resource.kind, name: authoritiesKey.name)
        }
        let bodies = objects.bodies
        var found: [OwnedKind: ObjectMeta] = [:]
        for (kind, _) in bodies {
            guard let metadata = try await look(kind, of: swarm.key) else { continue }
            let owner = metadata.controllerReference
            guard owner?.uid == uid else {
                throw NameConflict(
                    kind: kind.rawValue, name: kind.name(swarm: swarm.key.name),
                    isPredecessors: owner?.kind == AgentSwarm.resource.kind && owner?.name == swarm.key.name)
            }
            found[kind] = metadata
        }
        for (kind, body) in bodies
        where !applied.isCurrent(kind.rawValue, of: swarm.key, body, observed: found[kind]) {
            let answer =
                kind == .deployment
                ? try await applyDeployment(body, replacing: found[kind])
                : try await apply(kind, body, replacing: found[kind])
            applied.note(kind.rawValue, of: swarm.key, body, answer: answer)
        }
        let kept = Set(bodies.map(\.kind))
        for kind in OwnedKind.allCases where !kept.contains(kind) {
            // Pods of the earlier form still run under the account, which may also be the one that the user names.
            if kind == .serviceAccount, !isSettled || swarm.serviceAccountName == kind.name(swarm: swarm.key.name) {
                continue
            }
            try await remove(kind, of: swarm.key, uid: uid)
        }
    }

    /// The swarm is gone, and what it owned goes with it.
    func forget(_ swarm: ObjectKey) { applied.forget(swarm) }

    private func key(_ kind: OwnedKind, _ swarm: ObjectKey) -> ObjectKey {
        ObjectKey(namespace: swarm.namespace, name: kind.name(swarm: swarm.name))
    }

    /// What is not in the cache may still be there, without the labels by which it is selected.
    private func look(_ kind: OwnedKind, of swarm: ObjectKey) async throws -> ObjectMeta? {
        let key = key(kind, swarm)
        if let cached = caches.metadata(kind, key) { return cached }
        do {
            return try await client.get(kind.resource, key.name, namespace: key.namespace)["metadata"]?
                .decode(ObjectMeta.self)
        } catch let status as KubernetesStatus where status.isNotFound {
            return nil
        }
    }

    /// The uid keeps an apply from making anew what has gone meanwhile, or from changing what another has made since.
    private func apply(_ kind: OwnedKind, _ body: JSON, replacing old: ObjectMeta?) async throws -> ObjectMeta {
        var body = body
        if let uid = old?.uid { body["metadata"]?["uid"] = .string(uid) }
        let answer = try await client.apply(
            kind.resource, body, namespace: body["metadata"]?["namespace"]?.stringValue,
            fieldManager: SwarmNames.swarmController, force: true)
        return try (answer["metadata"] ?? .null).decode(ObjectMeta.self)
    }

    /// Without an owner the number of replicas would fall back to its default once our apply leaves it out. It becomes the autoscaler's
    /// as it is: where the Deployment has changed meanwhile, the autoscaler may have raised it, and what is thrown is a conflict.
    private func applyDeployment(_ body: JSON, replacing old: ObjectMeta?) async throws -> ObjectMeta {
        guard let old else {
            var first = body
            first["spec"]?["replicas"] = 0
            let made = try await apply(.deployment, first, replacing: nil)
            _ = try await client.apply(
                Deployment.self, Replicas.body(of: made, count: 0, onlyIfUnchanged: true),
                manager: SwarmNames.autoscaler)
            return made
        }
        let live = try await client.keepingManagedFields().get(
            Deployment.self, old.name ?? "", namespace: old.namespace)
        if !Self.autoscalerOwnsReplicas(live) {
            _ = try await client.apply(
                Deployment.self,
                Replicas.body(of: live.metadata, count: live.spec.replicas ?? 0, onlyIfUnchanged: true),
                manager: SwarmNames.autoscaler)
        }
        return try await apply(.deployment, body, replacing: old)
    }

    private static func autoscalerOwnsReplicas(_ deployment: Deployment) -> Bool {
        (deployment.metadata.managedFields?.arrayValue ?? []).contains { entry in
            entry["manager"]?.stringValue == SwarmNames.autoscaler
                && entry["fieldsV1"]?["f:spec"]?["f:replicas"] != nil
        }
    }

    private func remove(_ kind: OwnedKind, of swarm: ObjectKey, uid: String) async throws {
        guard let metadata = caches.metadata(kind, key(kind, swarm)), metadata.controllerReference?.uid == uid,
            metadata.deletionTimestamp == nil
        else { return }
        do {
            _ = try await client.delete(
                kind.resource, metadata.name ?? "", namespace: metadata.namespace,
                options: DeleteOptions(uid: metadata.uid, resourceVersion: metadata.resourceVersion))
        } catch let status as KubernetesStatus where status.isNotFound || status.isConflict {
            // Gone already, or changed: the watch will tell.
        }
    }
}

/// An object of our name that belongs to someone else.
struct NameConflict: Error {
    var kind: String
    var name: String
    /// It is what is left of a swarm of the same name; the cluster removes it.
    var isPredecessors = false
}
