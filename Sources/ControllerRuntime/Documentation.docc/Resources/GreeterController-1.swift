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
    }
}
