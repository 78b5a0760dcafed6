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
