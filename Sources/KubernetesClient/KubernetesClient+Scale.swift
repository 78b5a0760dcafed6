public import KubernetesModel
internal import StructuredData

// The `scale` subresource, which is the same object for every kind that has replicas.
extension KubernetesClient {
    public func scale(_ resource: ResourceType, _ name: String, namespace: String? = nil) async throws -> Scale {
        try Self.typed(await get(resource, name, namespace: namespace, subresource: "scale"), Scale.self)
    }

    /// Writes a scale that was read before; its resourceVersion makes a change in between a conflict.
    public func replaceScale(
        _ resource: ResourceType, _ scale: Scale, options: WriteOptions = WriteOptions()
    ) async throws -> Scale {
        try Self.typed(
            await replace(resource, Self.json(scale), subresource: "scale", options: options), Scale.self)
    }

    public func patchScale(
        _ resource: ResourceType,
        _ name: String,
        namespace: String? = nil,
        patch: Patch,
        options: WriteOptions = WriteOptions()
    ) async throws -> Scale {
        try Self.typed(
            await self.patch(
                resource, name, namespace: namespace, patch: patch, subresource: "scale", options: options), Scale.self)
    }

    /// Sets the number of replicas, whatever it is now.
    public func scale(
        _ resource: ResourceType,
        _ name: String,
        namespace: String? = nil,
        replicas: Int,
        options: WriteOptions = WriteOptions()
    ) async throws -> Scale {
        try await patchScale(
            resource, name, namespace: namespace, patch: .merge(["spec": ["replicas": JSON(replicas)]]),
            options: options)
    }
}
