import ControllerRuntime
import Logging
import ServiceLifecycle
import Synchronization

/// A service that waits until it leads, and then is its work.
///
/// Flow: wait → work → give the lease up. Guarantees: told to end while it waits, it ends at once; told to end while it works, the
/// work ends in its own order first; where the lease is lost the work is cancelled and `LeadershipLost` thrown.
struct LeaderService: Service {
    private enum Phase {
        case waiting
        case working
        /// Told to end before it led.
        case leaving
    }

    let lease: OperatorLease
    let elector: LeaderElector
    let logger: Logger
    let work: @Sendable () async throws -> Void

    func run() async throws {
        logger.notice("\(lease.identity) works once it holds the Lease \(lease.namespace)/\(lease.name)")
        let phase = Shared(Phase.waiting)
        // The work inherits from here what tells it of a graceful end.
        let election = Task {
            try await elector.run {
                let mayWork = phase.value.withLock { phase in
                    if phase == .waiting { phase = .working }
                    return phase == .working
                }
                if mayWork { try await work() }
            }
        }
        do {
            try await withTaskCancellationHandler {
                try await withGracefulShutdownHandler {
                    try await election.value
                } onGracefulShutdown: {
                    let isLeaving = phase.value.withLock { phase in
                        if phase == .waiting { phase = .leaving }
                        return phase == .leaving
                    }
                    if isLeaving { election.cancel() }
                }
            } onCancel: {
                election.cancel()
            }
        } catch is CancellationError where phase.value.withLock({ $0 == .leaving }) {
            // It never led, and need not.
        }
    }

    private final class Shared: Sendable {
        let value: Mutex<Phase>
        init(_ phase: Phase) { value = Mutex(phase) }
    }
}
