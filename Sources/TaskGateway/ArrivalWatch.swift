import NIOCore
import NIOHTTPTypes

/// How long requests may take to arrive.
package struct ArrivalLimits: Sendable, Hashable {
    /// From the opening of a connection until the head of its first request is there.
    package var head: Duration = .seconds(30)
    /// From the head of a request until its body is there, beside what `slowestBytesPerSecond` gives for its length.
    package var body: Duration = .seconds(30)
    package var slowestBytesPerSecond = 4096

    package init() {}
}

/// Closes connections whose requests take too long to arrive, so that nobody holds one by sending next to nothing.
///
/// Between requests the server's time for idle connections counts; it counts from the last whole part of a request, so that single
/// bytes do not prolong it.
final class ArrivalWatch: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart

    private let limits: ArrivalLimits
    private var deadline: NIODeadline?
    private var timer: Scheduled<Void>?

    init(_ limits: ArrivalLimits) { self.limits = limits }

    func handlerAdded(context: ChannelHandlerContext) { expect(within: limits.head, context) }

    func handlerRemoved(context: ChannelHandlerContext) { stop() }

    func channelInactive(context: ChannelHandlerContext) {
        stop()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head: expect(within: limits.body, context)
        case .body(let bytes):
            // The timer is not moved with each piece: it looks at the deadline when it fires.
            let earned = Duration.seconds(1) * bytes.readableBytes / limits.slowestBytesPerSecond
            deadline = deadline.map { $0 + TimeAmount(earned) }
        case .end: stop()
        }
        context.fireChannelRead(data)
    }

    private func expect(within duration: Duration, _ context: ChannelHandlerContext) {
        stop()
        deadline = .now() + TimeAmount(duration)
        setTimer(context)
    }

    private func stop() {
        deadline = nil
        timer?.cancel()
        timer = nil
    }

    private func setTimer(_ context: ChannelHandlerContext) {
        guard let deadline else { return }
        timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { [self] in
            guard let deadline = self.deadline else { return }
            if deadline > .now() { setTimer(context) } else { context.close(promise: nil) }
        }
    }
}
