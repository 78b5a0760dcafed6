import Glibc
import HTTPTransport
import Synchronization
import TestSupport
import Testing

@testable import CurlTransport

@Suite("The transport's thread, for others", .timeLimit(.minutes(1)))
struct TransportThreadTests {
    @Test func `a descriptor is told of until the watch ends`() async throws {
        let transport = CurlTransport()
        defer { transport.shutdown() }
        let thread = try #require(transport.executor)
        let pipe = BytePipe()
        let (bytes, told) = AsyncStream<UInt8>.makeStream()
        let isWatched = thread.watch(
            DescriptorWatch(pipe.reading) {
                guard let byte = pipe.take() else { return false }
                told.yield(byte)
                return byte != 3
            } onEnd: {
                told.finish()
            })
        #expect(isWatched)
        var heard = bytes.makeAsyncIterator()
        for byte in UInt8(1)...3 {
            pipe.put(byte)
            #expect(await heard.next() == byte)
        }
        // Nobody waits for it any more: what comes now stays where it is, also while the thread has other things to do.
        pipe.put(4)
        let turn = Signal()
        thread.call(after: .milliseconds(1)) { turn.send() }
        await turn.wait()
        #expect(pipe.take() == 4)
    }

    @Test func `several descriptors, one of which is not watched any longer, beside requests`() async throws {
        let server = try SocketServer { connection in
            while connection.readRequest() != nil { connection.respond() }
        }
        let transport = CurlTransport()
        defer { transport.shutdown() }
        let thread = try #require(transport.executor)
        let pipes = (0..<5).map { _ in BytePipe() }
        let (bytes, told) = AsyncStream<UInt8>.makeStream()
        for pipe in pipes {
            _ = thread.watch(
                DescriptorWatch(pipe.reading) {
                    pipe.take().map { _ = told.yield($0) }
                    return true
                } onEnd: {
                })
        }
        thread.unwatch(pipes[2].reading)
        var heard = bytes.makeAsyncIterator()
        for round in UInt8(0)..<10 {
            async let response = transport.send(HTTPRequest(.get, server.url))
            for (index, pipe) in pipes.enumerated() where index != 2 {
                pipe.put(round * 10 + UInt8(index))
                #expect(await heard.next() == round * 10 + UInt8(index))
            }
            #expect(try await response.status == 200)
        }
    }

    @Test func `the end of a descriptor is told of, and that of the transport`() async throws {
        let transport = CurlTransport()
        let thread = try #require(transport.executor)
        var ends: [Int32] = [-1, -1]
        #expect(pipe(&ends) == 0)
        let hasEnded = Signal()
        _ = thread.watch(
            DescriptorWatch(ends[0]) {
                hasEnded.send()
                return false
            } onEnd: {
            })
        close(ends[1])
        await hasEnded.wait()
        close(ends[0])

        let pipe = BytePipe()
        let isOver = Signal()
        _ = thread.watch(
            DescriptorWatch(pipe.reading) {
                true
            } onEnd: {
                isOver.send()
            })
        transport.shutdown()
        await isOver.wait()
        #expect(transport.waitForThreads(seconds: 30))
        #expect(
            !thread.watch(
                DescriptorWatch(pipe.reading) {
                    true
                } onEnd: {
                }))
    }

    @Test func `calls come in the order of their times, and as they were ordered for the same one`() async throws {
        let loop = CurlLoop(CurlTransport.Configuration(), use: .shared)
        defer { loop.close() }
        let (numbers, told) = AsyncStream<Int>.makeStream()
        // Ordered on the thread itself, they are all there before the first is due.
        loop.call(after: .zero) {
            for (number, time) in [(3, 0.3), (1, 0.1), (2, 0.1), (0, 0.0)] {
                loop.call(at: time) { told.yield(number) }
            }
        }
        var heard = numbers.makeAsyncIterator()
        for number in 0...3 { #expect(await heard.next() == number) }
    }

    @Test func `a call waits for its time`() async throws {
        let transport = CurlTransport()
        defer { transport.shutdown() }
        let began = ContinuousClock.now
        let turn = Signal()
        try #require(transport.executor).call(after: .milliseconds(30)) { turn.send() }
        await turn.wait()
        #expect(ContinuousClock.now - began >= .milliseconds(30))
    }
}
