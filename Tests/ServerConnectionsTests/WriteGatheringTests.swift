import NIOCore
import NIOEmbedded
import Testing

@testable import ServerConnections

@Suite("Writes between two flushes")
struct WriteGatheringTests {
    private let gathering = WriteGathering()
    private let channel = EmbeddedChannel()

    init() throws { try channel.pipeline.syncOperations.addHandler(gathering) }

    private func bytes(_ text: String) -> ByteBuffer { ByteBuffer(string: text) }

    /// What has gone out, piece by piece.
    private func sent() throws -> [String] {
        var pieces: [String] = []
        while let piece = try channel.readOutbound(as: ByteBuffer.self) { pieces.append(String(buffer: piece)) }
        return pieces
    }

    @Test("They go out as one piece, and each promise is kept")
    func gathered() throws {
        let promises = (0..<2).map { _ in channel.eventLoop.makePromise(of: Void.self) }
        channel.write(bytes("head "), promise: promises[0])
        channel.write(bytes("body"), promise: promises[1])
        #expect(try sent() == [])
        channel.flush()
        #expect(try sent() == ["head body"])
        for promise in promises { try promise.futureResult.wait() }
        channel.write(bytes("next"), promise: nil)
        channel.flush()
        #expect(try sent() == ["next"])
    }

    @Test("What fills a record goes out by itself, in its order")
    func large() throws {
        let large = String(repeating: "x", count: 20_000)
        for text in ["a", large, "b", "c"] { channel.write(bytes(text), promise: nil) }
        channel.flush()
        #expect(try sent() == ["a", large, "bc"])
    }

    @Test("What is sent past it comes after what was written before")
    func past() throws {
        channel.write(bytes("before"), promise: nil)
        #expect(gathering.send(bytes("past")))
        #expect(try sent() == ["before", "past"])
    }

    @Test("Once the connection has ended nothing is sent")
    func ended() throws {
        try channel.close().wait()
        channel.embeddedEventLoop.run()
        #expect(!gathering.send(bytes("late")))
    }
}
