private import Glibc

/// Probes over TCP, blocking, on a thread of their own.
enum SocketProbe {
    /// No probe may hold its thread longer; the probe's own limit is usually shorter.
    private static let limitSeconds = 5

    static func connect(host: String, port: Int) async -> (Bool, String) {
        await onThread {
            let descriptor = try open(host, port)
            close(descriptor)
            return "connected"
        }
    }

    /// A GET over plain HTTP; any status from 200 to 399 is a success.
    static func get(
        host: String, port: Int, path: String, headers: [(String, String)], isSecure: Bool
    ) async -> (Bool, String) {
        guard !isSecure else { return (false, "this node cannot probe over HTTPS: use an exec probe") }
        return await onThread {
            let descriptor = try open(host, port)
            defer { close(descriptor) }
            var request =
                "GET \(path) HTTP/1.1\r\nHost: \(host):\(port)\r\nConnection: close\r\nUser-Agent: kube-probe\r\n"
            for (name, value) in headers { request += "\(name): \(value)\r\n" }
            request += "\r\n"
            let bytes = Array(request.utf8)
            guard
                bytes.withUnsafeBytes({ send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) })
                    == bytes.count
            else { throw failure("the request cannot be sent") }
            var answer: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 512)
            while !answer.contains(UInt8(ascii: "\n")), answer.count < 4096 {
                let count = recv(descriptor, &buffer, buffer.count, 0)
                guard count > 0 else { break }
                answer.append(contentsOf: buffer[..<count])
            }
            let line = String(decoding: answer.prefix { $0 != UInt8(ascii: "\r") }, as: UTF8.self)
            let fields = line.split(separator: " ")
            guard fields.count > 1, let status = Int(fields[1]) else {
                throw ProcessNodeError(.start, "the answer is not HTTP: \(line.prefix(100))")
            }
            guard (200..<400).contains(status) else { throw ProcessNodeError(.start, "HTTP status \(status)") }
            return "HTTP status \(status)"
        }
    }

    private static func onThread(_ body: @escaping @Sendable () throws -> String) async -> (Bool, String) {
        do { return (true, try await Blocking.run(body)) } catch { return (false, "\(error)") }
    }

    private static func open(_ host: String, _ port: Int) throws -> Int32 {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, String(port), &hints, &found) == 0, let address = found else {
            throw ProcessNodeError(.start, "the host \(host) is not known")
        }
        defer { freeaddrinfo(address) }
        let type = address.pointee.ai_socktype | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = socket(address.pointee.ai_family, type, address.pointee.ai_protocol)
        guard descriptor >= 0 else { throw failure("no socket") }
        var limit = timeval(tv_sec: limitSeconds, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
        }
        guard Glibc.connect(descriptor, address.pointee.ai_addr, address.pointee.ai_addrlen) == 0 else {
            defer { close(descriptor) }
            throw failure("\(host):\(port) cannot be connected to")
        }
        return descriptor
    }

    private static func failure(_ what: String) -> ProcessNodeError {
        ProcessNodeError(.start, "\(what): \(String(cString: strerror(errno)))")
    }
}
