package import NIOCore

/// Sends what is written between two flushes as one piece. HTTP writes a head, the frame of a piece, the piece and what ends it one
/// by one, and each would be a record of TLS.
///
/// Used on the event loop of its connection alone.
package final class WriteGathering: ChannelOutboundHandler {
    package typealias OutboundIn = ByteBuffer
    package typealias OutboundOut = ByteBuffer

    /// What a record of TLS holds: to copy more saves none.
    private static let limitBytes = 16 << 10

    private var gathered: [ByteBuffer] = []
    private var gatheredBytes = 0
    private var promise: EventLoopPromise<Void>?
    private var context: ChannelHandlerContext?

    package init() {}

    /// Sends what is on the wire as it is, but for the encryption, after what was written before.
    /// - Returns: false where the connection has ended.
    package func send(_ data: ByteBuffer) -> Bool {
        guard let context else { return false }
        pass(context)
        context.writeAndFlush(wrapOutboundOut(data), promise: nil)
        return true
    }

    package func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let data = unwrapOutboundIn(data)
        if gatheredBytes + data.readableBytes > Self.limitBytes { pass(context) }
        if data.readableBytes > Self.limitBytes { return context.write(wrapOutboundOut(data), promise: promise) }
        gathered.append(data)
        gatheredBytes += data.readableBytes
        self.promise.setOrCascade(to: promise)
    }

    package func flush(context: ChannelHandlerContext) {
        pass(context)
        context.flush()
    }

    package func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        pass(context)
        context.close(mode: mode, promise: promise)
    }

    package func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        promise?.fail(ChannelError.ioOnClosedChannel)
        (gathered, gatheredBytes, promise) = ([], 0, nil)
    }

    private func pass(_ context: ChannelHandlerContext) {
        guard var whole = gathered.first else { return }
        if gathered.count > 1 {
            whole = context.channel.allocator.buffer(capacity: gatheredBytes)
            for part in gathered { whole.writeImmutableBuffer(part) }
        }
        let promise = promise
        gathered.removeAll(keepingCapacity: true)
        (gatheredBytes, self.promise) = (0, nil)
        context.write(wrapOutboundOut(whole), promise: promise)
    }
}
