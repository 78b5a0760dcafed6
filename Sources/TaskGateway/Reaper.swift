import Logging
import TaskQueue

/// Lets time act on tasks: wakes when the next lease, deadline or backoff ends, and not otherwise.
struct Reaper {
    /// Tasks of one transaction, so that calls do not wait long for it.
    private static let batch = 200
    /// The safety net: looks at least this often. Retention is kept by it too.
    private static let longestSleep = Duration.seconds(30)
    private static let retryDelay = Duration.seconds(1)
    /// However much happens, what is due next is not asked for more often.
    private static let shortestSleep = Duration.milliseconds(10)

    let core: GatewayCore
    /// Signalled when something may have become due earlier than was known.
    let ticket: Ticket

    /// Reaps until cancelled.
    func run() async {
        var lastReap: ContinuousClock.Instant?
        while !Task.isCancelled {
            do {
                let due = try await core.store.nextDue()
                let now = core.store.now()
                let isLongAgo = lastReap.map { ContinuousClock.now - $0 >= Self.longestSleep } ?? true
                if let due, due <= now {
                    _ = try await reap()
                    continue
                }
                if isLongAgo || core.isStoreFailing {
                    lastReap = .now
                    _ = try await reap()
                    continue
                }
                let untilDue = due.map { Duration.milliseconds($0 - now) } ?? Self.longestSleep
                let shortest = min(untilDue, Self.shortestSleep)
                try await Task.sleep(for: shortest)
                _ = await ticket.wait(until: .now + min(untilDue, Self.longestSleep) - shortest)
            } catch {
                if Task.isCancelled { return }
                if let error = error as? TaskStoreError, error.code == .closed { return }
                core.storeFailed(error)
                core.logger.log(
                    level: error is TaskStoreError ? .debug : .error, "cannot reap",
                    metadata: ["error": .string("\(error)")])
                try? await Task.sleep(for: Self.retryDelay)
            }
        }
    }

    private func reap() async throws {
        let result = try await core.store.reap(limit: Self.batch)
        core.storeWorks()
        if result.expiredLeases > 0 { core.metrics.leasesExpired(result.expiredLeases) }
    }
}
