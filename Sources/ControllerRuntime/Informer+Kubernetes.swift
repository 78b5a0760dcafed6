public import KubernetesClient
public import KubernetesModel
public import Logging

extension Informer where Object: KubernetesResource {
    /// An informer over one kind. What `Object` does not model is never built: to keep less of a kind than the library's type
    /// does, conform a type of your own, with the fields that are read, to `KubernetesResource`.
    /// - Parameters:
    ///   - namespaces: those to watch; empty: all.
    ///   - transform: what else to drop before storing. Managed fields never arrive here.
    public convenience init(
        client: KubernetesClient,
        namespaces: [String],
        labelSelector: String? = nil,
        fieldSelector: String? = nil,
        transform: @escaping @Sendable (inout Object) -> Void = { _ in },
        configuration: ReflectorMachine.Configuration = .init(),
        logger: Logger = Logger(label: "controller-runtime.informer")
    ) {
        self.init(
            client: client, of: Object.self, namespaces: namespaces, labelSelector: labelSelector,
            fieldSelector: fieldSelector, configuration: configuration, logger: logger, metadata: { $0.metadata },
            projecting: { object in
                var object = object
                transform(&object)
                return object
            })
    }

    /// An informer over one kind, in `namespace` or (`nil`) in all.
    public convenience init(
        client: KubernetesClient,
        namespace: String? = nil,
        labelSelector: String? = nil,
        fieldSelector: String? = nil,
        transform: @escaping @Sendable (inout Object) -> Void = { _ in }
    ) {
        self.init(
            client: client, namespaces: namespace.map { [$0] } ?? [], labelSelector: labelSelector,
            fieldSelector: fieldSelector, transform: transform)
    }
}

extension Informer {
    /// An informer that keeps of each object of one kind only what `project` makes of it, as soon as it is decoded.
    /// - Parameters:
    ///   - namespaces: those to watch; empty: all.
    ///   - metadata: of a projection; it must keep the name, namespace, uid and resourceVersion, by which the cache tells changes.
    public convenience init<Source: KubernetesResource>(
        client: KubernetesClient,
        of source: Source.Type,
        namespaces: [String] = [],
        labelSelector: String? = nil,
        fieldSelector: String? = nil,
        configuration: ReflectorMachine.Configuration = .init(),
        logger: Logger = Logger(label: "controller-runtime.informer"),
        metadata: @escaping @Sendable (Object) -> ObjectMeta,
        projecting project: @escaping @Sendable (Source) -> Object
    ) {
        var client = client
        // They often outweigh the rest of an object, and no controller reads them.
        client.keepsManagedFields = false
        var sources: [String: any ListWatch<Object>] = [:]
        for namespace in namespaces.isEmpty ? [""] : namespaces {
            sources[namespace] = KubernetesListWatch<Source, Object>(
                client: client, namespace: namespace.isEmpty ? nil : namespace, labelSelector: labelSelector,
                fieldSelector: fieldSelector, logger: logger, metadata: metadata, project: project)
        }
        self.init(
            name: Source.resource.plural, listWatches: sources, configuration: configuration, logger: logger)
    }
}
