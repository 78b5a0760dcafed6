package import CertificateStore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

private func closeDescriptor(_ descriptor: Int32) { _ = close(descriptor) }

/// Remembers the ports that servers of one data directory had, so that addresses in kubeconfigs and Deployments stay good when
/// the cluster is started again.
package struct PortRegister: Sendable {
    let directory: DataDirectory

    package init(directory: DataDirectory) { self.directory = directory }

    /// The port to listen on: the one asked for, or the remembered one where it is free, or 0 for any.
    package func port(asked: Int, name: String, host: String) throws -> Int {
        if asked != 0 { return asked }
        guard let text = try directory.read("\(name).port"), let kept = Int(text.trimming()),
            Self.isFree(kept, host: host)
        else { return 0 }
        return kept
    }

    package func keep(_ port: Int, name: String) {
        // Without the file the next start takes another port, nothing worse.
        try? directory.write("\(port)\n", to: "\(name).port")
    }

    /// A port that nobody else is given before a server listens at it: the one asked for, or the remembered one where it is free,
    /// or any free one.
    package func reserve(asked: Int, name: String, host: String) throws -> ReservedPort {
        let port = try port(asked: asked, name: name, host: host)
        return port == 0 ? ReservedPort(anyAt: host) : ReservedPort(port)
    }

    private static func isFree(_ port: Int, host: String) -> Bool {
        guard let number = in_port_t(exactly: port) else { return false }
        let socket = BoundSocket(host: host, port: number)
        defer { socket?.close() }
        return socket != nil
    }
}

/// A port that is kept for a server, until it listens.
package final class ReservedPort: Sendable {
    /// 0: none could be kept, and the server is to take any.
    package let port: Int
    private let socket: BoundSocket?

    init(_ port: Int) {
        self.port = port
        socket = nil
    }

    init(anyAt host: String) {
        socket = BoundSocket(host: host, port: 0)
        port = socket?.port ?? 0
    }

    deinit { socket?.close() }
}

/// A socket that is bound, and does not listen: it keeps a port from those who take any, not from a server that asks for it.
private struct BoundSocket: Sendable {
    private let descriptor: Int32
    let port: Int

    init?(host: String, port: in_port_t) {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = inet_addr(host)
        if address.sin_addr.s_addr == in_addr_t.max { address.sin_addr.s_addr = in_addr_t(0x0100_007f) }
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { [descriptor] pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        self.port = Int(in_port_t(bigEndian: address.sin_port))
        if !isBound {
            close()
            return nil
        }
    }

    func close() { closeDescriptor(descriptor) }
}

extension String {
    fileprivate func trimming() -> String {
        var text = Substring(self)
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
