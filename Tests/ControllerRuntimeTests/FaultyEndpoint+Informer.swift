import ControllerRuntime
import KubernetesClient
import KubernetesModel
import NetworkFaults

extension FaultyEndpoint {
    /// An informer whose pauses are short, and whose watches the server is asked to end after a second.
    func informer(_ client: KubernetesClient) -> Informer<ConfigMap> {
        Informer(
            client: client, namespaces: ["n"],
            configuration: ReflectorMachine.Configuration(
                pageLimit: 2, watchTimeoutSeconds: 1...1,
                backoff: Backoff(base: .milliseconds(1), limit: .milliseconds(20)), relistJitter: .milliseconds(5)))
    }
}
