package import ArgumentParser
package import ControllerRuntime
import CurlTransport
import Foundation
package import KubernetesClient
import ProgramSupport

/// The Lease that keeps a second operator from working at the same time, wherever it runs.
///
/// The lock on a SQLite file says nothing to a pod on another node that has its volume back, or a volume of its own. Whoever
/// holds the Lease opens the store; the others wait. A process that loses it ends.
package struct OperatorLease: Sendable, Equatable {
    package var namespace: String
    package var name: String
    package var times: LeaderElectionMachine.Configuration
    /// Never used twice.
    package var identity: String

    package init(namespace: String, name: String, times: LeaderElectionMachine.Configuration, identity: String) {
        self.namespace = namespace
        self.name = name
        self.times = times
        self.identity = identity
    }

    /// The same Lease for another turn of this process, which stays alive when it leads no more.
    func again() -> OperatorLease {
        var next = self
        next.identity = Self.identity()
        next.times.exitLimit = nil
        return next
    }

    /// A container's runtime sets `HOSTNAME` to the pod's name.
    static func identity() -> String {
        "\(ProcessEnvironment.current["HOSTNAME"] ?? "das-operator")_\(UUID().uuidString.lowercased())"
    }

    /// - Parameter cluster: how to reach the API server; each client of the election gets a transport that nothing else uses.
    package func elector(_ cluster: ClientConfiguration) -> LeaderElector {
        LeaderElector(namespace: namespace, name: name, identity: identity, configuration: times) {
            KubernetesClient(cluster, transport: CurlTransport(cluster.connection))
        }
    }
}

/// `--lease`, `--lease-namespace` and `--lease-seconds`.
package struct LeaseOptions: ParsableArguments {
    /// Shorter leases are lost to a slow API server.
    package static let shortestSeconds = 5

    @Option(
        name: .customLong("lease"),
        help: "Work only while this process holds the Lease of this name: of several, one works and the others wait.")
    package var name: String?

    @Option(
        name: .customLong("lease-namespace"), help: "The Lease's namespace; default: the pod's, or the kubeconfig's.")
    package var namespace: String?

    @Option(
        name: .customLong("lease-seconds"),
        help: "How long a holder that is heard of no more is waited for. It stops by itself after two thirds of that.")
    package var seconds = 15

    package init() {}

    package func validate() throws {
        guard seconds >= Self.shortestSeconds else {
            throw ValidationError("--lease-seconds is \(seconds); it must be at least \(Self.shortestSeconds)")
        }
        guard name != "", namespace != "" else {
            throw ValidationError("--lease and --lease-namespace must name something; leave them out for no lease")
        }
    }

    /// - Parameter standard: the Lease's name where none is given; `nil`: then there is no lease.
    package func lease(in cluster: ClientConfiguration, standard: String? = nil) throws -> OperatorLease? {
        guard let name = name ?? standard else { return nil }
        return OperatorLease(
            namespace: namespace ?? cluster.defaultNamespace, name: name,
            times: try .init(leaseDuration: .seconds(seconds)), identity: OperatorLease.identity())
    }
}
