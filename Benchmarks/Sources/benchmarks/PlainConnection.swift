import BenchmarkSupport
import Foundation

/// A connection to a server on 127.0.0.1, on which one writes a request and waits for the answer, one after the other, on the thread that
/// calls: what clients cost that do more is not the server's. HTTP/1.1 over TLS.
struct PlainConnection {
    private static let bufferBytes = 64 << 10

    private let connection: TLSClient.Connection
    private let headers: String

    /// - Parameters:
    ///   - authority: whose certificate the server shows, in PEM.
    ///   - authorization: what each request's header of that name says.
    init(port: Int, authority: [UInt8], authorization: String) throws {
        connection = try TLSClient(authority: authority).connect(port: port)
        headers = "Host: 127.0.0.1:\(port)\r\nAuthorization: \(authorization)\r\n"
    }

    /// - Returns: the answer's body.
    /// - Throws: `BenchmarkFailure` for any answer but a success.
    @discardableResult
    func send(
        _ method: String, _ path: String, _ body: [UInt8]? = nil, type: String = "application/json"
    ) throws -> [UInt8] {
        var head = "\(method) \(path) HTTP/1.1\r\n\(headers)"
        if let body { head += "Content-Type: \(type)\r\nContent-Length: \(body.count)\r\n" }
        try connection.write(Array(head.utf8) + Array("\r\n".utf8) + (body ?? []))
        var received: [UInt8] = []
        return try withUnsafeTemporaryAllocation(byteCount: Self.bufferBytes, alignment: 1) { buffer in
            while true {
                guard let count = try connection.read(into: buffer) else { continue }
                received += buffer[..<count]
                if let body = try Self.body(in: received) { return body }
            }
        }
    }

    /// - Returns: `nil` while the answer has not come whole.
    private static func body(in bytes: [UInt8]) throws -> [UInt8]? {
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let head = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).lowercased().split(separator: "\r\n")
        guard head[0].hasPrefix("http/1.1 2") else {
            throw BenchmarkFailure("the server answered \(String(decoding: bytes, as: UTF8.self))")
        }
        let rest = bytes[end.upperBound...]
        let name = "content-length: "
        if let length = head.first(where: { $0.hasPrefix(name) }).flatMap({ Int($0.dropFirst(name.count)) }) {
            return rest.count < length ? nil : Array(rest)
        }
        guard head.contains("transfer-encoding: chunked") else {
            throw BenchmarkFailure("an answer has no length: \(head)")
        }
        var (chunks, body) = (ChunkedBody(), [UInt8]())
        try rest.withUnsafeBytes { try chunks.decode($0) { body += $0 } }
        return chunks.isAtEnd ? body : nil
    }
}
