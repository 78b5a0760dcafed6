internal import KubernetesClient
internal import KubernetesModel
internal import Logging
internal import Metrics
internal import StructuredData

/// Lists and watches one kind through `KubernetesClient`, and keeps of each object what `project` makes of it.
///
/// Objects are decoded one by one straight from the bytes that arrive, and projected at once: no more than one is whole at a time,
/// and what is kept holds nothing of the page or line. One that cannot be decoded is left out, with a warning and a count: one
/// bad object must not stop the others.
struct KubernetesListWatch<Source: KubernetesResource, Object: Sendable>: ListWatch {
    let client: KubernetesClient
    let namespace: String?
    let labelSelector: String?
    let fieldSelector: String?
    let logger: Logger
    let metadata: @Sendable (Object) -> ObjectMeta
    let project: @Sendable (Source) -> Object

    var offersWatchList: Bool { true }

    func metadata(of object: Object) -> ObjectMeta { metadata(object) }

    func list(limit: Int?, continueToken: String?) async throws -> ListPage<Object> {
        let page = try await client.page(
            Source.resource, namespace: namespace,
            options: ListOptions(labelSelector: labelSelector, fieldSelector: fieldSelector, pageSize: limit ?? 0),
            continueToken: continueToken, decode: object)
        return ListPage(
            objects: page.items, resourceVersion: page.resourceVersion, continueToken: page.continueToken)
    }

    func watch(
        from resourceVersion: String, timeoutSeconds: Int, onEvent: (ListWatchEvent<Object>) -> Void
    ) async throws {
        try await follow(
            WatchOptions(
                labelSelector: labelSelector, fieldSelector: fieldSelector, resourceVersion: resourceVersion,
                timeoutSeconds: timeoutSeconds),
            onEvent)
    }

    func watchList(timeoutSeconds: Int, onEvent: (ListWatchEvent<Object>) -> Void) async throws {
        // Without a version the state is the newest there is, as for a list.
        try await follow(
            WatchOptions(
                labelSelector: labelSelector, fieldSelector: fieldSelector, sendInitialEvents: true,
                timeoutSeconds: timeoutSeconds),
            onEvent)
    }

    private func follow(_ options: WatchOptions, _ onEvent: (ListWatchEvent<Object>) -> Void) async throws {
        let events = try await client.watch(
            Source.resource, namespace: namespace, options: options, decode: { object($0) })
        for try await event in events {
            switch event {
            case .added(let object): if let object { onEvent(.added(object)) }
            case .modified(let object): if let object { onEvent(.modified(object)) }
            case .deleted(let object): if let object { onEvent(.deleted(object)) }
            case .bookmark(let version, initialEventsEnd: true): onEvent(.initialEventsEnd(resourceVersion: version))
            case .bookmark(let version, initialEventsEnd: false): onEvent(.bookmark(resourceVersion: version))
            }
        }
    }

    private func object(_ value: IndexedJSON.Value) -> Object? {
        do {
            return project(try client.typed(value, Source.self))
        } catch {
            Counter(label: "reflector_undecodable_total", dimensions: [("name", Source.resource.plural)]).increment()
            logger.error("\(error); it is ignored")
            return nil
        }
    }
}
