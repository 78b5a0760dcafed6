internal import HTTPTransport
internal import StructuredData

/// A call to the API server as a value: what does not depend on the server or the credentials.
struct APICall: Sendable {
    var method: HTTPRequest.Method
    /// From the server's root, percent-encoded.
    var path: String
    var query = Query()
    var headers: HTTPHeaders = [:]
    var body: [UInt8]?
    var timeoutSeconds: Double? = 30
    var connection = HTTPRequest.ConnectionUse.shared
    var isRetried = true

    init(_ method: HTTPRequest.Method, _ path: String) {
        self.method = method
        self.path = path
    }

    /// What the call is, for messages: no query, which may be long.
    var summary: String { "\(method.rawValue) \(path)" }

    /// Whether a call that may have happened already can be sent again.
    var isReadOnly: Bool { method == .get || method == .head }

    mutating func setBody(_ json: JSON, contentType: String) {
        body = json.serialized()
        headers["Content-Type"] = contentType
    }

    mutating func add(_ options: WriteOptions) {
        query.add("fieldManager", options.fieldManager)
        if options.dryRun { query.add("dryRun", "All") }
        query.add("fieldValidation", options.fieldValidation.rawValue)
    }

    func request(server: String) -> HTTPRequest {
        var headers = headers
        if headers["Accept"] == nil { headers["Accept"] = "application/json" }
        return HTTPRequest(
            method, server + path + query.encoded, headers: headers, body: body, timeoutSeconds: timeoutSeconds,
            connection: connection)
    }
}

/// The parameters behind a URL's question mark.
struct Query: Sendable {
    private var items: [(name: String, value: String)] = []

    /// Parameters without a value are left out.
    mutating func add(_ name: String, _ value: String?) {
        if let value { items.append((name, value)) }
    }

    /// With its question mark; empty where there are no parameters.
    var encoded: String {
        guard !items.isEmpty else { return "" }
        return "?" + items.map { "\(Self.encode($0.name))=\(Self.encode($0.value))" }.joined(separator: "&")
    }

    /// Everything but unreserved characters (RFC 3986, section 2.3) is percent-encoded.
    private static func encode(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var encoded: [UInt8] = []
        encoded.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                encoded.append(byte)
            default:
                encoded += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }
}
