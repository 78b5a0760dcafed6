import CurlTransport
import HTTPTransport
import KubernetesClient
import KubernetesModel
import NetworkFaults
import StructuredData
import Synchronization
import Testing

/// What servers and networks do to calls and watches, over real connections with TLS.
@Suite("A client and a server that fails", .timeLimit(.minutes(2)))
struct ServerFaultTests {
    private static let object = #"{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"a","namespace":"n"}}"#
    private let object = ConfigMap(metadata: ObjectMeta(name: "a", namespace: "n"))

    /// Runs `body` with a client of a server that answers its first requests, in their order, by `answers`, and all later ones
    /// with an object.
    private func withClient(
        _ answers: [@Sendable (Reply) async throws -> Void],
        _ body: (KubernetesClient, FaultyEndpoint, _ requests: () -> Int) async throws -> Void
    ) async throws {
        let count = Mutex(0)
        let endpoint = try await FaultyEndpoint.start { _, reply in
            let number = count.withLock { count in
                defer { count += 1 }
                return count
            }
            if number < answers.count { return try await answers[number](reply) }
            try await reply.respond(body: Self.object)
        }
        let (client, transport) = endpoint.client()
        try await body(client, endpoint) { count.withLock { $0 } }
        transport.shutdown()
        try await endpoint.shutdown()
    }

    private func refuse(_ code: Int, _ reason: String, _ headers: [(String, String)] = [])
        -> @Sendable (Reply) async throws -> Void
    {
        { try await $0.respond(code, headers, body: failure(code, reason).serialized()) }
    }

    // MARK: Calls

    @Test func `A server that is busy is asked again, also to write`() async throws {
        let busy = refuse(429, "TooManyRequests", [("Retry-After", "0")])
        let unavailable = refuse(503, "ServiceUnavailable", [("Retry-After", "0")])
        try await withClient([busy, unavailable]) { client, _, requests in
            _ = try await client.create(object)
            #expect(requests() == 3)
        }
    }

    @Test func `A server that fails is not asked again`() async throws {
        try await withClient([refuse(500, "InternalError")]) { client, _, requests in
            let status = await thrown(KubernetesStatus.self) { _ = try await client.get(ConfigMap.self, "a") }
            #expect(status?.code == 500)
            #expect(requests() == 1)
        }
    }

    @Test func `A write is not repeated where a proxy may have lost the answer, a read is`() async throws {
        let unavailable = refuse(503, "")
        try await withClient([unavailable, unavailable]) { client, _, requests in
            let status = await thrown(KubernetesStatus.self) { _ = try await client.create(object) }
            #expect(status?.code == 503)
            #expect(requests() == 1)
            _ = try await client.get(ConfigMap.self, "a")
            #expect(requests() == 3)
        }
    }

    @Test func `A server that says goodbye still answers, and the next call goes to a new connection`() async throws {
        try await withClient([
            {
                try await $0.goAway(isProcessed: true)
                try await $0.respond(body: Self.object)
            }
        ]) { client, endpoint, _ in
            _ = try await client.get(ConfigMap.self, "a")
            _ = try await client.create(object)
            #expect(endpoint.proxy.connections.count == 2)
        }
    }

    @Test func `A call that a goodbye leaves out is made again on a new connection`() async throws {
        try await withClient([
            {
                try await $0.goAway(isProcessed: false)
                await $0.reset(code: 7)
            }
        ]) { client, endpoint, requests in
            _ = try await client.get(ConfigMap.self, "a")
            #expect(requests() == 2)
            #expect(endpoint.proxy.connections.count == 2)
        }
    }

    @Test func `A stream that is reset is a read to repeat, and a write that may have happened`() async throws {
        let reset: @Sendable (Reply) async throws -> Void = { await $0.reset(code: 2) }
        try await withClient([reset]) { client, _, requests in
            _ = try await client.get(ConfigMap.self, "a")
            #expect(requests() == 2)
        }
        try await withClient([reset]) { client, _, requests in
            let error = await thrown(HTTPTransportError.self) { _ = try await client.create(object) }
            #expect(error?.wasNotSent == false)
            #expect(requests() == 1)
        }
    }

