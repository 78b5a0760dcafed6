import ControllerRuntime
import KubernetesClient
import KubernetesModel

/// Keeps a ConfigMap of greetings beside each Greeting.
struct GreetingReconciler: Reconciler {
    let client: KubernetesClient
    let greetings: Store<Greeting>
    let configMaps: Store<ConfigMap>
    let events: EventRecorder
    let identity: String
    let writes = WriteBarrier<ConfigMap>()

    func reconcile(_ key: ObjectKey) async throws -> ReconcileResult {
        // Once the Greeting is gone, the garbage collector takes its ConfigMap, which names it as its owner.
        guard let greeting = greetings.get(key), greeting.metadata.deletionTimestamp == nil else { return .done }
        if writes.isBehind(key, store: configMaps) { return .requeue(after: .seconds(1)) }
        let found = configMaps.get(key)
        let wanted = plan(greeting, replacing: found)
        if found?.data != wanted.data {
            writes.wrote(try await client.apply(wanted, fieldManager: "greeter", force: true), for: key)
            events.record(reason: "Greeted", note: "\(greeting.spec.names.count) names are greeted", on: greeting)
        }
        var status = greeting.status ?? Greeting.Status()
        status.observedGeneration = greeting.metadata.generation
        status.conditions.set("Ready", true, reason: "Greeted", observedGeneration: greeting.metadata.generation)
        if status != greeting.status { try await client.applyStatus(status, of: greeting, fieldManager: "greeter") }
        return .done
    }

    /// What should be there. It replaces the version that was looked at and no other, so that two leaders do no harm.
    private func plan(_ greeting: Greeting, replacing found: ConfigMap?) -> ConfigMap {
        var wanted = ConfigMap(
            metadata: ObjectMeta(
                name: greeting.metadata.name, namespace: greeting.metadata.namespace,
                resourceVersion: found?.metadata.resourceVersion, labels: ["app.kubernetes.io/managed-by": "greeter"],
                ownerReferences: greeting.ownerReference().map { [$0] }),
            data: ["signature": identity])
        for name in greeting.spec.names { wanted.data?["greeting-\(name)"] = "Hello, \(name)!" }
        return wanted
    }
}
