internal import KubernetesClient
internal import KubernetesModel
internal import Logging
internal import Metrics
internal import StructuredData

/// Lists and watches one kind through `KubernetesClient`.
///
/// An object that cannot be decoded is left out, with a warning and a count: one bad object must not stop the others.
struct KubernetesListWatch<Object: KubernetesResource>: ListWatch {
    let client: KubernetesClient
    let namespace: String?
    let labelSelector: String?
    let fieldSelector: String?
    let logger: Logger

    func metadata(of object: Object) -> ObjectMeta { object.metadata }

    /// The client follows the pages itself, so that the whole list is one page here.
    func list(limit: Int?, continueToken: String?) async throws -> ListPage<Object> {
        let list = try await client.list(
            Object.resource, namespace: namespace,
            options: ListOptions(labelSelector: labelSelector, fieldSelector: fieldSelector, pageSize: limit ?? 0))
        return ListPage(objects: list.items.compactMap(decode), resourceVersion: list.resourceVersion)
    }

    func watch(
        from resourceVersion: String, timeoutSeconds: Int, onEvent: (ListWatchEvent<Object>) -> Void
    ) async throws {
        let events = try await client.watch(
            Object.resource, namespace: namespace,
            options: WatchOptions(
                labelSelector: labelSelector, fieldSelector: fieldSelector, resourceVersion: resourceVersion,
                timeoutSeconds: timeoutSeconds))
        for try await event in events {
            switch event {
            case .added(let json): if let object = decode(json) { onEvent(.added(object)) }
            case .modified(let json): if let object = decode(json) { onEvent(.modified(object)) }
            case .deleted(let json): if let object = decode(json) { onEvent(.deleted(object)) }
            case .bookmark(let version, _): onEvent(.bookmark(resourceVersion: version))
            }
        }
    }

    private func decode(_ json: JSON) -> Object? {
        do {
            return try json.decode(Object.self)
        } catch {
            let metadata = json["metadata"]
            let key = ObjectKey(
                namespace: metadata?["namespace"]?.stringValue ?? "", name: metadata?["name"]?.stringValue ?? "")
            Counter(label: "reflector_undecodable_total", dimensions: [("name", Object.resource.plural)]).increment()
            logger.error("\(Object.resource.kind) \(key) cannot be read and is ignored: \(error)")
            return nil
        }
    }
}
