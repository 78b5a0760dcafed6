import Glibc
import HTTPTransport
import TestSupport
import Testing

@testable import CurlTransport

@Suite struct ShutdownTests {
    @Test func whatIsUnderWayFailsAndTheThreadsEnd() async throws {
        let transport = CurlTransport()
        let (arrived, closed) = (Signal(), Signal())
        let server = try SocketServer { connection in
            guard let request = connection.readRequest() else { return }
            if request.target == "/stream" {
                connection.beginChunks()
            } else {
                arrived.send()
            }
            connection.waitForClose()
            if request.target != "/stream" { closed.send() }
        }
        let stream = try await transport.stream(
            HTTPRequest(.get, "\(server.url)/stream", timeoutSeconds: nil, connection: .dedicated))
        let call = Task { try await transport.send(HTTPRequest(.get, server.url, timeoutSeconds: nil)) }
        await arrived.wait()
        transport.shutdown()
        let callFailure = await #expect(throws: HTTPTransportError.self) { try await call.value }
        #expect(callFailure?.code == .closed)
        #expect(callFailure?.wasNotSent == false)
        let streamFailure = await #expect(throws: HTTPTransportError.self) {
            for try await _ in stream.body {}
        }
        #expect(streamFailure?.code == .closed)
        await closed.wait()
        #expect(transport.waitForThreads(seconds: 30))
    }

    @Test func afterwardsEverythingIsRefusedUnsent() async throws {
        let transport = CurlTransport()
        transport.shutdown()
        transport.shutdown()
        let failure = await #expect(throws: HTTPTransportError.self) {
            _ = try await transport.send(HTTPRequest(.get, "http://127.0.0.1:1/"))
        }
        #expect(failure?.code == .closed)
        #expect(failure?.wasNotSent == true)
        let streamFailure = await #expect(throws: HTTPTransportError.self) {
            _ = try await transport.stream(HTTPRequest(.get, "http://127.0.0.1:1/"))
        }
        #expect(streamFailure?.code == .closed)
    }

    @Test func aTransportThatNobodyHoldsEndsItsThread() async throws {
        let server = try SocketServer { connection in
            while connection.readRequest() != nil { connection.respond() }
        }
        let loop = CurlLoop(CurlTransport.Configuration(), use: .shared)
        let address = try URLAddress(server.url)
        let response = try await withCheckedThrowingContinuation { continuation in
            loop.start(
                TransferOrder(
                    ticket: TransferTicket(), request: HTTPRequest(.get, server.url), address: address,
                    delivery: .whole(continuation)))
        }
        #expect(response.status == 200)
        #expect(!loop.waitForEnd(seconds: 0))
        loop.close()
        #expect(loop.waitForEnd(seconds: 30))
    }

    @Test("OpenSSL is not cleared up under threads that use it as the process exits")
    func leavesOpenSSLAtExit() async {
        await #expect(processExitsWith: .success) {
            #expect(CurlLibrary.prepare())
            #expect(OpenSSLExit.watch())
            exit(0)
        }
    }
}
