import NetworkFaults
import TestSupport

/// A proxy in a child process: `http` and `https` ones take CONNECT, a `socks5` one RFC 1928 with names and passwords (RFC 1929).
///
/// Every name leads to loopback, as a name may that only the proxy knows. It says on standard output where each client wanted to
/// go, and as whom; to the port 1 it lets nobody.
final class ProxyServer: Sendable {
    let port: Int
    private let process: ChildProgram

    init(_ kind: String, certificate: String = "", key: String = "") async throws {
        process = try await ChildProgram.start("python3", ["-c", Self.program, kind, certificate, key])
        try await process.waitFor("\n")
        guard let port = Int(process.output.prefix { $0 != "\n" }) else {
            throw TestServerError(message: "the proxy did not say its port, but: \(process.text)")
        }
        self.port = port
    }

    /// The lines that it said of its clients, once there are as many as expected: what it says may arrive after its answers.
    func clients(_ count: Int = 1) async throws -> [String] {
        try await process.wait(until: { $0.split(separator: "\n").count > count })
        return clientsSoFar
    }

    var clientsSoFar: [String] { process.output.split(separator: "\n").dropFirst().map(String.init) }

    private static let program = #"""
        import base64, socket, ssl, struct, sys, threading

        kind, certificate, key = sys.argv[1:4]
        context = None
        if kind == "https":
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate, key)

        def read(stream, count):
            data = b""
            while len(data) < count:
                more = stream.recv(count - len(data))
                if not more:
                    raise EOFError
                data += more
            return data

        def pump(source, target):
            try:
                while True:
                    data = source.recv(65536)
                    if not data:
                        break
                    target.sendall(data)
            except OSError:
                pass
            for one in (source, target):
                try:
                    one.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass

        def reach(host, port, user):
            print("%s:%d %s" % (host, port, user), flush=True)
            return None if port == 1 else socket.create_connection(("127.0.0.1", port))

        def tunnel(stream, target):
            threading.Thread(target=pump, args=(target, stream), daemon=True).start()
            pump(stream, target)

        def connect(stream):
            head = b""
            while b"\r\n\r\n" not in head:
                head += read(stream, 1)
            lines = head.decode().split("\r\n")
            user = ""
            for line in lines:
                if line.lower().startswith("proxy-authorization: basic "):
                    user = base64.b64decode(line.split(" ")[2]).decode()
            host, port = lines[0].split(" ")[1].rsplit(":", 1)
            target = reach(host, int(port), user)
            if target is None:
                stream.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
                return
            stream.sendall(b"HTTP/1.1 200 Connected\r\nX-Proxy: yes\r\n\r\n")
            tunnel(stream, target)

        def socks5(stream):
            version, count = read(stream, 2)
            methods = read(stream, count)
            user = ""
            if 2 in methods:
                stream.sendall(b"\x05\x02")
                read(stream, 1)
                name = read(stream, read(stream, 1)[0]).decode()
                password = read(stream, read(stream, 1)[0]).decode()
                user = name + ":" + password
                stream.sendall(b"\x01\x00")
            else:
                stream.sendall(b"\x05\x00")
            version, command, reserved, kind = read(stream, 4)
            if kind == 3:
                host = read(stream, read(stream, 1)[0]).decode()
            elif kind == 1:
                host = socket.inet_ntop(socket.AF_INET, read(stream, 4))
            else:
                host = socket.inet_ntop(socket.AF_INET6, read(stream, 16))
            port = struct.unpack(">H", read(stream, 2))[0]
            target = reach(host, port, user)
            if target is None:
                stream.sendall(b"\x05\x02\x00\x01" + b"\0" * 6)
                return
            stream.sendall(b"\x05\x00\x00\x01" + b"\0" * 6)
            tunnel(stream, target)

        def serve(raw):
            try:
                stream = context.wrap_socket(raw, server_side=True) if context else raw
                with stream:
                    (socks5 if kind == "socks5" else connect)(stream)
            except (OSError, EOFError):
                pass

        listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        print(listener.getsockname()[1], flush=True)
        while True:
            raw, _ = listener.accept()
            threading.Thread(target=serve, args=(raw,), daemon=True).start()
        """#
}
