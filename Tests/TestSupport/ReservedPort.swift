import Glibc
import SystemThreads

/// A loopback port that stays ours while nobody listens on it: bound by a socket that does not listen. A server that is told of it
/// may listen there, and be started again; nobody else is given the port meanwhile.
package final class ReservedPort: Sendable {
    package let number: Int
    private let placeholder: Int32

    /// - Throws: where there is none to be had.
    package init() throws {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else { throw SystemError("make a socket") }
        var on: Int32 = 1
        setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(INADDR_LOOPBACK).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, size) == 0 && getsockname(socket, $0, &size) == 0
            }
        }
        guard isBound else {
            defer { close(socket) }
            throw SystemError("find a free port")
        }
        placeholder = socket
        number = Int(UInt16(bigEndian: address.sin_port))
    }

    deinit { close(placeholder) }
}
