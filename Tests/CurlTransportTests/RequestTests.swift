import CurlTransport
import Foundation
import HTTPTransport
import Synchronization
import Testing

@Suite struct RequestTests {
    let transport = CurlTransport(CurlTransport.Configuration(userAgent: "curl-transport-tests"))

    private func error(_ body: () async throws -> Void) async -> HTTPTransportError? {
        do {
            try await body()
            return nil
        } catch {
            return error as? HTTPTransportError
        }
    }

    @Test func aResponseArrivesWithItsStatusItsHeadersAndItsWholeBody() async throws {
        let server = try SocketServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.respond(201, headers: ["X-One: 1", "X-Empty:", "x-two:  a b "], body: "hello")
        }
        let response = try await transport.send(HTTPRequest(.get, server.url))
        #expect(response.status == 201)
        #expect(response.headers["x-one"] == "1")
        #expect(response.headers["X-Empty"] == "")
        #expect(response.headers["X-Two"] == "a b")
        #expect(response.body == Array("hello".utf8))
    }

    @Test(arguments: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"], [nil, "", "some body"])
    func theServerReceivesExactlyWhatTheRequestSays(method: String, body: String?) async throws {
        let method = try #require(HTTPRequest.Method(rawValue: method))
        guard method != .head || body == nil else { return }
        let received = Mutex<ServerConnection.Request?>(nil)
        let server = try SocketServer { connection in
            let request = connection.readRequest()
            received.withLock { $0 = request }
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        }
        let request = HTTPRequest(
            method, "\(server.url)/a/../b%2Fc?x=1&y=%20", headers: ["X-Name": "value", "X-Nothing": ""],
            body: body.map { Array($0.utf8) })
        #expect(try await transport.send(request).status == 200)
        let arrived = try #require(received.withLock { $0 })
        #expect(arrived.line == "\(method.rawValue) /a/../b%2Fc?x=1&y=%20 HTTP/1.1")
        #expect(arrived.header("X-Name") == "value")
        #expect(arrived.header("X-Nothing") == "")
        #expect(arrived.header("Host") == "127.0.0.1:\(server.port)")
        #expect(arrived.header("User-Agent") == "curl-transport-tests")
        #expect(arrived.header("Expect") == nil)
        #expect(arrived.header("Content-Type") == nil)
        #expect(String(decoding: arrived.body, as: UTF8.self) == body ?? "")
        let mustSayLength = body != nil || [.post, .put, .patch].contains(method)
        #expect(arrived.header("Content-Length") == (mustSayLength ? "\((body ?? "").utf8.count)" : nil))
    }

    @Test func theRequestsOwnUserAgentAndContentTypeWin() async throws {
        let received = Mutex<ServerConnection.Request?>(nil)
        let server = try SocketServer { connection in
            let request = connection.readRequest()
            received.withLock { $0 = request }
            connection.respond()
        }
        let headers: HTTPHeaders = ["User-Agent": "mine", "Content-Type": "application/json"]
        _ = try await transport.send(HTTPRequest(.post, server.url, headers: headers, body: [123, 125]))
        let arrived = try #require(received.withLock { $0 })
        #expect(arrived.headers.filter { $0.name.lowercased() == "user-agent" }.map(\.value) == ["mine"])
        #expect(arrived.headers.filter { $0.name.lowercased() == "content-type" }.map(\.value) == ["application/json"])
    }

    @Test func anAnswerOf500IsAResponse() async throws {
        let server = try SocketServer { connection in
            _ = connection.readRequest()
            connection.respond(500, body: "broken")
        }
        let response = try await transport.send(HTTPRequest(.get, server.url))
        #expect(response.status == 500)
        #expect(!response.isSuccess)
    }

    @Test func aBodyInSingleByteChunksBehindInterimResponsesIsWholeAndTrailersAreNoHeaders() async throws {
        let text = String(repeating: "0123456789", count: 50)
        let server = try SocketServer { connection in
            _ = connection.readRequest()
            connection.write("HTTP/1.1 103 Early Hints\r\nLink: early\r\n\r\n")
            connection.beginChunks()
            for character in text { connection.chunk(String(character)) }
            connection.write("0\r\nX-Trailer: late\r\n\r\n")
        }
        let response = try await transport.send(HTTPRequest(.get, server.url))
        #expect(response.status == 200)
        #expect(response.headers["Link"] == nil)
        #expect(response.headers["X-Trailer"] == nil)
        #expect(String(decoding: response.body, as: UTF8.self) == text)
    }

    @Test func sharedRequestsUseAnIdleConnectionAgain() async throws {
        let server = try SocketServer { connection in
            while connection.readRequest() != nil { connection.respond(body: "x") }
        }
        for _ in 0..<5 { _ = try await transport.send(HTTPRequest(.get, server.url)) }
        #expect(server.connectionCount == 1)
    }

    @Test func aDedicatedRequestHasAConnectionOfItsOwnAndClosesIt() async throws {
        let closed = Signal()
        let server = try SocketServer { connection in
            var requests = 0
            while let request = connection.readRequest() {
                requests += 1
                connection.respond()
                if request.target == "/dedicated" {
                    connection.waitForClose()
                    closed.send()
                }
            }
        }
        _ = try await transport.send(HTTPRequest(.get, server.url))
        _ = try await transport.send(HTTPRequest(.get, "\(server.url)/dedicated", connection: .dedicated))
        await closed.wait()
        _ = try await transport.send(HTTPRequest(.get, server.url))
        #expect(server.connectionCount == 2)
    }

    @Test func whereNothingListensTheRequestWasSurelyNotSent() async throws {
        let unheard = try UnheardPort()
        let failure = await error {
            _ = try await transport.send(HTTPRequest(.post, "http://127.0.0.1:\(unheard.port)"))
        }
        #expect(failure?.code == .cannotConnect)
        #expect(failure?.wasNotSent == true)
    }

    @Test func aConnectionThatBreaksBeforeTheAnswerIsLostAndTheRequestMayHaveBeenDone() async throws {
        let server = try SocketServer { connection in _ = connection.readRequest() }
        let failure = await error { _ = try await transport.send(HTTPRequest(.post, server.url)) }
        #expect(failure?.code == .connectionLost)
        #expect(failure?.wasNotSent == false)
    }

    @Test func aBodyThatBreaksOffIsNoResponse() async throws {
        let server = try SocketServer { connection in
            _ = connection.readRequest()
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
        }
        let failure = await error { _ = try await transport.send(HTTPRequest(.get, server.url)) }
        #expect(failure?.code == .connectionLost)
    }

    @Test func anExchangeThatTakesTooLongTimesOut() async throws {
        let server = try SocketServer { connection in
            _ = connection.readRequest()
            connection.waitForClose()
        }
        let failure = await error {
            _ = try await transport.send(HTTPRequest(.get, server.url, timeoutSeconds: 1))
        }
        #expect(failure?.code == .timedOut)
        #expect(failure?.wasNotSent == false)
    }

    @Test func aSilentServerIsGivenUpAndATricklingOneIsNot() async throws {
        let server = try SocketServer { connection in
            guard let request = connection.readRequest() else { return }
            connection.beginChunks()
            if request.target == "/silent" { return connection.waitForClose() }
            for _ in 0..<25 {
                Thread.sleep(milliseconds: 100)
                connection.chunk("x")
            }
            connection.endChunks()
        }
        let silent = HTTPRequest(.get, "\(server.url)/silent", timeoutSeconds: nil, silenceTimeoutSeconds: 2)
        let trickling = HTTPRequest(.get, "\(server.url)/trickling", timeoutSeconds: nil, silenceTimeoutSeconds: 2)
        let failure = await error { _ = try await transport.send(silent) }
        #expect(failure?.code == .silent)
        #expect(try await transport.send(trickling).body.count == 25)
    }

    @Test func aResponseLongerThanAllowedFails() async throws {
        let server = try SocketServer { connection in
            while connection.readRequest() != nil { connection.respond(body: String(repeating: "x", count: 1000)) }
        }
        let failure = await error {
            _ = try await transport.send(HTTPRequest(.get, server.url, maxResponseBytes: 999))
        }
        #expect(failure?.code == .responseTooLarge)
        let response = try await transport.send(HTTPRequest(.get, server.url, maxResponseBytes: 1000))
        #expect(response.body.count == 1000)
    }

    @Test func cancellingTheTaskAbortsTheTransfer() async throws {
        let arrived = Signal()
        let closed = Signal()
        let server = try SocketServer { connection in
            _ = connection.readRequest()
            arrived.send()
            connection.waitForClose()
            closed.send()
        }
        let task = Task { try await transport.send(HTTPRequest(.get, server.url, timeoutSeconds: nil)) }
        await arrived.wait()
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        await closed.wait()
    }

    @Test func aTaskThatIsCancelledBeforeSendsNothing() async throws {
        let server = try SocketServer { connection in
            while connection.readRequest() != nil { connection.respond() }
        }
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await transport.send(HTTPRequest(.get, server.url))
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(server.connectionCount == 0)
    }

    @Test(arguments: [
        "no-url", "ftp://127.0.0.1/", "http://", "http://127.0.0.1:0/", "http://127.0.0.1:x/", "http://user@127.0.0.1/",
        "http://127.0.0.1/\u{0}",
    ])
    func aURLThatCannotBeUsedIsABadRequest(url: String) async throws {
        let failure = await error { _ = try await transport.send(HTTPRequest(.get, url)) }
        #expect(failure?.code == .badRequest)
        #expect(failure?.wasNotSent == true)
    }

    @Test(arguments: [("X-Name", "a\r\nX-Smuggled: b"), ("X-Name", "a\nb"), ("X Name", "a"), ("", "a"), ("X:", "a")])
    func aHeaderFieldThatWouldSmuggleOthersIsRefused(name: String, value: String) async throws {
        let failure = await error {
            _ = try await transport.send(HTTPRequest(.get, "http://127.0.0.1:1/", headers: [name: value]))
        }
        #expect(failure?.code == .badRequest)
    }

    @Test(arguments: [HTTPRequest.Method.post, .put, .patch, .delete])
    func aWriteOnAPooledConnectionThatBreaksIsNotSentAgain(method: HTTPRequest.Method) async throws {
        let writes = Mutex(0)
        let server = try SocketServer { connection in
            while let request = connection.readRequest() {
                guard request.method == "GET" else {
                    writes.withLock { $0 += 1 }
                    return
                }
                connection.respond()
            }
        }
        _ = try await transport.send(HTTPRequest(.get, server.url))
        let failure = await error { _ = try await transport.send(HTTPRequest(method, server.url, body: [1])) }
        #expect(failure?.code == .connectionLost)
        #expect(failure?.wasNotSent == false)
        // The transport is as good as before.
        #expect(try await transport.send(HTTPRequest(.get, server.url)).status == 200)
        #expect(writes.withLock { $0 } == 1)
    }

    @Test func aConfiguredProxyIsUsedExceptForTheHostsThatGoWithout() async throws {
        let targets = Mutex<[String]>([])
        let proxy = try SocketServer { connection in
            while let request = connection.readRequest() {
                targets.withLock { $0.append(request.target) }
                connection.respond(body: "proxied")
            }
        }
        let server = try SocketServer { connection in
            while connection.readRequest() != nil { connection.respond(body: "direct") }
        }
        let rules = try ProxyRules(environment: ["http_proxy": proxy.url])
        let proxied = CurlTransport(CurlTransport.Configuration(proxy: rules))
        let one = try await proxied.send(HTTPRequest(.get, "http://example.invalid/path"))
        #expect(one.body == Array("proxied".utf8))
        #expect(targets.withLock { $0 } == ["http://example.invalid/path"])
        let other = try await proxied.send(HTTPRequest(.get, server.url))
        #expect(other.body == Array("direct".utf8))
    }

    @Test func aReadOnAPooledConnectionThatBreaksIsSentAgain() async throws {
        let server = try SocketServer { connection in
            // Closes in answer to the second request, as a server does that was about to close anyway.
            guard connection.readRequest() != nil else { return }
            connection.respond(body: "fresh")
            _ = connection.readRequest()
        }
        for _ in 0..<3 {
            let response = try await transport.send(HTTPRequest(.get, server.url))
            #expect(response.body == Array("fresh".utf8))
        }
        #expect(server.connectionCount == 3)
    }

    @Test func requestsBeyondTheLimitWaitTheirTurn() async throws {
        let current = Mutex(0)
        let most = Mutex(0)
        let both = Signal()
        let server = try SocketServer { connection in
            while let request = connection.readRequest() {
                if request.target == "/first" {
                    connection.respond()
                    continue
                }
                let now = current.withLock { current in
                    current += 1
                    return current
                }
                most.withLock { $0 = max($0, now) }
                // None is answered before as many are here as may be.
                if now == 2 { both.send() }
                both.block()
                // A slow server, so that a third would be seen.
                Thread.sleep(milliseconds: 5)
                current.withLock { $0 -= 1 }
                connection.respond()
            }
        }
        let limited = CurlTransport(CurlTransport.Configuration(maxRequestsPerHost: 2))
        // Until one is answered, libcurl does not know whether others could share its connection.
        _ = try await limited.send(HTTPRequest(.get, "\(server.url)/first"))
        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<40 { group.addTask { try await limited.send(HTTPRequest(.get, server.url)).status } }
            for try await status in group { #expect(status == 200) }
        }
        #expect(most.withLock { $0 } == 2)
    }

    @Test func aRequestThatNeverGotItsTurnWasNotSent() async throws {
        let arrived = Signal()
        let server = try SocketServer { connection in
            _ = connection.readRequest()
            arrived.send()
            connection.waitForClose()
        }
        let limited = CurlTransport(CurlTransport.Configuration(maxRequestsPerHost: 1))
        let first = Task { try await limited.send(HTTPRequest(.get, server.url, timeoutSeconds: nil)) }
        await arrived.wait()
        let failure = await error {
            _ = try await limited.send(HTTPRequest(.post, server.url, timeoutSeconds: 0.2))
        }
        #expect(failure?.code == .timedOut)
        #expect(failure?.wasNotSent == true)
        // Waiting is not holding on: a cancelled request leaves the queue at once.
        let waiting = Task { try await limited.send(HTTPRequest(.get, server.url, timeoutSeconds: nil)) }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        first.cancel()
        await #expect(throws: CancellationError.self) { try await first.value }
        #expect(server.connectionCount == 1)
    }
}
