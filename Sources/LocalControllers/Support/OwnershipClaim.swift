import ControllerRuntime
import KubernetesClient
import KubernetesModel
import StructuredData

/// Which objects an owner with a selector controls: those it has, those it takes, those it lets go.
struct OwnershipClaim<Object: KubernetesResource> {
    var kept: [Object] = []
    /// Match the selector and have no controller.
    var adopted: [Object] = []
    /// Are the owner's, but match its selector no more.
    var released: [Object] = []

    init(owner: ObjectMeta, selector: LabelSelectorExpression, candidates: [Object]) {
        let isOwnerDeleting = owner.deletionTimestamp != nil
        for candidate in candidates {
            let metadata = candidate.metadata
            let matches = selector.matches(metadata.labels)
            if let controller = metadata.controllerReference {
                guard controller.uid == owner.uid else { continue }
                if matches {
                    kept.append(candidate)
                } else if !isOwnerDeleting {
                    released.append(candidate)
                }
            } else if matches, !isOwnerDeleting, metadata.deletionTimestamp == nil {
                adopted.append(candidate)
            }
        }
    }
}

extension OwnershipClaim {
    /// Carries the claim out for `owner`, and returns what it controls then.
    func settle(
        for owner: some KubernetesResource, client: KubernetesClient, barrier: WriteBarrier<Object>
    ) async throws -> [Object] {
        for object in released {
            let rest = (object.metadata.ownerReferences ?? []).filter { $0.uid != owner.metadata.uid }
            try await write(rest, to: object, owner: owner, client, barrier)
        }
        guard !adopted.isEmpty, let reference = owner.ownerReference() else { return kept }
        // The cache may not know yet that the owner is being deleted or has been replaced by another of its name.
        let live = try await client.get(Owner.self, owner.key, of: type(of: owner).resource)
        guard let live, live.uid == owner.metadata.uid, !live.isDeleting else { return kept }
        var owned = kept
        for object in adopted {
            let references = (object.metadata.ownerReferences ?? []) + [reference]
            if try await write(references, to: object, owner: owner, client, barrier) { owned.append(object) }
        }
        return owned
    }

    @discardableResult
    private func write(
        _ references: [OwnerReference], to object: Object, owner: some KubernetesResource, _ client: KubernetesClient,
        _ barrier: WriteBarrier<Object>
    ) async throws -> Bool {
        let written = try await client.setOwnerReferences(
            references, of: Object.resource, object.key, uid: object.metadata.uid,
            resourceVersion: object.metadata.resourceVersion)
        guard let written else { return false }
        barrier.wrote(try written.decode(Object.self), for: owner.key)
        return true
    }

    private typealias Owner = DynamicObject
}
