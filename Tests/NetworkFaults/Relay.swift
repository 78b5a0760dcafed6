import Glibc
import NIOCore
import TestSupport

/// The two sides of a proxied connection. Lives on its event loop.
final class Relay {
    struct Traffic: Sendable {
        var bytes = [0, 0]
        var isClosed = false
    }

    private enum Item {
        case bytes(ByteBuffer)
        case end(FaultProxy.Ending)
    }

    private struct Lane {
        var flow: FaultProxy.Flow
        var queue: [(due: NIODeadline, item: Item)] = []
        var limit: (bytes: Int, ending: FaultProxy.Ending)?
        var isPumpScheduled = false
        var hasSenderEnded = false
    }

    let loop: any EventLoop
    let traffic = Observed(Traffic())
    private let client: any Channel
    private var server: (any Channel)?
    private var lanes: [Lane]
    private var isEnded = false
    private var closedSides = 0

    init(client: any Channel, flows: [FaultProxy.Flow]) {
        loop = client.eventLoop
        self.client = client
        lanes = flows.map { Lane(flow: $0) }
    }

    func connected(_ server: any Channel) {
        self.server = server
        if isEnded { return close(server, .reset) }
        client.setOption(.autoRead, value: true).whenFailure { _ in }
        for direction in FaultProxy.Direction.allCases { pump(direction) }
    }

    // MARK: What happens on the sockets

    func arrived(_ bytes: ByteBuffer, _ direction: FaultProxy.Direction) {
        if isEnded { return }
        enqueue(.bytes(bytes), direction)
    }

    /// The sender will send no more, in good order or not.
    func senderEnded(_ ending: FaultProxy.Ending, _ direction: FaultProxy.Direction) {
        // Once we have ended the connection, the sender's end is the last that is to be waited for.
        if isEnded { return sender(direction)?.close(promise: nil) ?? () }
        lanes[direction.rawValue].hasSenderEnded = true
        enqueue(.end(ending), direction)
    }

    func senderClosed(_ direction: FaultProxy.Direction) {
        // Without a FIN before, it was torn away.
        if !isEnded, !lanes[direction.rawValue].hasSenderEnded { senderEnded(.reset, direction) }
        closedSides += 1
        let isLast = closedSides == 2 || server == nil
        if isLast { traffic.change { $0.isClosed = true } }
    }

    // MARK: What the test wants

    func set(_ flow: FaultProxy.Flow, _ direction: FaultProxy.Direction) {
        lanes[direction.rawValue].flow = flow
        pump(direction)
    }

    func limit(_ direction: FaultProxy.Direction, _ bytes: Int, _ ending: FaultProxy.Ending) {
        lanes[direction.rawValue].limit = (bytes, ending)
        if bytes == 0 { end(ending) }
    }

    func end(_ ending: FaultProxy.Ending) {
        guard !isEnded else { return }
        isEnded = true
        for channel in [client, server].compactMap({ $0 }) { close(channel, ending) }
    }

    // MARK: Passing on

    private func sender(_ direction: FaultProxy.Direction) -> (any Channel)? {
        direction == .toServer ? client : server
    }

    private func receiver(_ direction: FaultProxy.Direction) -> (any Channel)? {
        direction == .toServer ? server : client
    }

    private func enqueue(_ item: Item, _ direction: FaultProxy.Direction) {
        let index = direction.rawValue
        // Never before what is already on its way.
        var due = max(.now(), lanes[index].queue.last?.due ?? .uptimeNanoseconds(0))
        switch lanes[index].flow {
        case .pass, .hold: lanes[index].queue.append((due, item))
        case .swallow: return
        case .delay(let pause):
            lanes[index].queue.append((max(due, .now() + TimeAmount(pause)), item))
        case .pieces(let size):
            guard case .bytes(var rest) = item else {
                lanes[index].queue.append((due, item))
                break
            }
            while let piece = rest.readSlice(length: min(max(size, 1), rest.readableBytes)), piece.readableBytes > 0 {
                lanes[index].queue.append((due, .bytes(piece)))
                due = due + .milliseconds(1)
            }
        }
        pump(direction)
    }

    private func pump(_ direction: FaultProxy.Direction) {
        let index = direction.rawValue
        guard let receiver = receiver(direction), lanes[index].flow != .hold else { return }
        while !isEnded, let next = lanes[index].queue.first {
            guard next.due <= .now() else { return schedulePump(direction, next.due) }
            lanes[index].queue.removeFirst()
            switch next.item {
            case .bytes(let bytes): pass(bytes, to: receiver, direction)
            case .end(.finish): receiver.close(mode: .output, promise: nil)
            case .end(.reset): end(.reset)
            }
        }
    }

    private func schedulePump(_ direction: FaultProxy.Direction, _ time: NIODeadline) {
        guard !lanes[direction.rawValue].isPumpScheduled else { return }
        lanes[direction.rawValue].isPumpScheduled = true
        loop.assumeIsolated().scheduleTask(deadline: time) {
            self.lanes[direction.rawValue].isPumpScheduled = false
            self.pump(direction)
        }
    }

    private func pass(_ bytes: ByteBuffer, to receiver: any Channel, _ direction: FaultProxy.Direction) {
        var bytes = bytes
        var ending: FaultProxy.Ending?
        if let limit = lanes[direction.rawValue].limit {
            if bytes.readableBytes >= limit.bytes {
                bytes = bytes.getSlice(at: bytes.readerIndex, length: limit.bytes) ?? bytes
                ending = limit.ending
            }
            lanes[direction.rawValue].limit = (limit.bytes - bytes.readableBytes, limit.ending)
        }
        let count = bytes.readableBytes
        receiver.writeAndFlush(bytes, promise: nil)
        traffic.change { $0.bytes[direction.rawValue] += count }
        if let ending { end(ending) }
    }

    private func close(_ channel: any Channel, _ ending: FaultProxy.Ending) {
        switch ending {
        case .finish:
            // The peer's own end, or the loss of its channel, closes the rest.
            channel.close(mode: .output, promise: nil)
        case .reset:
            // A linger time of zero makes the system send RST.
            guard let socket = channel as? any SocketOptionProvider else { return channel.close(promise: nil) }
            socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in channel.close(promise: nil) }
        }
    }
}

/// Brings what one side sends to the relay.
final class RelayHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let relay: Relay
    private let direction: FaultProxy.Direction

    init(_ relay: Relay, _ direction: FaultProxy.Direction) {
        self.relay = relay
        self.direction = direction
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        relay.arrived(unwrapInboundIn(data), direction)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed? = event as? ChannelEvent { relay.senderEnded(.finish, direction) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        relay.senderEnded(.reset, direction)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        relay.senderClosed(direction)
    }
}
