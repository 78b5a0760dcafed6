import KubernetesClient
import KubernetesModel
import StructuredData

extension ConformanceCluster {
    /// Watches one object until `value` makes something of it; `nil` stands for an object that is not there.
    ///
    /// - Parameter namespace: the run's own where none is named.
    @discardableResult
    func object<Value>(
        _ resource: ResourceType, _ name: String, namespace: String? = nil, until value: (JSON?) throws -> Value?
    ) async throws -> Value {
        let place = resource.namespaced ? namespace ?? self.namespace : nil
        let selector = "metadata.name=\(name)"
        while true {
            let list = try await client.list(
                resource, namespace: place, options: ListOptions(fieldSelector: selector))
            if let found = try value(list.items.first) { return found }
            let watch = try await client.watch(
                resource, namespace: place,
                options: WatchOptions(fieldSelector: selector, resourceVersion: list.resourceVersion))
            for try await event in watch {
                switch event {
                case .added(let object), .modified(let object): if let found = try value(object) { return found }
                case .deleted: if let found = try value(nil) { return found }
                case .bookmark: continue
                }
            }
        }
    }
}
