import Foundation
import Synchronization

/// A TCP server on a free loopback port. Each connection is handled on a thread of its own, as badly as a test wants.
final class SocketServer: Sendable {
    let port: Int
    private let listener: Int32
    private let connections = Mutex(0)

    /// How many connections have been accepted.
    var connectionCount: Int { connections.withLock { $0 } }

    init(_ handle: @escaping @Sendable (ServerConnection) -> Void) throws {
        (listener, port) = try boundSocket()
        guard listen(listener, 512) == 0 else { throw SocketError("listen") }
        Thread.detachNewThread { [self] in accept(handle) }
    }

    var url: String { "http://127.0.0.1:\(port)" }

    /// Accepts no more connections.
    func close() { _ = shutdown(listener, Int32(SHUT_RDWR)) }

    private func accept(_ handle: @escaping @Sendable (ServerConnection) -> Void) {
        while true {
            let socket = Foundation.accept(listener, nil, nil)
            guard socket >= 0 else { break }
            connections.withLock { $0 += 1 }
            Thread.detachNewThread {
                let connection = ServerConnection(socket)
                handle(connection)
                connection.close()
            }
        }
        _ = Foundation.close(listener)
    }
}

/// A port that is taken, so that nobody else gets it, but on which nothing listens.
final class UnheardPort {
    let port: Int
    private let socket: Int32

    init() throws { (socket, port) = try boundSocket() }

    deinit { _ = Foundation.close(socket) }
}

private func boundSocket() throws -> (socket: Int32, port: Int) {
    let socket = Foundation.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard socket >= 0 else { throw SocketError("socket") }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            bind(socket, $0, size) == 0 && getsockname(socket, $0, &size) == 0
        }
    }
    guard isBound else { throw SocketError("bind") }
    return (socket, Int(UInt16(bigEndian: address.sin_port)))
}

struct SocketError: Error {
    var call: String
    init(_ call: String) { self.call = "\(call): errno \(errno)" }
}

/// The server's end of a connection. Used by its one thread.
final class ServerConnection {
    struct Request: Sendable {
        var line: String
        var headers: [(name: String, value: String)]
        var body: [UInt8]

        var method: String { String(line.split(separator: " ")[0]) }
        var target: String { String(line.split(separator: " ")[1]) }

        func header(_ name: String) -> String? {
            headers.first { $0.name.lowercased() == name.lowercased() }?.value
        }
    }

    private let socket: Int32
    private var received: [UInt8] = []
    private var isClosed = false

    init(_ socket: Int32) {
        self.socket = socket
        var on: Int32 = 1
        setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
    }

    /// The next request; `nil` once the client has closed.
    func readRequest() -> Request? {
        var end: Int?
        while true {
            end = received.indices.dropLast(3).first {
                received[$0] == 13 && received[$0 + 1] == 10 && received[$0 + 2] == 13 && received[$0 + 3] == 10
            }
            if end != nil { break }
            guard readMore() else { return nil }
        }
        guard let end else { return nil }
        let lines = String(decoding: received[..<end], as: UTF8.self).components(separatedBy: "\r\n")
        received.removeSubrange(..<(end + 4))
        var request = Request(line: lines[0], headers: [], body: [])
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            request.headers.append(
                (String(parts[0]), parts.count > 1 ? parts[1].trimmingCharacters(in: .whitespaces) : ""))
        }
        let length = request.header("Content-Length").flatMap { Int($0) } ?? 0
        while received.count < length {
            guard readMore() else { return nil }
        }
        request.body = Array(received[..<length])
        received.removeSubrange(..<length)
        return request
    }

    /// - Returns: Whether the client still listens.
    @discardableResult
    func write(_ text: String) -> Bool { write(Array(text.utf8)) }

    @discardableResult
    func write(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes { send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    /// Writes as `write` does, and calls `stalled` once the client has taken nothing for so long.
    func write(_ bytes: [UInt8], stalledAfter milliseconds: Int32, _ stalled: (_ sent: Int) -> Void) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
            }
            if count > 0 {
                sent += count
                continue
            }
            guard errno == EAGAIN else { return false }
            var event = pollfd(fd: socket, events: Int16(POLLOUT), revents: 0)
            if poll(&event, 1, milliseconds) == 0 {
                stalled(sent)
                _ = poll(&event, 1, -1)
            }
        }
        return true
    }

    func respond(_ status: Int = 200, headers: [String] = [], body: String = "") {
        let fields = (["Content-Length: \(body.utf8.count)"] + headers).map { "\($0)\r\n" }.joined()
        write("HTTP/1.1 \(status) Whatever\r\n\(fields)\r\n\(body)")
    }

    func beginChunks() { write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n") }

    @discardableResult
    func chunk(_ text: String) -> Bool { write("\(String(text.utf8.count, radix: 16))\r\n\(text)\r\n") }

    func endChunks() { write("0\r\n\r\n") }

    /// Returns once the client has closed its end.
    func waitForClose() {
        while readMore() {}
    }

    func close() {
        guard !isClosed else { return }
        isClosed = true
        _ = Foundation.close(socket)
    }

    private func readMore() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 65536)
        let count = buffer.withUnsafeMutableBytes { recv(socket, $0.baseAddress, $0.count, 0) }
        guard count > 0 else { return false }
        received += buffer[..<count]
        return true
    }
}

extension Thread {
    /// Makes a server slow; nothing waits for it by the clock.
    static func sleep(milliseconds: Int) { Thread.sleep(forTimeInterval: Double(milliseconds) / 1000) }
}
