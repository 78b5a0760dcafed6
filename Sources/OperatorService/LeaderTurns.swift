import ControllerRuntime
import KubernetesClient
import Logging
import ServiceLifecycle

/// Work that is this process's whenever it leads, in a process that lives on when it does not.
///
/// Flow: wait for the Lease → work → where the Lease is lost, begin again under a new identity. Guarantees: each turn starts from
/// nothing, since what an earlier one knew is old; work that does not end in time after the loss ends the process.
struct LeaderTurns: Service {
    let lease: OperatorLease
    let cluster: ClientConfiguration
    let logger: Logger
    let work: @Sendable (LeaderElector) async throws -> Void

    func run() async throws {
        while true {
            let turn = lease.again()
            let elector = turn.elector(cluster)
            do {
                try await LeaderService(lease: turn, elector: elector, logger: logger) {
                    try await work(elector)
                }.run()
                return
            } catch let loss as LeadershipLost {
                logger.error("\(loss); the gateway goes on, and the operator waits for its next turn")
            }
        }
    }
}
