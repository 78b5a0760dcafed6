public import KubernetesClient
public import KubernetesModel
internal import StructuredData

extension KubernetesClient {
    /// Applies the status of `object` (server-side apply on `/status`): fields that this manager set before and that `status` no
    /// longer has, go. The UID makes sure that an object made anew under the same name does not get the old one's status.
    /// - Throws: as `apply`; `KubernetesStatus` 404 or 409 where the object is gone or another.
    public func applyStatus<Object: KubernetesResource>(
        _ status: some Encodable, of object: Object, fieldManager: String
    ) async throws {
        var identity: JSON = ["name": .string(object.metadata.name ?? "")]
        if let namespace = object.metadata.namespace { identity["namespace"] = .string(namespace) }
        if let uid = object.metadata.uid { identity["uid"] = .string(uid) }
        _ = try await apply(
            Object.resource, ["metadata": identity, "status": try JSON(encoding: status)],
            namespace: object.metadata.namespace, fieldManager: fieldManager, force: true, subresource: "status")
    }
}
