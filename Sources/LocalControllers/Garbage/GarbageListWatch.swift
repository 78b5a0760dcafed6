import ControllerRuntime
import KubernetesClient
import KubernetesModel
import Logging
import StructuredData

/// Objects of any one kind, reduced to what garbage collection knows of them.
///
/// Of each object only the metadata is decoded, straight from the bytes that arrive, and nothing of the page or line is kept. An
/// object whose metadata cannot be read is left out, with a warning: one bad object must not stop the others.
struct GarbageListWatch: ListWatch {
    /// It hears of every change in the cluster, and would otherwise be a good part of what each costs.
    private static let pauseMilliseconds = 50

    let client: KubernetesClient
    let resource: ResourceType
    let logger: Logger

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
        let page = try await client.page(
            resource, namespace: nil, options: ListOptions(pageSize: limit ?? 0), continueToken: continueToken,
            decode: entry)
        return ListPage(
            objects: page.items, resourceVersion: page.resourceVersion, continueToken: page.continueToken)
    }

    func watch(
        from resourceVersion: String, timeoutSeconds: Int, onEvent: (ListWatchEvent<Entry>) -> Void
    ) async throws {
        var options = WatchOptions(resourceVersion: resourceVersion, timeoutSeconds: timeoutSeconds)
        options.pauseMilliseconds = Self.pauseMilliseconds
        let events = try await client.watch(resource, namespace: nil, options: options, decode: { entry($0) })
        for try await event in events {
            switch event {
            case .added(let entry): if let entry { onEvent(.added(entry)) }
            case .modified(let entry): if let entry { onEvent(.modified(entry)) }
            case .deleted(let entry): if let entry { onEvent(.deleted(entry)) }
            case .bookmark(let version, _): onEvent(.bookmark(resourceVersion: version))
            }
        }
    }

    private func entry(_ object: IndexedJSON.Value) -> Entry? {
        guard let metadata = object["metadata"] else { return nil }
        do {
            let known = try metadata.decode(ObjectMeta.self, omitting: metadata["managedFields"])
            return GarbageItem(resource, known).map { Entry(item: $0, resourceVersion: known.resourceVersion ?? "") }
        } catch {
            let name = metadata["name"]?.stringValue ?? ""
            logger.warning("the metadata of \(resource.kind) \"\(name)\" cannot be read: \(error); it is ignored")
            return nil
        }
    }
}
