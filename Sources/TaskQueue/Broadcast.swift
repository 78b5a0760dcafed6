import Synchronization

/// Tells everyone in this program who listens.
package final class Broadcast<Message: Sendable>: Sendable {
    private struct State {
        var listeners: [Int: AsyncStream<Message>.Continuation] = [:]
        var next = 0
        var isClosed = false
    }

    private let state = Mutex(State())
    private let mostWaiting: Int

    /// - Parameter mostWaiting: so many messages wait for a listener who is slow; of more the oldest are dropped.
    package init(mostWaiting: Int) { self.mostWaiting = mostWaiting }

    /// What is told from now on.
    package func listen() -> AsyncStream<Message> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: Message.self, bufferingPolicy: .bufferingNewest(mostWaiting))
        let number = state.withLock { state -> Int? in
            if state.isClosed { return nil }
            state.next += 1
            state.listeners[state.next] = continuation
            return state.next
        }
        guard let number else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in
            _ = self?.state.withLock { $0.listeners.removeValue(forKey: number) }
        }
        return stream
    }

    package func tell(_ message: Message) {
        for listener in state.withLock({ Array($0.listeners.values) }) { listener.yield(message) }
    }

    package func close() {
        let listeners = state.withLock { state in
            state.isClosed = true
            return Array(state.listeners.values)
        }
        for listener in listeners { listener.finish() }
    }
}

/// Tells that a store's feed has grown.
package typealias ChangeHints = Broadcast<Void>

extension Broadcast<Void> {
    /// One hint says as much as ten.
    package convenience init() { self.init(mostWaiting: 1) }

    package func tell() { tell(()) }
}
