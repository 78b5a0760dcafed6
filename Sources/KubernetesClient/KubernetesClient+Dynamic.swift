internal import HTTPTransport
public import KubernetesModel
public import StructuredData

extension KubernetesClient {
    public func get(
        _ resource: ResourceType, _ name: String, namespace: String? = nil, subresource: String? = nil
    ) async throws -> JSON {
        let path = try objectPath(resource, name, namespace, subresource)
        return trimmed(try await json(APICall(.get, path)))
    }

    /// The objects of one namespace, or of all (`nil`); pages are followed. Each object carries its `apiVersion` and `kind`,
    /// also where the server leaves them out of lists.
    public func list(
        _ resource: ResourceType, namespace: String? = nil, options: ListOptions = ListOptions()
    ) async throws -> ResourceList<JSON> {
        try await list(resource, namespace: namespace, options: options) { try tree($0).withType(of: resource) }
    }

    /// Creates `object`, or, where `name` and `subresource` are given, posts it to a subresource (`eviction`, `token`).
    public func create(
        _ resource: ResourceType,
        _ object: JSON,
        namespace: String? = nil,
        name: String? = nil,
        subresource: String? = nil,
        options: WriteOptions = WriteOptions()
    ) async throws -> JSON {
        let path = resource.path(
            namespace: try target(resource, object, namespace), name: name, subresource: subresource)
        var call = APICall(.post, path)
        call.add(options)
        call.setBody(object, contentType: "application/json")
        return trimmed(try await json(call))
    }

    /// Writes the whole object, or its subresource. An object that carries a resourceVersion is only replaced in that version.
    public func replace(
        _ resource: ResourceType,
        _ object: JSON,
        namespace: String? = nil,
        subresource: String? = nil,
        options: WriteOptions = WriteOptions()
    ) async throws -> JSON {
        var call = APICall(.put, try path(of: object, resource, namespace, subresource))
        call.add(options)
        call.setBody(object, contentType: "application/json")
        return trimmed(try await json(call))
    }

    public func patch(
        _ resource: ResourceType,
        _ name: String,
        namespace: String? = nil,
        patch: Patch,
        subresource: String? = nil,
        options: WriteOptions = WriteOptions()
    ) async throws -> JSON {
        var call = APICall(.patch, try objectPath(resource, name, namespace, subresource))
        var options = options
        if case .apply(_, let manager, let force) = patch {
            options.fieldManager = manager
            if force { call.query.add("force", "true") }
        }
        call.add(options)
        call.setBody(patch.body, contentType: patch.contentType)
        return trimmed(try await json(call))
    }

    /// Server-side apply of exactly the fields that `object` holds; its type fields are filled in.
    public func apply(
        _ resource: ResourceType,
        _ object: JSON,
        namespace: String? = nil,
        fieldManager: String,
        force: Bool = false,
        subresource: String? = nil,
        options: WriteOptions = WriteOptions()
    ) async throws -> JSON {
        try await patch(
            resource, try name(of: object, resource), namespace: try target(resource, object, namespace),
            patch: .apply(object.withType(of: resource), fieldManager: fieldManager, force: force),
            subresource: subresource, options: options)
    }

    /// - Returns: What the server answers: a `Status`, or the object where its deletion takes time.
    @discardableResult
    public func delete(
        _ resource: ResourceType, _ name: String, namespace: String? = nil, options: DeleteOptions = DeleteOptions()
    ) async throws -> JSON {
        var call = APICall(.delete, try objectPath(resource, name, namespace, nil))
        call.setBody(options.json, contentType: "application/json")
        return trimmed(try await json(call))
    }

    /// Deletes the objects of one namespace that the selectors find.
    public func deleteCollection(
        _ resource: ResourceType,
        namespace: String? = nil,
        selecting: ListOptions,
        options: DeleteOptions = DeleteOptions()
    ) async throws {
        var call = APICall(.delete, resource.path(namespace: namespace ?? defaultNamespace))
        call.query.add("labelSelector", selecting.labelSelector)
        call.query.add("fieldSelector", selecting.fieldSelector)
        call.setBody(options.json, contentType: "application/json")
        _ = try await json(call)
    }

    /// Reports changes in one namespace, or in all (`nil`), on a connection of its own.
    ///
    /// Returns once the server has accepted the watch. Nothing is retried: what to do when a watch ends is its reader's to know.
    public func watch(
        _ resource: ResourceType, namespace: String? = nil, options: WatchOptions = WatchOptions()
    ) async throws -> WatchStream<JSON> {
        try await watch(resource, namespace: namespace, options: options) { [self] in try tree($0) }
    }

    private func tree(_ value: IndexedJSON.Value) throws -> JSON {
        do {
            return trimmed(try value.json())
        } catch {
            throw KubernetesClientError(.decoding, "an object that the server sent is not JSON: \(error)")
        }
    }
}

extension KubernetesClient {
    private func objectPath(
        _ resource: ResourceType, _ name: String, _ namespace: String?, _ subresource: String?
    ) throws -> String {
        // An empty name would address the collection: a delete would take everything.
        guard !name.isEmpty else {
            throw KubernetesClientError(.invalidRequest, "the name of the \(resource.kind) is empty")
        }
        return resource.path(
            namespace: resource.namespaced ? namespace ?? defaultNamespace : nil, name: name, subresource: subresource)
    }

    private func path(
        of object: JSON, _ resource: ResourceType, _ namespace: String?, _ subresource: String?
    ) throws -> String {
        try objectPath(resource, name(of: object, resource), target(resource, object, namespace), subresource)
    }

    private func name(of object: JSON, _ resource: ResourceType) throws -> String {
        guard let name = object["metadata"]?["name"]?.stringValue, !name.isEmpty else {
            throw KubernetesClientError(.invalidRequest, "the \(resource.kind) has no metadata.name")
        }
        return name
    }

    /// The namespace that a write of `object` goes to.
    private func target(_ resource: ResourceType, _ object: JSON, _ namespace: String?) throws -> String? {
        guard resource.namespaced else { return nil }
        let own = object["metadata"]?["namespace"]?.stringValue.flatMap { $0.isEmpty ? nil : $0 }
        if let own, let namespace, own != namespace {
            throw KubernetesClientError(
                .invalidRequest,
                "the \(resource.kind) says namespace \"\(own)\", the call says \"\(namespace)\"; leave one out")
        }
        return namespace ?? own ?? defaultNamespace
    }
}
