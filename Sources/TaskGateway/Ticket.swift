import Synchronization

/// Why a wait ended.
enum WakeReason: Sendable, Hashable {
    /// Something happened that the waiter waits for.
    case signalled
    case timedOut
    /// A newer request took this one's place.
    case superseded
    /// The caller's connection is gone, or the gateway is shutting down.
    case ended
}

/// One caller's place in a queue of waiters. Signals are remembered: one that comes while its caller is not waiting ends the
/// caller's next wait at once, so that a caller that looks first and waits then misses nothing.
final class Ticket: Sendable {
    private struct State {
        var pending: WakeReason?
        var waiter: CheckedContinuation<WakeReason, Never>?
    }

    let number: UInt64
    private let state = Mutex(State())

    init(number: UInt64) { self.number = number }

    /// Ends the caller's wait, this one or the next. The end of a ticket outweighs what came before; after it nothing counts.
    func signal(_ reason: WakeReason) {
        let waiter = state.withLock { state -> CheckedContinuation<WakeReason, Never>? in
            if let waiter = state.waiter {
                state.waiter = nil
                // An ended ticket stays so for later waits.
                if reason == .superseded || reason == .ended { state.pending = reason }
                return waiter
            }
            switch (state.pending, reason) {
            case (.superseded?, _), (.ended?, _), (.signalled?, .timedOut): break
            // A time-out that comes before its wait has begun is not lost either.
            default: state.pending = reason
            }
            return nil
        }
        waiter?.resume(returning: reason)
    }

    /// Waits for a signal until `deadline`. Cancelling the task ends the wait. One wait at a time.
    func wait(until deadline: ContinuousClock.Instant) async -> WakeReason {
        // A time-out is for the wait that it was set for.
        state.withLock { if $0.pending == .timedOut { $0.pending = nil } }
        return await withTaskCancellationHandler {
            await withTaskGroup(of: WakeReason?.self) { group in
                group.addTask { await self.park() }
                group.addTask {
                    try? await Task.sleep(until: deadline, clock: .continuous)
                    if !Task.isCancelled { self.signal(.timedOut) }
                    return nil
                }
                for await reason in group {
                    guard let reason else { continue }
                    group.cancelAll()
                    return reason
                }
                return .timedOut
            }
        } onCancel: {
            signal(.ended)
        }
    }

    private func park() async -> WakeReason {
        await withCheckedContinuation { continuation in
            let pending = state.withLock { state -> WakeReason? in
                guard let pending = state.pending else {
                    state.waiter = continuation
                    return nil
                }
                if pending == .signalled || pending == .timedOut { state.pending = nil }
                return pending
            }
            if let pending { continuation.resume(returning: pending) }
        }
    }
}
