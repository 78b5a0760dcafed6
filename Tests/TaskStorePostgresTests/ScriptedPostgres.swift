import Glibc
import SystemThreads

/// A server that lets one client in without a question, and says of itself what it is told to.
final class ScriptedPostgres: Sendable {
    let port: Int
    private let listener: Int32

    init(version: String) throws {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = listener
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && listen(descriptor, 8) == 0
                    && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard isListening else { throw SystemError("listen") }
        port = Int(UInt16(bigEndian: address.sin_port))
        try OSThread.start("old server") {
            while case let client = accept(descriptor, nil, nil), client >= 0 { Self.serve(client, version) }
        }
    }

    deinit { shutdown(listener, Int32(SHUT_RDWR)) }

    private static func serve(_ client: Int32, _ version: String) {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while case let count = read(client, &buffer, buffer.count), count > 0 {
            // A request for encryption, which is declined, or the start of a session.
            if count == 8 {
                _ = write(client, [UInt8(ascii: "N")], 1)
                continue
            }
            var answer = message("R", [0, 0, 0, 0])
            answer += message("S", Array("server_version\0\(version)\0".utf8))
            answer += message("Z", [UInt8(ascii: "I")])
            _ = write(client, answer, answer.count)
        }
        close(client)
    }

    private static func message(_ type: Character, _ body: [UInt8]) -> [UInt8] {
        Array(String(type).utf8) + withUnsafeBytes(of: UInt32(body.count + 4).bigEndian) { Array($0) } + body
    }
}
