internal import SystemThreads

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// The sockets of a multi handle's connections. libcurl names neither the connection nor the socket of a transfer, but its local
/// port. Everything here happens on the loop's thread.
final class SocketTable {
    /// One connection; what it is good for ends with its socket.
    final class Connection {
        fileprivate let socket: Int32
        /// 0 until it is asked for.
        fileprivate var localPort: Int32 = 0
        /// When it last brought a part of a response, or else was made.
        var lastByteAt = MonotonicTime.seconds

        fileprivate init(_ socket: Int32) { self.socket = socket }
    }

    private let unacknowledgedSeconds: Int
    private var connections: [Int32: Connection] = [:]

    init(unacknowledgedSeconds: Int) { self.unacknowledgedSeconds = unacknowledgedSeconds }

    static func of(_ context: UnsafeMutableRawPointer?) -> SocketTable? {
        context.map { Unmanaged<SocketTable>.fromOpaque($0).takeUnretainedValue() }
    }

    /// A socket that is about to connect.
    func add(_ socket: Int32) {
        #if os(Linux)
            var milliseconds = UInt32(clamping: max(unacknowledgedSeconds, 0) * 1000)
            if milliseconds > 0 {
                // Where the system does not know the option, keepalive still finds a dead peer, if later.
                setsockopt(
                    socket, Int32(IPPROTO_TCP), TCP_USER_TIMEOUT, &milliseconds, socklen_t(MemoryLayout<UInt32>.size))
            }
        #endif
        connections[socket] = Connection(socket)
    }

    /// A socket that is about to be closed.
    func remove(_ socket: Int32) { connections[socket] = nil }

    func connection(localPort: Int32) -> Connection? {
        connections.values.first { connection in
            if connection.localPort == 0 { connection.localPort = Self.localPort(connection.socket) ?? 0 }
            return connection.localPort == localPort
        }
    }

    /// Ends a connection as if its peer had closed it: libcurl finds out, fails what waits on it, and closes it.
    func cut(_ connection: Connection) {
        guard connections[connection.socket] === connection else { return }
        shutdown(connection.socket, Int32(SHUT_RDWR))
    }

    private static func localPort(_ socket: Int32) -> Int32? {
        var address = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutablePointer(to: &address) { storage in
            let result = storage.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(socket, $0, &size) }
            guard result == 0 else { return nil }
            switch Int32(storage.pointee.ss_family) {
            case AF_INET:
                return storage.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                    Int32(UInt16(bigEndian: $0.pointee.sin_port))
                }
            case AF_INET6:
                return storage.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
                    Int32(UInt16(bigEndian: $0.pointee.sin6_port))
                }
            default: return nil
            }
        }
    }
}
