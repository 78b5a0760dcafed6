import CurlTransport
import KubernetesClient
import NetworkFaults
import Synchronization
import Testing

/// A container's log over a real connection.
@Suite("Following a log", .timeLimit(.minutes(2)))
struct LogStreamTests {
    @Test func `What is written arrives at once, and the end of the container ends the log`() async throws {
        let (heard, hear) = AsyncStream.makeStream(of: Void.self)
        let endpoint = try await FaultyEndpoint.start { request, reply in
            #expect(request.target == "/api/v1/namespaces/n/pods/p/log?follow=true")
            try await reply.head()
            try await reply.send("first\n")
            // Nothing more is written before the first line has been read.
            for await _ in heard { break }
            try await reply.send("second\n")
            try await reply.end()
        }
        let (client, transport) = endpoint.client()
        var text: [UInt8] = []
        for try await chunk in try await client.logs(pod: "p", options: LogOptions(follow: true)) {
            text += chunk
            if text == Array("first\n".utf8) { hear.yield() }
        }
        #expect(String(decoding: text, as: UTF8.self) == "first\nsecond\n")
        transport.shutdown()
        try await endpoint.shutdown()
    }

    @Test func `A reader that leaves drops the connection, though the container goes on`() async throws {
        let endpoint = try await FaultyEndpoint.start { _, reply in
            try await reply.head()
            while true { try await reply.send("and on\n") }
        }
        let (client, transport) = endpoint.client()
        for try await _ in try await client.logs(pod: "p", options: LogOptions(follow: true)) { break }
        try await endpoint.proxy.connection(0).closed()
        transport.shutdown()
        try await endpoint.shutdown()
    }
}
