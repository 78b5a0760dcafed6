import ControllerRuntime
import KubernetesClient
import KubernetesModel
import StructuredData

/// Objects of any one kind, reduced to what garbage collection knows of them.
struct GarbageListWatch: ListWatch {
    let client: KubernetesClient
    let resource: ResourceType

    /// The version is the object's own, so that the cache tells changes apart.
    struct Entry: Sendable {
        var item: GarbageItem
        var resourceVersion: String
    }

    func metadata(of entry: Entry) -> ObjectMeta {
        ObjectMeta(
            name: entry.item.key.name, namespace: entry.item.key.namespace, uid: entry.item.uid,
            resourceVersion: entry.resourceVersion, ownerReferences: entry.item.owners)
    }

    func list(limit: Int?, continueToken: String?) async throws -> ListPage<Entry> {
        let list = try await client.list(resource, options: ListOptions(pageSize: limit ?? 0))
        return ListPage(objects: list.items.compactMap(entry), resourceVersion: list.resourceVersion)
    }

    func watch(
        from resourceVersion: String, timeoutSeconds: Int, onEvent: (ListWatchEvent<Entry>) -> Void
    ) async throws {
        let events = try await client.watch(
            resource, options: WatchOptions(resourceVersion: resourceVersion, timeoutSeconds: timeoutSeconds))
        for try await event in events {
            switch event {
            case .added(let json): if let entry = entry(json) { onEvent(.added(entry)) }
            case .modified(let json): if let entry = entry(json) { onEvent(.modified(entry)) }
            case .deleted(let json): if let entry = entry(json) { onEvent(.deleted(entry)) }
            case .bookmark(let version, _): onEvent(.bookmark(resourceVersion: version))
            }
        }
    }

    private func entry(_ json: JSON) -> Entry? {
        let object = DynamicObject(json)
        return GarbageItem(resource, object).map { Entry(item: $0, resourceVersion: object.resourceVersion ?? "") }
    }
}
