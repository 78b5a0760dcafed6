import HummingbirdCore
import Logging
import NIOCore
import ServerConnections

/// Serves a connection's requests on the event loop that reads and writes its bytes: a short request is read, answered and
/// written without a change of threads, each of which costs more than the rest of the work.
///
/// Whoever has much to compute leaves the loop to the other connections meanwhile (`withoutLoop`).
struct LoopBoundChannel<Base: ServerChildChannel>: ServerChildChannel {
    let base: Base

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Base.Value> {
        channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(WriteGathering())
        }.flatMap { base.setup(channel: channel, logger: logger) }
    }

    func handle(value: Base.Value, logger: Logger) async {
        await withTaskExecutorPreference(LoopExecutor(value.channel.eventLoop)) {
            await base.handle(value: value, logger: logger)
        }
    }
}
