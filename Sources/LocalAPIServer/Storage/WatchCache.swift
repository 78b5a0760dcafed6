/// All objects in memory, as of one version, with the recent changes that led there.
///
/// A plain value: the store guards it with a lock.
struct WatchCache {
    private struct Resource {
        var objects: [String: [String: StoredObject]] = [:]
        var history: [StoredChange] = []
        /// The version of the last change.
        var version: Int64 = 0
        /// Sorted objects of all namespaces; rebuilt when needed after a change.
        var sorted: [StoredObject]?
    }

    private var resources: [String: Resource] = [:]
    private(set) var resourceVersion: Int64
    /// A watch may start from this version or a later one.
    private(set) var compactedVersion: Int64

    init(_ restored: RestoredState) {
        resourceVersion = restored.resourceVersion
        compactedVersion = restored.compactedVersion
        for object in restored.objects {
            let resource = object.location.resource
            resources[resource, default: Resource()].version = max(
                resources[resource]?.version ?? 0, object.resourceVersion)
            resources[object.location.resource, default: Resource()]
                .objects[object.location.namespace, default: [:]][object.location.name] = object
        }
        for change in restored.history {
            resources[change.object.location.resource, default: Resource()].history.append(change)
        }
    }

    func object(at location: ObjectLocation) -> StoredObject? {
        resources[location.resource]?.objects[location.namespace]?[location.name]
    }

    /// The objects of a resource, sorted by namespace and name.
    mutating func objects(of resource: String, namespace: String?) -> [StoredObject] {
        guard let entry = resources[resource] else { return [] }
        if let namespace {
            return (entry.objects[namespace] ?? [:]).values.sorted { $0.location.name < $1.location.name }
        }
        if let sorted = entry.sorted { return sorted }
        let sorted = entry.objects.values.flatMap(\.values).sorted { $0.location < $1.location }
        resources[resource]?.sorted = sorted
        return sorted
    }

    /// The objects as they were at `version`, by undoing what happened since.
    mutating func objects(of resource: String, namespace: String?, at version: Int64) -> [StoredObject] {
        let changes = (resources[resource]?.history ?? []).reversed().prefix { $0.version > version }
        if changes.isEmpty { return objects(of: resource, namespace: namespace) }
        var byLocation: [ObjectLocation: StoredObject] = [:]
        for object in objects(of: resource, namespace: namespace) { byLocation[object.location] = object }
        for change in changes where namespace == nil || change.object.location.namespace == namespace {
            byLocation[change.object.location] = change.previous
        }
        return byLocation.values.sorted { $0.location < $1.location }
    }

    /// The changes after `version`, oldest first.
    func changes(of resource: String, namespace: String?, after version: Int64) -> [StoredChange] {
        guard let history = resources[resource]?.history else { return [] }
        let later = history.reversed().prefix { $0.version > version }.reversed()
        guard let namespace else { return Array(later) }
        return later.filter { $0.object.location.namespace == namespace }
    }

    mutating func apply(_ change: StoredChange) {
        let location = change.object.location
        resources[location.resource, default: Resource()].history.append(change)
        resources[location.resource]?.sorted = nil
        resources[location.resource]?.version = change.version
        switch change.kind {
        case .added, .modified:
            resources[location.resource]?.objects[location.namespace, default: [:]][location.name] = change.object
        case .deleted:
            resources[location.resource]?.objects[location.namespace]?[location.name] = nil
        }
        resourceVersion = change.version
    }

    /// Forgets changes made before `time`, and, where there are more than `limit`, the oldest.
    /// - Returns: the version through which nothing is left, if that moved.
    mutating func trim(before time: Double, limit: Int, keepingAfter protected: Double) -> Int64? {
        var versions: [Int64] = []
        var newest = compactedVersion
        for entry in resources.values {
            for change in entry.history where change.time < time { newest = max(newest, change.version) }
            versions += entry.history.lazy.filter { $0.time < protected }.map(\.version)
        }
        let total = resources.values.reduce(0) { $0 + $1.history.count }
        if total > limit, !versions.isEmpty {
            versions.sort()
            newest = max(newest, versions[min(total - limit, versions.count) - 1])
        }
        guard newest > compactedVersion else { return nil }
        compactedVersion = newest
        for key in resources.keys {
            let count = resources[key]?.history.prefix { $0.version <= newest }.count ?? 0
            if count > 0 { resources[key]?.history.removeFirst(count) }
        }
        return newest
    }

    /// The version of the last change to a resource, 0 where there was none.
    func version(of resource: String) -> Int64 { resources[resource]?.version ?? 0 }

    /// Every resource that has objects in `namespace`.
    func resources(in namespace: String) -> [String] {
        resources.filter { $0.value.objects[namespace]?.isEmpty == false }.map(\.key).sorted()
    }
}
