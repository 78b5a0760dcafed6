public import KubernetesModel
internal import StructuredData

extension KubernetesClient {
    public func get<R: KubernetesResource>(
        _ type: R.Type, _ name: String, namespace: String? = nil
    ) async throws -> R {
        try Self.typed(await get(R.resource, name, namespace: namespace), type)
    }

    /// The objects of one namespace, or of all (`nil`); pages are followed.
    public func list<R: KubernetesResource>(
        _ type: R.Type, namespace: String? = nil, options: ListOptions = ListOptions()
    ) async throws -> ResourceList<R> {
        try await list(R.resource, namespace: namespace, options: options) { try typed($0, type) }
    }

    /// - Returns: The object as stored, with what the server filled in.
    public func create<R: KubernetesResource>(_ object: R, options: WriteOptions = WriteOptions()) async throws -> R {
        try Self.typed(await create(R.resource, Self.json(object), options: options), R.self)
    }

    /// Writes the whole object, or its subresource; fields that `R` does not model are lost. An object that carries a
    /// resourceVersion is only replaced in that version.
    public func replace<R: KubernetesResource>(
        _ object: R, subresource: String? = nil, options: WriteOptions = WriteOptions()
    ) async throws -> R {
        try Self.typed(
            await replace(R.resource, Self.json(object), subresource: subresource, options: options), R.self)
    }

    public func patch<R: KubernetesResource>(
        _ type: R.Type,
        _ name: String,
        namespace: String? = nil,
        patch: Patch,
        subresource: String? = nil,
        options: WriteOptions = WriteOptions()
    ) async throws -> R {
        try Self.typed(
            await self.patch(
                R.resource, name, namespace: namespace, patch: patch, subresource: subresource, options: options), type)
    }

    /// Server-side apply of exactly the fields that `object` holds.
    public func apply<R: KubernetesResource>(
        _ object: R,
        fieldManager: String,
        force: Bool = false,
        subresource: String? = nil,
        options: WriteOptions = WriteOptions()
    ) async throws -> R {
        try Self.typed(
            await apply(
                R.resource, Self.json(object), fieldManager: fieldManager, force: force, subresource: subresource,
                options: options), R.self)
    }

    public func delete<R: KubernetesResource>(
        _ type: R.Type, _ name: String, namespace: String? = nil, options: DeleteOptions = DeleteOptions()
    ) async throws {
        try await delete(R.resource, name, namespace: namespace, options: options)
    }

    /// Deletes the objects of one namespace that the selectors find.
    public func deleteCollection<R: KubernetesResource>(
        _ type: R.Type,
        namespace: String? = nil,
        selecting: ListOptions,
        options: DeleteOptions = DeleteOptions()
    ) async throws {
        try await deleteCollection(R.resource, namespace: namespace, selecting: selecting, options: options)
    }

    /// Reports changes in one namespace, or in all (`nil`), on a connection of its own.
    ///
    /// Returns once the server has accepted the watch. Nothing is retried: what to do when a watch ends is its reader's to know.
    public func watch<R: KubernetesResource>(
        _ type: R.Type, namespace: String? = nil, options: WatchOptions = WatchOptions()
    ) async throws -> WatchStream<R> {
        try await watch(R.resource, namespace: namespace, options: options) { [self] in try typed($0, type) }
    }

    static func json<R: KubernetesResource>(_ object: R) throws -> JSON {
        do {
            return try JSON(encoding: object)
        } catch {
            throw KubernetesClientError(.invalidRequest, "the \(R.resource.kind) cannot be encoded: \(error)")
        }
    }
}
