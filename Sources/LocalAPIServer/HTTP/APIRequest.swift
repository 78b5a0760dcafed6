import CommonExpression
import HTTPTypes
import Hummingbird
import KubernetesModel
import StructuredData

/// A request, taken apart.
struct APIRequest: Sendable {
    var method: String
    var path: String
    var query: Query
    var headers: HTTPFields
    var body: [UInt8]
    var info: RequestInfo
    var user: UserInfo
    /// The request on its connection: a watch learns from it that the client has left.
    var connection: Request
    /// Runs what writes to the connection again and again.
    var executor: ConnectionExecutor

    /// The host and port by which the client has reached the server.
    var authority: String { connection.head.authority ?? "" }

    /// A header's value.
    func header(_ name: String) -> String? { HTTPField.Name(name).flatMap { headers[$0] } }

    /// The content type without its parameters.
    var contentType: String {
        let value = header("Content-Type") ?? ""
        return value.prefix { $0 != ";" }.lowercased().filter { $0 != " " }
    }

    /// The program that writes, where it does not name a manager itself: the first word of its User-Agent.
    var userAgentManager: String {
        String((header("User-Agent") ?? "").prefix { $0 != "/" }.prefix(128))
    }
}

/// The parameters of a URL, decoded, in order.
struct Query: Sendable {
    var items: [(name: String, value: String)] = []

    init(_ text: Substring) {
        for pair in text.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            items.append((Self.decode(parts[0]), parts.count > 1 ? Self.decode(parts[1]) : ""))
        }
    }

    subscript(name: String) -> String? { items.first { $0.name == name }?.value }

    func values(_ name: String) -> [String] { items.lazy.filter { $0.name == name }.map(\.value) }

    /// A flag: set by whatever is not a plain no; absent is false.
    func flag(_ name: String) -> Bool { self[name].map { $0 != "0" && $0.lowercased() != "false" } ?? false }

    /// - Throws: 400 where the value is no integer.
    func integer(_ name: String) throws(KubernetesStatus) -> Int? {
        guard let text = self[name], !text.isEmpty else { return nil }
        guard let value = Int(text) else {
            throw .badRequest("strconv.ParseInt: parsing \(JSON.string(text).text()): invalid syntax")
        }
        return value
    }

    /// - Throws: 400 where there is a value that is no duration, such as `1m30s`.
    func requireDuration(_ name: String) throws(KubernetesStatus) {
        guard let text = self[name], !text.isEmpty, DurationText.parse(text) == nil else { return }
        throw .badRequest(
            "invalid \(name) specified in the request URL - time: invalid duration \(JSON.string(text).text())")
    }

    /// Percent and plus signs resolved.
    static func decode(_ text: Substring, plusIsSpace: Bool = true) -> String {
        guard text.utf8.contains(where: { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "+") }) else {
            return String(text)
        }
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else if byte == UInt8(ascii: "+"), plusIsSpace {
                bytes.append(UInt8(ascii: " "))
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
