import Foundation
import HTTPTransport
import NetworkFaults
import Synchronization
import Testing

@testable import CurlTransport

/// Streams with a connection of their own whose readers fall behind.
@Suite struct HeldBackStreamTests {
    private static let highWaterBytes = 100_000
    private static let blockBytes = 64_000
    private static let blocks = 1000

    let transport = CurlTransport(CurlTransport.Configuration(streamHighWaterBytes: Self.highWaterBytes))

    private func request(_ url: String, timeoutSeconds: Double? = nil, silence: Double? = nil) -> HTTPRequest {
        HTTPRequest(
            .get, url, timeoutSeconds: timeoutSeconds, silenceTimeoutSeconds: silence, connection: .dedicated)
    }

    /// What the server sends: block after block, each filled with its number.
    private static func block(_ number: Int) -> [UInt8] {
        [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: blockBytes)
    }

    /// Sends all blocks; `stalled` hears how many bytes went out before the client took no more.
    private func floodingServer(_ stalled: Signal, _ sent: Atomic<Int>.Box, closed: Signal = Signal()) throws
        -> SocketServer
    {
        try SocketServer { connection in
            _ = connection.readRequest()
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: \(Self.blockBytes * Self.blocks)\r\n\r\n")
            for number in 0..<Self.blocks {
                let isTaken = connection.write(Self.block(number), stalledAfter: 500) { bytes in
                    sent.value.store(number * Self.blockBytes + bytes, ordering: .relaxed)
                    stalled.send()
                }
                guard isTaken else { break }
            }
            connection.waitForClose()
            closed.send()
        }
    }

    /// Reads to the end, and holds every so many bytes against what was sent.
    private func readAll(_ response: HTTPStreamingResponse) async throws -> (bytes: Int, largestChunk: Int) {
        var position = 0
        var largest = 0
        for try await chunk in response.body {
            largest = max(largest, chunk.count)
            for index in stride(from: 0, to: chunk.count, by: 997) {
                let number = UInt8(truncatingIfNeeded: (position + index) / Self.blockBytes)
                guard chunk[index] == number else {
                    Issue.record("byte \(position + index) is of block \(chunk[index]), not \(number)")
                    return (position, largest)
                }
            }
            position += chunk.count
        }
        return (position, largest)
    }

    @Test func `A reader that falls behind holds the server back, and loses nothing`() async throws {
        let stalled = Signal()
        let sent = Atomic<Int>.Box()
        let server = try floodingServer(stalled, sent)
        let response = try await transport.stream(request(server.url))
        await stalled.wait()
        // All but what is kept here is in the buffers of the two sockets, which the kernel bounds.
        #expect(sent.value.load(ordering: .relaxed) < 24_000_000)
        let read = try await readAll(response)
        #expect(read.bytes == Self.blockBytes * Self.blocks)
        #expect(read.largestChunk <= Self.highWaterBytes)
    }

    @Test func `What TLS has decrypted already is not forgotten when a stream goes on`() async throws {
        let authority = try await TestAuthority()
        let server = try await TLSServer(
            certificate: authority.path("loopback.pem"), key: authority.path("loopback.key"))
        let numbers = 300_000
        // Far less than a record of TLS, so that each record is interrupted several times.
        let transport = CurlTransport(
            CurlTransport.Configuration(
                tls: TLSConfiguration(authorities: authority.file("ca.pem")), streamHighWaterBytes: 3000))
        let response = try await transport.stream(request("https://127.0.0.1:\(server.port)/numbers/\(numbers)"))
        var next = 0
        var number = 0
        for try await chunk in response.body {
            for byte in chunk {
                if byte == UInt8(ascii: "\n") {
                    guard number == next else {
                        Issue.record("after \(next - 1) came \(number)")
                        return
                    }
                    next += 1
                    number = 0
                } else {
                    number = number * 10 + Int(byte - UInt8(ascii: "0"))
                }
            }
        }
        #expect(next == numbers)
    }

    @Test func `One that is held back does not stop the others`() async throws {
        let stalled = Signal()
        let slow = try floodingServer(stalled, Atomic<Int>.Box())
        let quick = try SocketServer { connection in
            _ = connection.readRequest()
            connection.beginChunks()
            stalled.block()
            connection.chunk("event")
            connection.endChunks()
        }
        let held = try await transport.stream(request(slow.url))
        var body: [UInt8] = []
        for try await chunk in try await transport.stream(request(quick.url)).body { body += chunk }
        #expect(String(decoding: body, as: UTF8.self) == "event")
        _ = held
    }

    @Test func `One that is held back is not taken for silent`() async throws {
        let stalled = Signal()
        let server = try floodingServer(stalled, Atomic<Int>.Box())
        let response = try await transport.stream(request(server.url, silence: 0.2))
        await stalled.wait()
        response.setSilenceTimeout(nil)
        #expect(try await readAll(response).bytes == Self.blockBytes * Self.blocks)
    }

    @Test func `Leaving one that is held back drops its connection`() async throws {
        let (stalled, closed) = (Signal(), Signal())
        let server = try floodingServer(stalled, Atomic<Int>.Box(), closed: closed)
        do {
            let response = try await transport.stream(request(server.url))
            await stalled.wait()
            _ = response
        }
        await closed.wait()
    }

    @Test func `The time for the whole exchange ends one that is held back, behind what was kept`() async throws {
        let (stalled, closed) = (Signal(), Signal())
        let server = try floodingServer(stalled, Atomic<Int>.Box(), closed: closed)
        let response = try await transport.stream(request(server.url, timeoutSeconds: 1))
        await closed.wait()
        var received = 0
        let failure = await #expect(throws: HTTPTransportError.self) {
            for try await chunk in response.body { received += chunk.count }
        }
        #expect(failure?.code == .timedOut)
        #expect(received > 0 && received <= Self.highWaterBytes)
    }

    // MARK: The buffer

    private func append(_ count: Int, to buffer: StreamBuffer) -> StreamBuffer.Intake {
        [UInt8](repeating: 7, count: count).withUnsafeBytes { buffer.append($0) }
    }

    @Test func `The source goes on once, after the reader has taken what was kept`() async throws {
        let calls = Atomic<Int>.Box()
        let buffer = StreamBuffer(
            maxBytes: 10, overflow: .heldBack(goOn: { calls.value.add(1, ordering: .relaxed) }))
        #expect(append(6, to: buffer) == .taken)
        #expect(append(5, to: buffer) == .heldBack)
        #expect(calls.value.load(ordering: .relaxed) == 0)
        #expect(try await buffer.next()?.count == 6)
        #expect(calls.value.load(ordering: .relaxed) == 1)
        #expect(append(5, to: buffer) == .taken)
        #expect(try await buffer.next()?.count == 5)
        #expect(calls.value.load(ordering: .relaxed) == 1)
    }

    @Test func `A chunk larger than the bound is taken where nothing else is kept`() async throws {
        let buffer = StreamBuffer(maxBytes: 10, overflow: .heldBack(goOn: {}))
        #expect(append(11, to: buffer) == .taken)
        #expect(append(1, to: buffer) == .heldBack)
        #expect(try await buffer.next()?.count == 11)
    }

    @Test func `A stream that has ended takes nothing`() {
        let buffer = StreamBuffer(maxBytes: 10, overflow: .heldBack(goOn: {}))
        buffer.finish()
        #expect(append(1, to: buffer) == .refused)
    }
}

extension Atomic<Int> {
    /// A number that closures share.
    final class Box: Sendable {
        let value = Atomic(0)
    }
}
