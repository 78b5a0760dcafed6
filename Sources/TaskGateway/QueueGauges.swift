import Logging
import Synchronization
import TaskQueue

/// Keeps the queue's gauges, and with them what unpinned tasks are spread by and waits are explained with, close to the truth: after changes at
/// most once a second, and every 15 s since waiting tasks grow older without any.
struct QueueGauges {
    private static let shortestPause = Duration.seconds(1)
    private static let longestPause = Duration.seconds(15)

    let core: GatewayCore
    let ticket: Ticket

    /// Measures until cancelled.
    func run() async {
        while !Task.isCancelled {
            do {
                for entry in core.catalogue.entries {
                    let summary = try await core.store.summary(namespace: entry.namespace, swarm: entry.swarm)
                    core.metrics.queue(summary)
                    core.note(summary)
                }
            } catch {
                if Task.isCancelled { return }
                core.logger.warning("cannot measure the queue", metadata: ["error": .string("\(error)")])
            }
            try? await Task.sleep(for: Self.shortestPause)
            _ = await ticket.wait(until: .now + Self.longestPause)
        }
    }
}
