import NIOCore
import NIOPosix
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
        /// How many waits have begun.
        var waits: UInt64 = 0
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
            switch state.pending {
            case .superseded?, .ended?: break
            default: state.pending = reason
            }
            return nil
        }
        waiter?.resume(returning: reason)
    }

    /// Waits for a signal until `deadline`. Cancelling the task ends the wait. One wait at a time.
    func wait(until deadline: ContinuousClock.Instant) async -> WakeReason {
        let number = state.withLock { state in
            // A time-out is for the wait that it was set for.
            if state.pending == .timedOut { state.pending = nil }
            state.waits += 1
            return state.waits
        }
        // On the loop that this runs on, where it runs on one: to set and to cancel the timer then concerns no other thread.
        let timer = MultiThreadedEventLoopGroup.singleton.any().scheduleTask(
            deadline: .now() + TimeAmount(deadline - .now)
        ) { self.timeOut(number) }
        defer { timer.cancel() }
        return await withTaskCancellationHandler {
            await park()
        } onCancel: {
            signal(.ended)
        }
    }

    private func timeOut(_ wait: UInt64) {
        let waiter = state.withLock { state -> CheckedContinuation<WakeReason, Never>? in
            guard state.waits == wait else { return nil }
            // One that comes before its wait has begun is not lost either.
            if state.waiter == nil, state.pending == nil { state.pending = .timedOut }
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume(returning: .timedOut)
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
