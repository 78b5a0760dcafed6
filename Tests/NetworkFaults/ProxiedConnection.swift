import NIOCore
import TestSupport

/// One connection through a `FaultProxy`, and what is to happen to it.
package final class ProxiedConnection: Sendable {
    package let number: Int
    private let relay: NIOLoopBound<Relay>
    private let traffic: Observed<Relay.Traffic>
    private let loop: any EventLoop

    init(number: Int, _ relay: Relay) {
        self.number = number
        loop = relay.loop
        traffic = relay.traffic
        self.relay = NIOLoopBound(relay, eventLoop: relay.loop)
    }

    package var isClosed: Bool { traffic.value.isClosed }

    /// The bytes that have passed so far.
    package func bytes(_ direction: FaultProxy.Direction) -> Int { traffic.value.bytes[direction.rawValue] }

    /// Waits until so many bytes have passed since the connection opened; fails where it ends before.
    package func passed(_ bytes: Int, _ direction: FaultProxy.Direction) async throws {
        let traffic = try await traffic.wait { $0.isClosed || $0.bytes[direction.rawValue] >= bytes }
        if traffic.bytes[direction.rawValue] < bytes { throw ConnectionEnded(number: number) }
    }

    package func closed() async throws { try await traffic.wait { $0.isClosed } }

    package func set(_ flow: FaultProxy.Flow, _ direction: FaultProxy.Direction) {
        onLoop { $0.set(flow, direction) }
    }

    /// Ends the connection on both sides, now.
    package func end(_ ending: FaultProxy.Ending) { onLoop { $0.end(ending) } }

    /// Lets so many more bytes pass and then ends the connection on both sides, in the middle of whatever is passing.
    package func end(_ ending: FaultProxy.Ending, after bytes: Int, _ direction: FaultProxy.Direction) {
        onLoop { $0.limit(direction, bytes, ending) }
    }

    private func onLoop(_ body: @escaping @Sendable (Relay) -> Void) {
        if loop.inEventLoop { return body(relay.value) }
        loop.execute { [relay] in body(relay.value) }
    }
}

package struct ConnectionEnded: Error {
    package var number: Int
}
