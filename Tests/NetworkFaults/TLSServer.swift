import TestSupport

/// A server over TLS in a child process (Python's `ssl`), since OpenSSL's side of a handshake is what these tests are about.
///
/// Over HTTP/1.1 it answers `/numbers/N` with the numbers below N, a line each, as fast as they are taken, and every other request
/// with the lines `host <Host header>` and `client <name in the client's certificate>`. Over
/// HTTP/2 it lets requests wait until `gather` of them are open on one connection, and then answers each with that number, or with
/// the name in the client's certificate; what they ask for is of no interest to it. Its first `mute` connections over HTTP/2 answer
/// nothing.
package final class TLSServer: Sendable {
    package let port: Int
    private let process: ChildProgram

    package init(
        certificate: String, key: String, clientAuthority: String? = nil, gather: Int = 1, mute: Int = 0
    ) async throws {
        process = try await ChildProgram.start(
            "python3", ["-c", Self.program, certificate, key, clientAuthority ?? "", "\(gather)", "\(mute)"])
        try await process.waitFor("\n")
        guard let port = Int(process.output.prefix { $0 != "\n" }) else {
            throw TestServerError(message: "the TLS server did not say its port, but: \(process.text)")
        }
        self.port = port
    }

    private static let program = #"""
        import socket, ssl, struct, sys, threading

        certificate, key, client_authority, gather, mute = sys.argv[1:6]
        gather, mute = int(gather), int(mute)
        lock = threading.Lock()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        context.set_alpn_protocols(["h2", "http/1.1"])
        if client_authority:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(client_authority)

        def read(stream, count):
            data = b""
            while len(data) < count:
                more = stream.recv(count - len(data))
                if not more:
                    raise EOFError
                data += more
            return data

        def client(stream):
            peer = stream.getpeercert() or {}
            return ",".join(value for part in peer.get("subject", ()) for (name, value) in part if name == "commonName")

        def serve1(stream):
            name = client(stream)
            data = b""
            while True:
                while b"\r\n\r\n" not in data:
                    more = stream.recv(65536)
                    if not more:
                        return
                    data += more
                head, data = data.split(b"\r\n\r\n", 1)
                target = head.decode().split(" ", 2)[1]
                if target.startswith("/numbers/"):
                    stream.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
                    end = int(target.split("/")[2])
                    for first in range(0, end, 1000):
                        body = b"".join(b"%d\n" % number for number in range(first, min(first + 1000, end)))
                        stream.sendall(b"%x\r\n%s\r\n" % (len(body), body))
                    stream.sendall(b"0\r\n\r\n")
                    continue
                host = [line[6:] for line in head.decode().split("\r\n") if line.lower().startswith("host: ")]
                body = ("host %s\nclient %s\n" % (",".join(host), name)).encode()
                stream.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)

        def frame(kind, flags, number, payload=b""):
            return struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, number) + payload

        def serve2(stream):
            read(stream, 24)
            stream.sendall(frame(4, 0, 0))
            global mute
            with lock:
                is_mute = mute > 0
                mute -= 1
            waiting = []
            while True:
                length, kind, flags, number = struct.unpack(">IBBI", b"\0" + read(stream, 9))
                payload = read(stream, length)
                if kind == 4 and not flags & 1:
                    stream.sendall(frame(4, 1, 0))
                if kind == 6 and not flags & 1:
                    stream.sendall(frame(6, 1, 0, payload))
                if kind == 1 and not is_mute:
                    waiting.append(number)
                if len(waiting) >= gather:
                    body = (client(stream) or "%d" % len(waiting)).encode()
                    for one in waiting:
                        stream.sendall(frame(1, 4, one, b"\x88") + frame(0, 1, one, body))
                    waiting = []

        def serve(raw):
            try:
                with context.wrap_socket(raw, server_side=True) as stream:
                    (serve2 if stream.selected_alpn_protocol() == "h2" else serve1)(stream)
            except (OSError, EOFError):
                pass

        listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        print(listener.getsockname()[1], flush=True)
        while True:
            raw, _ = listener.accept()
            threading.Thread(target=serve, args=(raw,), daemon=True).start()
        """#
}
