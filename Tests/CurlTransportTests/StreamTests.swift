import Foundation
import HTTPTransport
import Testing

@testable import CurlTransport

@Suite struct StreamTests {
    let transport = CurlTransport()

    private func request(_ url: String) -> HTTPRequest {
        HTTPRequest(.get, url, timeoutSeconds: nil, connection: .dedicated)
    }

    private func text(_ chunk: [UInt8]?) -> String? { chunk.map { String(decoding: $0, as: UTF8.self) } }

    @Test func theHeadIsThereBeforeTheBodyAndTheBodyComesAsItIsSent() async throws {
        let (one, two) = (Signal(), Signal())
        let server = try SocketServer { connection in
            _ = connection.readRequest()
            connection.beginChunks()
            one.block()
            connection.chunk("first")
            two.block()
            connection.chunk("second")
            connection.endChunks()
        }
        let response = try await transport.stream(request(server.url))
        #expect(response.status == 200)
        #expect(response.headers["transfer-encoding"] == "chunked")
        var iterator = response.body.makeAsyncIterator()
        one.send()
        #expect(try await text(iterator.next()) == "first")
        two.send()
        #expect(try await text(iterator.next()) == "second")
        #expect(try await iterator.next() == nil)
        #expect(try await iterator.next() == nil)
    }

    @Test func aRefusalIsAStreamToo() async throws {
        let server = try SocketServer { connection in
            _ = connection.readRequest()
            connection.respond(403, body: "no")
        }
        let response = try await transport.stream(request(server.url))
        #expect(response.status == 403)
        var body: [UInt8] = []
        for try await chunk in response.body { body += chunk }
        #expect(text(body) == "no")
    }

    @Test func aStreamThatBreaksOffDeliversWhatArrivedAndThenTheError() async throws {
        let server = try SocketServer { connection in
            _ = connection.readRequest()
            connection.beginChunks()
            connection.chunk("some")
        }
        var iterator = try await transport.stream(request(server.url)).body.makeAsyncIterator()
        #expect(try await text(iterator.next()) == "some")
        let failure = await #expect(throws: HTTPTransportError.self) { try await iterator.next() }
        #expect(failure?.code == .connectionLost)
    }

