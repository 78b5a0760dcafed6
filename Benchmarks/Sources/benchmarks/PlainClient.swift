import BenchmarkSupport
import Foundation
import StructuredData
import TaskProtocol

/// A client of the gateway that takes as little as one can: a connection, on which it writes a request and waits for the answer, one
/// after the other, on the thread that calls. What it measures is the gateway's and the agents'.
struct PlainClient {
    private static let bufferBytes = 64 << 10

    private let connection: TLSClient.Connection
    private let headers: String

    init(_ cluster: ClusterUnderTest) throws {
        guard let port = URLComponents(string: cluster.gatewayURL)?.port else {
            throw BenchmarkFailure("\(cluster.gatewayURL) has no port")
        }
        connection = try TLSClient(authority: try cluster.authority()).connect(port: port)
        headers = "Host: 127.0.0.1:\(port)\r\nAuthorization: Bearer \(cluster.token)\r\n"
    }

    /// Submits a task, waits for its end, and answers how it ended.
    func run(_ task: TaskSubmission, namespace: String) throws -> JSON {
        let tasks = "/v1/namespaces/\(namespace)/tasks"
        let body = try JSON(encoding: SubmissionRequest.one(task)).serialized()
        let ofBody = "Content-Type: application/json\r\nContent-Length: \(body.count)\r\n"
        let made = try answer(to: "POST \(tasks) HTTP/1.1\r\n\(headers)\(ofBody)\r\n", body)
        guard let id = made["id"]?.stringValue else { throw BenchmarkFailure("a submission was answered by \(made)") }
        return try answer(to: "GET \(tasks)/\(id)?waitMs=30000 HTTP/1.1\r\n\(headers)\r\n")
    }

    private func answer(to head: String, _ body: [UInt8] = []) throws -> JSON {
        try connection.write(Array(head.utf8) + body)
        var received: [UInt8] = []
        return try withUnsafeTemporaryAllocation(byteCount: Self.bufferBytes, alignment: 1) { buffer in
            while true {
                guard let count = try connection.read(into: buffer) else { continue }
                received += buffer[..<count]
                if let answer = try Self.answer(in: received) { return answer }
            }
        }
    }

    /// - Returns: `nil` while it has not come whole.
    private static func answer(in bytes: [UInt8]) throws -> JSON? {
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let head = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).lowercased().split(separator: "\r\n")
        guard head[0].hasPrefix("http/1.1 2") else {
            throw BenchmarkFailure("the gateway answered \(String(decoding: bytes, as: UTF8.self))")
        }
        let name = "content-length: "
        guard let length = head.first(where: { $0.hasPrefix(name) }).flatMap({ Int($0.dropFirst(name.count)) }) else {
            throw BenchmarkFailure("an answer has no length: \(head)")
        }
        let body = bytes[end.upperBound...]
        return body.count < length ? nil : try JSON.parse(Array(body))
    }
}
