import BenchmarkSupport
import Foundation

/// A connection to a server on 127.0.0.1, on which one writes a request and waits for the answer, one after the other, on the thread that
/// calls: what clients cost that do more is not the server's. HTTP/1.1 over TLS.
final class PlainConnection {
    private static let bufferBytes = 64 << 10

    private let connection: TLSClient.Connection
    private let headers: String
    private let buffer: UnsafeMutableRawBufferPointer

    /// - Parameters:
    ///   - authority: whose certificate the server shows, in PEM.
    ///   - authorization: what each request's header of that name says.
    init(port: Int, authority: [UInt8], authorization: String) throws {
        connection = try TLSClient(authority: authority).connect(port: port)
        headers = "Host: 127.0.0.1:\(port)\r\nAuthorization: \(authorization)\r\n"
        buffer = .allocate(byteCount: Self.bufferBytes, alignment: 16)
    }

    deinit { buffer.deallocate() }

    /// A request as it goes over the wire.
    func request(_ method: String, _ path: String, _ body: [UInt8]? = nil, type: String = "application/json") -> [UInt8]
    {
        var head = "\(method) \(path) HTTP/1.1\r\n\(headers)"
        if let body { head += "Content-Type: \(type)\r\nContent-Length: \(body.count)\r\n" }
        return Array(head.utf8) + Array("\r\n".utf8) + (body ?? [])
    }

    /// - Returns: the answer's body.
    /// - Throws: `BenchmarkFailure` for any answer but a success.
    @discardableResult
    func send(_ request: [UInt8]) throws -> [UInt8] {
        try connection.write(request)
        var received: [UInt8] = []
        while true {
            guard let count = try connection.read(into: buffer) else { continue }
            received += buffer[..<count]
            if let body = try PlainAnswer(received)?.body() { return body }
        }
    }
}

/// An answer whose head has come.
private struct PlainAnswer {
    private let bytes: [UInt8]
    private let headEnd: Int

    /// `nil`: the head has not come whole.
    init?(_ bytes: [UInt8]) {
        guard let end = Self.place(of: "\r\n\r\n", in: bytes) else { return nil }
        (self.bytes, headEnd) = (bytes, end)
    }

    /// - Returns: `nil` while it has not come whole.
    /// - Throws: `BenchmarkFailure` for any answer but a success.
    func body() throws -> [UInt8]? {
        guard bytes.starts(with: "HTTP/1.1 2".utf8) else {
            throw BenchmarkFailure("the server answered \(String(decoding: bytes, as: UTF8.self))")
        }
        let rest = bytes[(headEnd + 4)...]
        if let length = length { return rest.count < length ? nil : Array(rest) }
        guard Self.place(of: "\r\nTransfer-Encoding: chunked\r\n", in: bytes) != nil else {
            throw BenchmarkFailure("an answer has no length: \(String(decoding: bytes, as: UTF8.self))")
        }
        var (chunks, body) = (ChunkedBody(), [UInt8]())
        try rest.withUnsafeBytes { try chunks.decode($0) { body += $0 } }
        return chunks.isAtEnd ? body : nil
    }

    private var length: Int? {
        let name: StaticString = "\r\nContent-Length: "
        guard let start = Self.place(of: name, in: bytes), start < headEnd else { return nil }
        let digits = bytes[(start + name.utf8CodeUnitCount)...].prefix {
            $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9")
        }
        return Int(String(decoding: digits, as: UTF8.self))
    }

    /// Where `text` begins, whatever the case of its letters: servers write the names of headers as they like.
    private static func place(of text: StaticString, in bytes: [UInt8]) -> Int? {
        bytes.withUnsafeBytes { bytes in
            let count = text.utf8CodeUnitCount
            guard bytes.count >= count else { return nil }
            return (0...(bytes.count - count)).first { start in
                (0..<count).allSatisfy { lower(bytes[start + $0]) == lower(text.utf8Start[$0]) }
            }
        }
    }

    private static func lower(_ byte: UInt8) -> UInt8 {
        byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
    }
}
