import HTTPTransport
import StructuredData
import TestSupport
import Testing

@testable import LocalAPIServer

@Suite("Connections", .timeLimit(.minutes(2)))
struct ConnectionTests {
    /// libcurl 7.88 resets most of the streams that it used beside others; each write that got lost would be an error here.
    @Test func `Many hundreds of writes at once over shared connections are all answered`() async throws {
        try await APIServerFixture.withServer { server in
            let path = "/api/v1/namespaces/default/configmaps"
            let codes = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<900 {
                    group.addTask {
                        let body: JSON = [
                            "metadata": ["name": .string("c\(number)")],
                            "data": ["k": .string(String(repeating: "v", count: 500))],
                        ]
                        return try await server.send(.post, path, body).status
                    }
                }
                return try await group.reduce(into: [Int: Int]()) { counts, code in counts[code, default: 0] += 1 }
            }
            #expect(codes == [201: 900])
            let stored = try await server.send(.get, path).json["items"]?.arrayValue ?? []
            #expect(stored.count { $0["metadata"]?["name"]?.stringValue?.hasPrefix("c") == true } == 900)
        }
    }

    @Test func `A server that stops says so to idle connections, and ends`() async throws {
        try await APIServerFixture.withServer { server in
            #expect(try await server.send(.get, "/readyz").status == 200)
            try await server.shutDown()
            await #expect(throws: (any Error).self) { try await server.send(.get, "/readyz") }
        }
    }

    @Test func `The connection of a client that died is closed`() async throws {
        try await APIServerFixture.withServer { server in
            let port = try #require(server.url.split(separator: ":").last)
            let client = try await ChildProgram.run("python3", ["-c", Self.halfClosing, String(port)])
            #expect(client.code == 0, "\(client.text)")
        }
    }

    @Test func `An answer is one record of TLS, for all the parts that it is written in`() async throws {
        try await APIServerFixture.withServer { server in
            let port = try #require(server.url.split(separator: ":").last)
            let client = try await ChildProgram.run("python3", ["-c", Self.counting, String(port)])
            #expect(client.code == 0, "\(client.text)")
        }
    }

    /// Asks twice over one connection, and counts the records of the second answer: tickets come with the first.
    private static let counting = #"""
        import socket, ssl, sys

        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = context.wrap_bio(incoming, outgoing)
        stream = socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=30)

        def receive():
            data = stream.recv(65536)
            assert data, "the server has left"
            incoming.write(data)
            return data

        def is_whole(answer):
            head, end, body = answer.partition(b"\r\n\r\n")
            lengths = [line.split(b":")[1] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
            return bool(end) and len(body) == int(lengths[0])

        def records_of_an_answer():
            tls.write(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            stream.sendall(outgoing.read())
            raw = answer = b""
            while not is_whole(answer):
                raw += receive()
                try:
                    while True:
                        answer += tls.read(65536)
                except ssl.SSLWantReadError:
                    pass
            count = 0
            while raw:
                raw = raw[5 + int.from_bytes(raw[3:5], "big"):]
                count += 1
            return count

        while True:
            try:
                tls.do_handshake()
                break
            except ssl.SSLWantReadError:
                stream.sendall(outgoing.read())
                receive()
        records_of_an_answer()
        assert records_of_an_answer() == 1
        """#

    /// Ends its side of an HTTP/2 connection with no word of TLS, as the system does for a process that was killed, and waits until
    /// the server's side ends, too.
    private static let halfClosing = #"""
        import os, socket, ssl, sys

        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.set_alpn_protocols(["h2"])
        stream = context.wrap_socket(socket.create_connection(("127.0.0.1", int(sys.argv[1]))))
        assert stream.selected_alpn_protocol() == "h2"
        stream.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\4\0\0\0\0\0")
        stream.recv(4096)
        connection = socket.socket(fileno=os.dup(stream.fileno()))
        connection.shutdown(socket.SHUT_WR)
        connection.settimeout(30)
        while connection.recv(4096):
            pass
        """#
}