    @Test(arguments: [FaultProxy.Ending.finish, .reset])
    func `A list that is cut in its middle is read again`(ending: FaultProxy.Ending) async throws {
        let item = #"{"metadata":{"name":"a","namespace":"n"},"data":{"k":""# + String(repeating: "x", count: 50_000)
        let list =
            #"{"kind":"ConfigMapList","apiVersion":"v1","metadata":{"resourceVersion":"7"},"items":["#
            + item + #""}}]}"#
        let cut = Mutex(false)
        let endpoint = try await FaultyEndpoint.start(
            onOpen: { connection in
                let isFirst = cut.withLock { cut in
                    defer { cut = true }
                    return !cut
                }
                if isFirst { connection.end(ending, after: 20_000, .toClient) }
            }, script: { _, reply in try await reply.respond(body: list) })
        let (client, transport) = endpoint.client()
        let found = try await client.list(ConfigMap.self)
        #expect(found.items.count == 1)
        #expect(found.resourceVersion == "7")
        #expect(endpoint.proxy.connections.count == 2)
        transport.shutdown()
        try await endpoint.shutdown()
    }

    @Test func `A server that is not there yet is called until it is`() async throws {
        try await withClient([]) { client, endpoint, _ in
            try await endpoint.proxy.refuse()
            let call = Task { () -> Int in
                var failures = 0
                while true {
                    do {
                        _ = try await client.create(ConfigMap(metadata: ObjectMeta(name: "a", namespace: "n")))
                        return failures
                    } catch let error as HTTPTransportError {
                        #expect(error.code == .cannotConnect)
                        #expect(error.wasNotSent)
                        failures += 1
                        if failures == 1 { try await endpoint.proxy.accept() }
                    }
                }
            }
            #expect(try await call.value >= 1)
        }
    }

    // MARK: Watches

    private static func event(_ type: String, _ version: Int) -> String {
        #"{"type":"\#(type)","object":{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"å","namespace":"n","#
            + #""resourceVersion":"\#(version)"}}}"# + "\n"
    }

    @Test(arguments: [1, 3, 17, 100_000])
    func `Events arrive whole however their bytes are cut`(size: Int) async throws {
        let text = (1...4).map { Self.event("MODIFIED", $0) }.joined()
        try await withClient([
            { reply in
                try await reply.head()
                let bytes = Array(text.utf8)
                for start in stride(from: 0, to: bytes.count, by: size) {
                    try await reply.send(Array(bytes[start..<min(start + size, bytes.count)]))
                }
                try await reply.end()
            }
        ]) { client, _, _ in
            var versions: [String?] = []
            for try await event in try await client.watch(ConfigMap.self) {
                guard case .modified(let object) = event else { continue }
                #expect(object.metadata.name == "å")
                versions.append(object.metadata.resourceVersion)
            }
            #expect(versions == ["1", "2", "3", "4"])
        }
    }

    /// Ways in which a watch breaks behind its first event.
    enum Break: CaseIterable {
        case reset, finish, endInEvent, notChunks

        func carryOut(_ reply: Reply, _ proxy: FaultProxy) async throws {
            switch self {
            case .reset: proxy.endAll(.reset)
            case .finish: proxy.endAll(.finish)
            case .endInEvent:
                try await reply.send(#"{"type":"MODI"#)
                try await reply.end()
            case .notChunks: try await reply.raw("these are no chunks\r\n")
            }
        }
    }

    @Test(arguments: Break.allCases)
    func `A watch that breaks gives what came before, and then an error`(way: Break) async throws {
        let replies = AsyncStream.makeStream(of: Reply.self)
        try await withClient([
            { reply in
                try await reply.head()
                try await reply.send(Self.event("ADDED", 1))
                replies.continuation.yield(reply)
            }
        ]) { client, endpoint, _ in
            var events = try await client.watch(ConfigMap.self).makeAsyncIterator()
            guard case .added(let object)? = try await events.next() else {
                Issue.record("the first event did not come first")
                return
            }
            #expect(object.metadata.resourceVersion == "1")
            var reply = replies.stream.makeAsyncIterator()
            try await way.carryOut(try #require(await reply.next()), endpoint.proxy)
            let error = await thrown(HTTPTransportError.self) { while try await events.next() != nil {} }
            #expect(error?.code == .connectionLost)
        }
    }

    @Test func `A version that has expired is told alike as an answer and as an event`() async throws {
        let expired = failure(410, "Expired")
        try await withClient([
            { try await $0.respond(410, body: expired.serialized()) },
            { reply in
                try await reply.head()
                let event: JSON = ["type": "ERROR", "object": expired]
                try await reply.send(event.serialized() + [UInt8(ascii: "\n")])
                try await reply.end()
            },
        ]) { client, _, _ in
            for _ in 0..<2 {
                let status = await thrown(KubernetesStatus.self) {
                    for try await _ in try await client.watch(ConfigMap.self) {}
                }
                #expect(status?.code == 410)
                #expect(status?.reason == .expired)
            }
        }
    }
}
