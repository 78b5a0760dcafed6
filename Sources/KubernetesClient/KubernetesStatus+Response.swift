internal import HTTPTransport
internal import KubernetesModel
internal import StructuredData

extension KubernetesStatus {
    /// The status that a refusal means: the server's own where its body holds one, else one made of the HTTP status, since
    /// proxies and load balancers answer in their own ways.
    init(refusal response: HTTPResponse, of call: APICall) throws {
        var json: JSON
        if let body = try? JSON.parse(response.body), body["kind"]?.stringValue == "Status" {
            json = body
        } else {
            json = Self.substitute(for: response, of: call)
        }
        if json["code"]?.intValue == nil { json["code"] = JSON(response.status) }
        if let seconds = response.retryAfterSeconds, json["details"]?["retryAfterSeconds"] == nil {
            var details = json["details"]?.objectValue ?? JSONObject()
            details["retryAfterSeconds"] = JSON(Int(seconds))
            json["details"] = .object(details)
        }
        try self.init(decoding: json)
    }

    /// The status that a watch's error event carries.
    init(errorEvent object: JSON) throws {
        var json = object
        if json["code"]?.intValue == nil {
            json = [
                "kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Failure", "code": 500,
                "reason": "InternalError", "message": "the watch failed with an error event that holds no status",
            ]
        }
        try self.init(decoding: json)
    }

    private init(decoding json: JSON) throws {
        do {
            self = try json.decode(KubernetesStatus.self)
        } catch {
            throw KubernetesClientError(.decoding, "the server's error status cannot be read: \(error)")
        }
    }

    private static func substitute(for response: HTTPResponse, of call: APICall) -> JSON {
        let maxExcerptBytes = 256
        var excerpt = String(decoding: response.body.prefix(maxExcerptBytes), as: UTF8.self)
            .split(whereSeparator: \.isWhitespace).joined(separator: " ")
        if response.body.count > maxExcerptBytes { excerpt += "…" }
        let message = "the server answered \(response.status) to \(call.summary)"
        return [
            "kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Failure",
            "reason": .string(reasons[response.status] ?? ""), "code": JSON(response.status),
            "message": .string(excerpt.isEmpty ? message : "\(message): \(excerpt)"),
        ]
    }

    private static let reasons = [
        400: "BadRequest", 401: "Unauthorized", 403: "Forbidden", 404: "NotFound", 405: "MethodNotAllowed",
        406: "NotAcceptable", 409: "Conflict", 410: "Gone", 413: "RequestEntityTooLarge", 415: "UnsupportedMediaType",
        422: "Invalid", 429: "TooManyRequests", 500: "InternalError", 503: "ServiceUnavailable", 504: "Timeout",
    ]
}
