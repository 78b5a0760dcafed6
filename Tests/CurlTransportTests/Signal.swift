import Dispatch
import Synchronization

/// Something that happens once, and that tests and server threads wait for.
final class Signal: Sendable {
    private struct State {
        var isSent = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())
    private let semaphore = DispatchSemaphore(value: 0)

    func send() {
        let waiters = state.withLock { state in
            state.isSent = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
        semaphore.signal()
    }

    /// For tests.
    func wait() async {
        await withCheckedContinuation { continuation in
            let isSent = state.withLock { state in
                if !state.isSent { state.waiters.append(continuation) }
                return state.isSent
            }
            if isSent { continuation.resume() }
        }
    }

    /// For server threads.
    func block() {
        semaphore.wait()
        semaphore.signal()
    }
}

/// Sends a signal when as many as expected have arrived.
final class Gate: Sendable {
    private let missing: Mutex<Int>
    private let signal = Signal()

    init(_ expected: Int) { missing = Mutex(expected) }

    func arriveAndWait() async {
        let isLast = missing.withLock { missing in
            missing -= 1
            return missing == 0
        }
        if isLast { signal.send() }
        await signal.wait()
    }
}
