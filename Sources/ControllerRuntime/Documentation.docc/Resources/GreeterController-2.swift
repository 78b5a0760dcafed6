import ArgumentParser
import ControllerRuntime
import CurlTransport
import Foundation
import KubernetesClient
import KubernetesModel
import Telemetry

@main
struct GreeterController: AsyncParsableCommand {
    @Option(help: "Default: KUBECONFIG, ~/.kube/config, or the pod's own account.") var kubeconfig: String?
    @Option(help: "Where health and metrics are served.") var metricsListen = "0.0.0.0:8080"
    @Flag(help: "Run with several replicas, of which one leads.") var leaderElect = false
    @Option(help: "How long a leader that is heard of no more is waited for.") var leaseSeconds = 15
    @Option(help: "Who this is, in leases, events and signatures.") var identity = UUID().uuidString

    func run() async throws {
        let registry = Telemetry.bootstrap()
        let cluster = try ClientConfiguration.load(path: kubeconfig, environment: ProcessInfo.processInfo.environment)
        let connect: @Sendable () -> KubernetesClient = {
            KubernetesClient(cluster, transport: CurlTransport(cluster.connection))
        }
        let elector = LeaderElector(
            namespace: cluster.defaultNamespace, name: "greeter", identity: identity,
            configuration: try .init(leaseDuration: .seconds(leaseSeconds)), makeClient: connect)
        let manager = ControllerManager(elector: leaderElect ? elector : nil)
        let client = connect()
        _ = try await client.apply(Greeting.definition, fieldManager: "greeter", force: true)
        let greetings = manager.add(Informer<Greeting>(client: client))
        let configMaps = manager.add(
            Informer<ConfigMap>(client: client, labelSelector: "app.kubernetes.io/managed-by=greeter"))
        let events = EventRecorder(client: client, controller: "example.com/greeter", instance: identity)
        manager.addBackground(events.run)
        let reconciler = GreetingReconciler(
            client: leaderElect ? client.fenced(by: elector) : client, greetings: greetings.store,
            configMaps: configMaps.store, events: events, identity: identity)
        let controller = manager.add(Controller(name: "greeting", reconciler: reconciler))
        controller.reconciles(greetings, predicate: .generationChanged)
        controller.owns(configMaps, owner: Greeting.resource)
        // Ends with SIGTERM or SIGINT, or with an error, such as LeadershipLost.
        let health = try HealthListener(listening: metricsListen, registry: registry) { manager.hasSynced }
        try await health.run(beside: { try await manager.run() })
    }
}
