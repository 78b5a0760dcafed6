internal import Synchronization

/// One run at a time of something that several tasks want the outcome of: whoever comes while it runs waits for its outcome.
///
/// The run belongs to the task that came first. Where that task is cancelled, the next that waits begins anew; a task
/// that waits and is cancelled leaves alone.
final class SharedRun<Value: Sendable>: Sendable {
    private enum Turn: Sendable {
        /// Run it.
        case begin
        case outcome(Result<Value, any Error>)
    }

    private struct Waiter {
        var number: Int
        var continuation: CheckedContinuation<Turn, any Error>
    }

    private struct State {
        var isRunning = false
        var waiters: [Waiter] = []
        var nextNumber = 0
    }

    private let state = Mutex(State())

    /// - Returns: The outcome, and whether it is of this call's own run.
    func join(_ body: () async throws -> Value) async throws -> (value: Value, isOwn: Bool) {
        switch try await turn() {
        case .outcome(let result): return (try result.get(), false)
        case .begin:
            let result: Result<Value, any Error>
            do {
                result = .success(try await body())
            } catch {
                result = .failure(error)
            }
            end(result)
            return (try result.get(), true)
        }
    }

    private func turn() async throws -> Turn {
        let number = state.withLock { state in
            state.nextNumber += 1
            return state.nextNumber
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let turn: Result<Turn, any Error>? = state.withLock { state in
                    if Task.isCancelled { return .failure(CancellationError()) }
                    if state.isRunning {
                        state.waiters.append(Waiter(number: number, continuation: continuation))
                        return nil
                    }
                    state.isRunning = true
                    return .success(.begin)
                }
                if let turn { continuation.resume(with: turn) }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                state.waiters.firstIndex { $0.number == number }.map { state.waiters.remove(at: $0) }
            }
            waiter?.continuation.resume(throwing: CancellationError())
        }
    }

    private func end(_ result: Result<Value, any Error>) {
        let wasCancelled = if case .failure(let error) = result { error is CancellationError } else { false }
        let served = state.withLock { state -> [Waiter] in
            guard wasCancelled else {
                state.isRunning = false
                defer { state.waiters = [] }
                return state.waiters
            }
            // Nothing was learned. The first that waits takes over, and it still runs for the others.
            state.isRunning = !state.waiters.isEmpty
            return state.waiters.isEmpty ? [] : [state.waiters.removeFirst()]
        }
        for waiter in served { waiter.continuation.resume(returning: wasCancelled ? .begin : .outcome(result)) }
    }
}
