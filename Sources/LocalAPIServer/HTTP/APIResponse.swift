import Crypto
import FoundationEssentials
import HTTPTypes
import Hummingbird
import KubernetesModel
import NIOCore
import ServerConnections
import StructuredData

/// An answer, before it is put on the wire.
struct APIResponse: Sendable {
    enum Body: Sendable {
        case bytes([UInt8])
        /// Written piece by piece, each when the one before is on its way.
        case pieces(@Sendable (_ write: (sending [UInt8]) async throws -> Void) async throws -> Void)
        /// Written piece by piece; the connection stays open until the function returns.
        case stream(@Sendable (_ write: (sending [UInt8]) async throws -> Void) async throws -> Void)
    }

    var status: Int
    var contentType: String
    /// Sent as `Warning` headers.
    var warnings: [String] = []
    var headers: [(name: String, value: String)] = []
    var body: Body

    init(status: Int = 200, contentType: String = "application/json", body: Body) {
        self.status = status
        self.contentType = contentType
        self.body = body
    }

    static func json(_ json: JSON, status: Int = 200) -> APIResponse {
        APIResponse(status: status, body: .bytes(json.serialized()))
    }

    /// The answer to a read of what changes seldom: a client that has it already is told so.
    ///
    /// - Parameter hash: of the contents.
    static func tagged(
        _ bytes: [UInt8], hash: String, contentType: String, for request: APIRequest
    ) -> APIResponse {
        let tag = "\"\(hash)\""
        let isKnown = (request.header("If-None-Match") ?? "").split(separator: ",").contains {
            let known = $0.filter { !$0.isWhitespace }
            return known == "*" || known == tag || known == "W/\(tag)"
        }
        var response = APIResponse(
            status: isKnown ? 304 : 200, contentType: contentType, body: .bytes(isKnown ? [] : bytes))
        response.headers = [("Etag", tag), ("Vary", "Accept")]
        return response
    }

    /// How contents are named: the hexadecimal digits of their SHA-256.
    static func hash(of bytes: [UInt8]) -> String {
        SHA256.hash(data: Data(bytes)).map { byte in
            let digits = String(byte, radix: 16, uppercase: true)
            return digits.count == 1 ? "0\(digits)" : digits
        }.joined()
    }

    static func text(_ text: String, status: Int = 200) -> APIResponse {
        APIResponse(status: status, contentType: "text/plain; charset=utf-8", body: .bytes(Array(text.utf8)))
    }

    /// The answer for an error, or for a deletion.
    static func status(_ status: KubernetesStatus) -> APIResponse {
        let json = (try? JSON(encoding: status)) ?? ["kind": "Status", "apiVersion": "v1", "code": JSON(status.code)]
        var response = APIResponse.json(json, status: status.isSuccess && status.code == 0 ? 200 : status.code)
        if let seconds = status.details?.retryAfterSeconds {
            response.headers.append(("Retry-After", String(seconds)))
        }
        return response
    }

    /// Writes a JSON text anew; what is none, though it says so, or has no such form, stays as it is.
    mutating func write(as encoding: Accepted.Encoding) {
        guard encoding != .json, contentType == Accepted.Encoding.json.contentType, case .bytes(let bytes) = body,
            let json = try? JSON.parse(bytes), let encoded = try? encoding.encode(json)
        else { return }
        contentType = encoding.contentType
        body = .bytes(encoded)
    }

    /// The answer as the server framework sends it.
    func response(isMultiplexed: Bool) -> Response {
        var fields = HTTPFields()
        fields[.contentType] = contentType
        fields[.cacheControl] = "no-cache, private"
        if let name = HTTPField.Name("Warning") {
            for warning in warnings {
                fields.append(HTTPField(name: name, value: "299 - \(JSON.string(warning).text())"))
            }
        }
        for header in headers {
            if let name = HTTPField.Name(header.name) { fields[name] = header.value }
        }
        let body: ResponseBody
        switch self.body {
        case .bytes(let bytes): body = ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
        case .pieces(let produce): body = Self.written(produce)
        case .stream(let produce):
            // Watching for the client's leaving reads the connection to its end: it cannot be used again.
            if !isMultiplexed { fields[.connection] = "close" }
            body = Self.written(produce)
        }
        return Response(status: .init(code: status), headers: fields, body: body)
    }

    private static func written(
        _ produce: @escaping @Sendable (_ write: (sending [UInt8]) async throws -> Void) async throws -> Void
    ) -> ResponseBody {
        ResponseBody { writer in
            var sink = writer
            try await withoutLoop { try await produce { bytes in try await sink.write(ByteBuffer(bytes: bytes)) } }
            try await sink.finish(nil)
        }
    }
}
