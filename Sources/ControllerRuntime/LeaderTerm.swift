private import Synchronization

/// One time of leading: the work, and whether the lease was lost under it.
///
/// The work runs on the cooperative pool, whoever starts it.
final class LeaderTerm: Sendable {
    private enum Phase {
        case leading
        case lost
        /// The work ended before the lease was lost.
        case over
    }

    private let phase = Mutex(Phase.leading)
    private let work: Task<Void, any Error>
    private let onLoss: @Sendable () -> Void

    init(work: @escaping @Sendable () async throws -> Void, onLoss: @escaping @Sendable () -> Void) {
        self.work = Task { try await work() }
        self.onLoss = onLoss
    }

    var isLost: Bool { phase.withLock { $0 == .lost } }

    /// Cancels the work on the calling thread; returns whether this was the loss: it comes once, and not after the end.
    func lose() -> Bool {
        let isLoss = phase.withLock { phase in
            guard phase == .leading else { return false }
            phase = .lost
            return true
        }
        if isLoss {
            onLoss()
            work.cancel()
        }
        return isLoss
    }

    /// Waits for the end of the work, and cancels it with the calling task.
    func end() async -> Result<Void, any Error> {
        let result = await withTaskCancellationHandler {
            await work.result
        } onCancel: {
            work.cancel()
        }
        phase.withLock { phase in if phase == .leading { phase = .over } }
        return result
    }
}
