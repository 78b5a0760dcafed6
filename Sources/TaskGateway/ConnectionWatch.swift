import NIOCore
import Synchronization

/// Notices that a connection's other side is gone while a request waits, so that no work is handed to an agent that died.
///
/// A client that only shuts down its sending half counts as gone too: one that polls has no reason to.
final class ConnectionWatch: ChannelInboundHandler, RemovableChannelHandler, Sendable {
    typealias InboundIn = NIOAny
    typealias InboundOut = NIOAny

    private struct State {
        var isClosed = false
        var observers: [Int: @Sendable () -> Void] = [:]
        var next = 0
    }

    private let state = Mutex(State())

    /// Runs `operation`; `onClose` is called once if the connection closes before it ends.
    func watching<Value>(
        onClose: @escaping @Sendable () -> Void, _ operation: () async throws -> Value
    ) async rethrows -> Value {
        let number = state.withLock { state -> Int? in
            if state.isClosed { return nil }
            state.next += 1
            state.observers[state.next] = onClose
            return state.next
        }
        if number == nil { onClose() }
        defer { if let number { _ = state.withLock { $0.observers.removeValue(forKey: number) } } }
        return try await operation()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent, event == .inputClosed { close() }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        close()
        context.fireChannelInactive()
    }

    private func close() {
        let observers = state.withLock { state in
            state.isClosed = true
            defer { state.observers = [:] }
            return Array(state.observers.values)
        }
        for observer in observers { observer() }
    }
}
