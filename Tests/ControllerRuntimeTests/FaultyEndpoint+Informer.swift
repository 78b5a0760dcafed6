import ControllerRuntime
import KubernetesClient
import KubernetesModel
import NetworkFaults

extension FaultyEndpoint {
    /// An informer whose pauses are short.
    /// - Parameter watchSeconds: after which the server is asked to end each watch.
    func informer(_ client: KubernetesClient, watchSeconds: Int = 1) -> Informer<ConfigMap> {
        Informer(
            client: client, namespaces: ["n"],
            configuration: ReflectorMachine.Configuration(
                pageLimit: 2, watchTimeoutSeconds: watchSeconds...watchSeconds,
                backoff: Backoff(base: .milliseconds(1), limit: .milliseconds(20)), relistJitter: .milliseconds(5)))
    }
}
