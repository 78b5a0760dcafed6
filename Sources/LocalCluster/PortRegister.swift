package import CertificateStore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

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

    private static func isFree(_ port: Int, host: String) -> Bool {
        guard let number = in_port_t(exactly: port) else { return false }
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = number.bigEndian
        address.sin_addr.s_addr = inet_addr(host)
        if address.sin_addr.s_addr == in_addr_t.max { address.sin_addr.s_addr = in_addr_t(0x0100_007f) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}

extension String {
    fileprivate func trimming() -> String {
        var text = Substring(self)
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
