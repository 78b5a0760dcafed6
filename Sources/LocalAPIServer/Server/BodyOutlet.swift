import NIOCore
import ServerConnections

/// The short way of an answer's pieces to their connection: they are framed here, and handed to what encrypts. The server framework's
/// way, by a queue and the handlers of HTTP, takes more of the processor than to encrypt and send a piece.
///
/// For answers of unknown length over HTTP/1.1, which are sent in chunks, once their head is written. Used on the event loop of its
/// connection alone.
struct BodyOutlet {
    private static let frameBytes = 2 + 2 * MemoryLayout<Int>.size + 2

    private let channel: any Channel
    private let writes: WriteGathering

    /// - Returns: `nil` for a connection that does not speak HTTP/1.1, and on another thread than the connection's.
    init?(_ channel: any Channel) {
        guard channel.eventLoop.inEventLoop,
            let writes = try? channel.pipeline.syncOperations.handler(type: WriteGathering.self)
        else { return nil }
        self.channel = channel
        self.writes = writes
    }

    /// Sends a piece, if the connection takes it at once.
    /// - Returns: false where it does not, or has ended: then the server framework's way is to be gone, which waits.
    func send(_ piece: [UInt8]) -> Bool {
        guard channel.eventLoop.inEventLoop, channel.isActive, channel.isWritable else { return false }
        // An empty chunk would end the answer.
        if piece.isEmpty { return true }
        var chunk = channel.allocator.buffer(capacity: piece.count + Self.frameBytes)
        chunk.writeString(String(piece.count, radix: 16))
        chunk.writeStaticString("\r\n")
        chunk.writeBytes(piece)
        chunk.writeStaticString("\r\n")
        return writes.send(chunk)
    }
}