    @Test func whereNoHeadArrivesTheCallFails() async throws {
        let server = try SocketServer { connection in _ = connection.readRequest() }
        let failure = await #expect(throws: HTTPTransportError.self) {
            _ = try await transport.stream(request(server.url))
        }
        #expect(failure?.code == .connectionLost)
    }

    private func endlessServer(_ closed: Signal) throws -> SocketServer {
        try SocketServer { connection in
            _ = connection.readRequest()
            connection.beginChunks()
            connection.chunk("event")
            connection.waitForClose()
            closed.send()
        }
    }

    @Test func leavingTheLoopDropsTheConnection() async throws {
        let closed = Signal()
        let server = try endlessServer(closed)
        for try await chunk in try await transport.stream(request(server.url)).body {
            #expect(text(chunk) == "event")
            break
        }
        await closed.wait()
    }

    @Test func aResponseThatNobodyReadsDropsTheConnection() async throws {
        let closed = Signal()
        let server = try endlessServer(closed)
        _ = try await transport.stream(request(server.url))
        await closed.wait()
    }

    @Test func cancellingTheReaderDropsTheConnection() async throws {
        let closed = Signal()
        let reading = Signal()
        let server = try endlessServer(closed)
        let task = Task {
            for try await _ in try await transport.stream(request(server.url)).body { reading.send() }
        }
        await reading.wait()
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        await closed.wait()
    }

    @Test func aStreamKeepsItsTransportAlive() async throws {
        let go = Signal()
        let server = try SocketServer { connection in
            _ = connection.readRequest()
            connection.beginChunks()
            go.block()
            connection.chunk("late")
            connection.endChunks()
        }
        let response = try await CurlTransport().stream(request(server.url))
        go.send()
        var iterator = response.body.makeAsyncIterator()
        #expect(try await text(iterator.next()) == "late")
    }

    @Test func aReaderTooFarBehindLosesAStreamOnASharedConnectionAfterWhatWasKept() async throws {
        let closed = Signal()
        let server = try SocketServer { connection in
            _ = connection.readRequest()
            connection.beginChunks()
            let chunk = String(repeating: "x", count: 1000)
            while connection.chunk(chunk) {}
            closed.send()
        }
        let bounded = CurlTransport(CurlTransport.Configuration(maxStreamBufferBytes: 100_000))
        let response = try await bounded.stream(HTTPRequest(.get, server.url, timeoutSeconds: nil))
        await closed.wait()
        var received = 0
        let failure = await #expect(throws: HTTPTransportError.self) {
            for try await chunk in response.body { received += chunk.count }
        }
        #expect(failure?.code == .streamOverflow)
        #expect(received > 50_000 && received <= 100_000)
    }

    @Test func theSilenceTimeoutCanBeArmedWhileTheBodyArrives() async throws {
        let closed = Signal()
        let server = try endlessServer(closed)
        let response = try await transport.stream(request(server.url))
        var iterator = response.body.makeAsyncIterator()
        #expect(try await text(iterator.next()) == "event")
        response.setSilenceTimeout(0.2)
        let failure = await #expect(throws: HTTPTransportError.self) { try await iterator.next() }
        #expect(failure?.code == .silent)
        await closed.wait()
    }

    @Test func anArmedSilenceTimeoutCanBeDisarmed() async throws {
        let go = Signal()
        let server = try SocketServer { connection in
            _ = connection.readRequest()
            connection.beginChunks()
            go.block()
            Thread.sleep(milliseconds: 1200)
            connection.chunk("late")
            connection.endChunks()
        }
        let response = try await transport.stream(request(server.url))
        response.setSilenceTimeout(1)
        response.setSilenceTimeout(nil)
        go.send()
        var iterator = response.body.makeAsyncIterator()
        #expect(try await text(iterator.next()) == "late")
    }

    @Test func twoReadersOfOneStreamAreTold() async throws {
        let buffer = StreamBuffer(maxBytes: 10)
        await withTaskGroup(of: HTTPTransportError.Code?.self) { group in
            for _ in 0..<2 {
                group.addTask {
                    do {
                        _ = try await buffer.next()
                        return nil
                    } catch {
                        return (error as? HTTPTransportError)?.code
                    }
                }
            }
            // One of them waits, so that the other is refused; the end releases the first.
            let refused = await group.next()
            #expect(refused == .some(.badRequest))
            buffer.finish()
            let released = await group.next()
            #expect(released == .some(nil))
        }
    }

    @Test func twoHundredStreamsRunAtOnceWhileShortCallsGoThrough() async throws {
        let (streams, events) = (200, 5)
        let server = try SocketServer { connection in
            while let request = connection.readRequest() {
                guard request.target.hasPrefix("/watch") else {
                    connection.respond(body: "short")
                    continue
                }
                connection.beginChunks()
                for event in 0..<events { connection.chunk("\(request.target) \(event)\n") }
                connection.waitForClose()
            }
        }
        let everybody = Gate(streams)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<streams {
                group.addTask {
                    let response = try await transport.stream(request("\(server.url)/watch\(number)"))
                    let expected = (0..<events).map { "/watch\(number) \($0)\n" }.joined()
                    var received: [UInt8] = []
                    for try await chunk in response.body {
                        received += chunk
                        if received.count >= expected.utf8.count { break }
                    }
                    #expect(text(received) == expected)
                    // Nobody leaves before everybody has been served: all streams are open at once.
                    await everybody.arriveAndWait()
                    _ = response
                }
            }
            for _ in 0..<20 {
                let response = try await transport.send(HTTPRequest(.get, "\(server.url)/short"))
                #expect(text(response.body) == "short")
            }
            try await group.waitForAll()
        }
        #expect(server.connectionCount > streams)
    }
}
