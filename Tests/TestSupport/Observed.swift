import Synchronization

/// A value that one side of a test changes and another waits for. Any number of tasks may wait; a wait ends with its task.
package final class Observed<Value: Sendable>: Sendable {
    private struct Waiter {
        var isServed: @Sendable (Value) -> Bool
        var continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var value: Value
        var waiters: [Int: Waiter] = [:]
        var nextWaiter = 0
    }

    private let state: Mutex<State>

    package init(_ value: Value) { state = Mutex(State(value: value)) }

    package var value: Value { state.withLock { $0.value } }

    /// Changes the value and wakes those whose wait that ends. Where `body` throws, it wakes nobody.
    @discardableResult
    package func change<Result: Sendable, Failure: Error>(
        _ body: (inout Value) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let (result, served) = try state.withLock {
            (state) throws(Failure) -> (Result, [CheckedContinuation<Void, Never>]) in
            let result = try body(&state.value)
            let served = state.waiters.filter { $0.value.isServed(state.value) }
            for id in served.keys { state.waiters[id] = nil }
            return (result, served.values.map(\.continuation))
        }
        for continuation in served { continuation.resume() }
        return result
    }

    /// Waits until the value fulfils the condition; the value as it is then.
    /// - Throws: `CancellationError`.
    @discardableResult
    package func wait(until isServed: @escaping @Sendable (Value) -> Bool) async throws -> Value {
        let id = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if Task.isCancelled || isServed(state.value) { return true }
                    state.waiters[id] = Waiter(isServed: isServed, continuation: continuation)
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: id) }?.continuation.resume()
        }
        try Task.checkCancellation()
        return value
    }
}
