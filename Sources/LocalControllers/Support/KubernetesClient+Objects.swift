import KubernetesClient
import KubernetesModel
import StructuredData

extension KubernetesClient {
    /// The object as the server has it now; `nil` where there is none of that name.
    func get(_ type: DynamicObject.Type, _ key: ObjectKey, of resource: ResourceType) async throws -> DynamicObject? {
        do {
            return DynamicObject(
                try await get(resource, key.name, namespace: resource.namespaced ? key.namespace : nil))
        } catch let status as KubernetesStatus where status.isNotFound {
            return nil
        }
    }

    /// Changes an object, in exactly this version of it where one is given; `nil` where it is gone.
    func change(
        _ resource: ResourceType, _ key: ObjectKey, uid: String?, resourceVersion: String? = nil, _ body: JSON,
        subresource: String? = nil
    ) async throws -> JSON? {
        var body = body
        var metadata = body["metadata"] ?? [:]
        if let uid { metadata["uid"] = .string(uid) }
        if let resourceVersion { metadata["resourceVersion"] = .string(resourceVersion) }
        body["metadata"] = metadata
        do {
            return try await patch(
                resource, key.name, namespace: resource.namespaced ? key.namespace : nil, patch: .merge(body),
                subresource: subresource)
        } catch let status as KubernetesStatus where status.isNotFound {
            return nil
        }
    }

    func setOwnerReferences(
        _ references: [OwnerReference], of resource: ResourceType, _ key: ObjectKey, uid: String?,
        resourceVersion: String?
    ) async throws -> JSON? {
        let list: JSON = references.isEmpty ? .null : try JSON(encoding: references)
        return try await change(
            resource, key, uid: uid, resourceVersion: resourceVersion, ["metadata": ["ownerReferences": list]])
    }

    /// Sets conditions in an object's status, by type, leaving the others as they are; `nil` where the object is gone.
    func setConditions(_ conditions: [JSON], of resource: ResourceType, _ key: ObjectKey, uid: String?) async throws
        -> JSON?
    {
        var metadata: JSON = [:]
        if let uid { metadata["uid"] = .string(uid) }
        do {
            return try await patch(
                resource, key.name, namespace: resource.namespaced ? key.namespace : nil,
                patch: .strategic(["metadata": metadata, "status": ["conditions": .array(conditions)]]),
                subresource: "status")
        } catch let status as KubernetesStatus where status.isNotFound {
            return nil
        }
    }

    /// Deletes an object if it is the one meant; what is gone, or has been replaced by another, is no error.
    /// - Parameter resourceVersion: another version of the object is a conflict, which is thrown.
    func remove(
        _ resource: ResourceType, _ key: ObjectKey, uid: String, resourceVersion: String? = nil,
        propagation: DeleteOptions.Propagation? = nil, gracePeriodSeconds: Int? = nil
    ) async throws {
        do {
            try await delete(
                resource, key.name, namespace: resource.namespaced ? key.namespace : nil,
                options: DeleteOptions(
                    uid: uid, resourceVersion: resourceVersion, propagation: propagation,
                    gracePeriodSeconds: gracePeriodSeconds))
        } catch let status as KubernetesStatus where status.isNotFound {
            return
        } catch let status as KubernetesStatus where status.isConflict && resourceVersion == nil {
            return
        }
    }
}

extension DynamicObject {
    var isDeleting: Bool { deletionTimestamp != nil }
}
