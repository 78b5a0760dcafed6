import CurlTransport
import Foundation
import HTTPTransport
import Testing

#if os(Linux)
    @Suite("A connection without traffic")
    struct KeepAliveTests {
        /// This process's socket that is connected to a port of this machine.
        private static func socket(connectedTo port: Int) -> Int32? {
            (0..<4096).first { descriptor in
                var address = sockaddr_in()
                var size = socklen_t(MemoryLayout<sockaddr_in>.size)
                let result = withUnsafeMutablePointer(to: &address) { pointer in
                    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getpeername(descriptor, $0, &size) }
                }
                return result == 0 && address.sin_family == sa_family_t(AF_INET)
                    && UInt16(bigEndian: address.sin_port) == UInt16(port)
            }
        }

        private static func option(_ socket: Int32, _ level: Int32, _ name: Int32) -> Int32? {
            var value: Int32 = 0
            var size = socklen_t(MemoryLayout<Int32>.size)
            return getsockopt(socket, level, name, &value, &size) == 0 ? value : nil
        }

        @Test(arguments: [HTTPRequest.ConnectionUse.dedicated, .shared])
        func `the system asks for signs of life, and gives up a peer that acknowledges nothing`(
            use: HTTPRequest.ConnectionUse
        ) async throws {
            let isOver = Signal()
            let server = try SocketServer { connection in
                _ = connection.readRequest()
                connection.beginChunks()
                isOver.block()
                connection.endChunks()
            }
            let transport = CurlTransport(
                CurlTransport.Configuration(keepAliveSeconds: 21, unacknowledgedSeconds: 17))
            defer { transport.shutdown() }
            let response = try await transport.stream(
                HTTPRequest(.get, server.url, timeoutSeconds: nil, connection: use))
            let socket = try #require(Self.socket(connectedTo: server.port))
            let tcp = Int32(IPPROTO_TCP)
            #expect(Self.option(socket, SOL_SOCKET, SO_KEEPALIVE) == 1)
            #expect(Self.option(socket, tcp, TCP_KEEPIDLE) == 21)
            #expect(Self.option(socket, tcp, TCP_KEEPINTVL) == 7)
            #expect(Self.option(socket, tcp, TCP_USER_TIMEOUT) == 17_000)
            isOver.send()
            for try await _ in response.body {}
        }
    }
#endif
