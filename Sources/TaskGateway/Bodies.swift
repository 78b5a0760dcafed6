import HTTPTypes
import Hummingbird
import NIOCore
import StructuredData
import TaskProtocol

extension Request {
    /// The body, decoded.
    /// - Throws: `Problem` 400 where it is no JSON or not of the call's shape, 413 where it is too large.
    func decoded<Value: Decodable>(_ type: Value.Type) async throws -> Value {
        let buffer = try await body.collect(upTo: ProtocolLimits.bodyBytes)
        let json: JSON
        do {
            json = try JSON.parse(Array(buffer.readableBytesView))
        } catch {
            throw Problems.malformed("the body is no JSON: \(error)")
        }
        do {
            return try json.decode(type)
        } catch let error as StructuredDataError {
            throw Problems.malformed(
                "the body does not have the call's shape: \(error.message)", pointer: Self.pointer(error.path))
        }
    }

    /// The JSON pointer of a place that is written as `reports[0].epoch`.
    static func pointer(_ path: String) -> String? {
        guard !path.isEmpty else { return nil }
        let tokens = path.split { $0 == "." || $0 == "[" || $0 == "]" }.map(String.init)
        return JSONPointer(tokens: tokens).description
    }

    /// A number from the query; 422 where it is none.
    func number(_ name: Substring, default value: Int64, in range: ClosedRange<Int64>) throws -> Int64 {
        guard let text = uri.queryParameters[name] else { return value }
        guard let number = Int64(text) else {
            throw Problems.invalid("the query parameter \(name) must be a whole number, found \"\(text)\"")
        }
        return min(max(number, range.lowerBound), range.upperBound)
    }

    func text(_ name: Substring) -> String? {
        uri.queryParameters[name].map(String.init)
    }
}

extension Response {
    static func json(_ status: HTTPResponse.Status = .ok, _ value: some Encodable) throws -> Response {
        bytes(status, try JSON(encoding: value).serialized())
    }

    static func bytes(
        _ status: HTTPResponse.Status = .ok, _ bytes: [UInt8], type: String = "application/json"
    ) -> Response {
        var response = Response(
            status: status, headers: [.contentType: type],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
        response.headers[.cacheControl] = "no-store"
        return response
    }

    static func problem(_ problem: Problem) -> Response {
        let body = (try? JSON(encoding: problem).serialized()) ?? []
        var response = bytes(.init(code: problem.status), body, type: Problem.contentType)
        if let retryAfterMs = problem.retryAfterMs {
            // Whole seconds, never 0.
            response.headers[.retryAfter] = String(max((retryAfterMs + 999) / 1000, 1))
        }
        if problem.status == 401 { response.headers[.wwwAuthenticate] = "Bearer" }
        return response
    }
}
