import ControllerRuntime
package import KubernetesClient
package import KubernetesModel

extension KubernetesClient {
    /// Waits until the objects of a kind in a namespace, or everywhere, give a value, by watching them.
    package func objects<R: KubernetesResource, Value: Sendable>(
        _ type: R.Type, namespace: String?, labelSelector: String? = nil, fieldSelector: String? = nil,
        until value: @escaping @Sendable ([R]) -> Value?
    ) async throws -> Value {
        let informer = Informer<R>(
            client: self, namespaces: namespace.map { [$0] } ?? [], labelSelector: labelSelector,
            fieldSelector: fieldSelector)
        let (changes, changed) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        informer.onChange { _ in changed.yield() }
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask {
                try await informer.run()
                return nil
            }
            group.addTask {
                try await informer.waitUntilSynced()
                changed.yield()
                for await _ in changes {
                    if let found = value(informer.store.list()) { return found }
                }
                return nil
            }
            defer { group.cancelAll() }
            while let next = try await group.next() {
                if let next { return next }
            }
            throw CancellationError()
        }
    }
}
