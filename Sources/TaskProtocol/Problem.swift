/// An error answer of the gateway: RFC 9457 problem details, with what a caller needs to decide whether to repeat the call.
///
/// Sent as `application/problem+json`; also stands inside the verdict of a refused item of a batch.
package struct Problem: Error, Codable, Sendable, Hashable, CustomStringConvertible {
    package static let contentType = "application/problem+json"

    /// A URI reference; `about:blank` where the code says everything.
    package var type: String
    /// The code in words.
    package var title: String
    package var status: Int
    /// What is wrong with this call, and what to do about it.
    package var detail: String
    package var code: ProblemCode
    /// Whether the same call may succeed later.
    package var retryable: Bool
    package var retryAfterMs: Int64?
    /// Where in the request's body the fault lies, as a JSON pointer.
    package var pointer: String?

    package init(
        _ code: ProblemCode,
        status: Int,
        title: String,
        detail: String,
        retryable: Bool = false,
        retryAfterMs: Int64? = nil,
        pointer: String? = nil,
        type: String = "about:blank"
    ) {
        self.type = type
        self.title = title
        self.status = status
        self.detail = detail
        self.code = code
        self.retryable = retryable
        self.retryAfterMs = retryAfterMs
        self.pointer = pointer
    }

    package var description: String { "\(title) (\(code.rawValue), \(status)): \(detail)" }
}

/// Why a call, or one item of a batch, was refused. Callers treat a code that they do not know by `status` and `retryable`.
package struct ProblemCode: RawRepresentable, Codable, Sendable, Hashable {
    package var rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }

    /// 401: no token, or one that is not valid (any more).
    package static let unauthenticated = ProblemCode(rawValue: "UNAUTHENTICATED")
    /// 403: the token's owner may not do this.
    package static let forbidden = ProblemCode(rawValue: "FORBIDDEN")
    package static let notFound = ProblemCode(rawValue: "NOT_FOUND")
    /// 404 on an agent's call: the agent is to register again.
    package static let agentUnknown = ProblemCode(rawValue: "AGENT_UNKNOWN")
    /// 400: the body is no JSON, or not of the call's shape.
    package static let malformed = ProblemCode(rawValue: "MALFORMED")
    /// 422: the shape is right, a value is not.
    package static let invalid = ProblemCode(rawValue: "INVALID")
    /// 422: no swarm of the namespace takes this task type.
    package static let unknownType = ProblemCode(rawValue: "UNKNOWN_TYPE")
    /// 422: the input breaks the task type's schema; `pointer` says where.
    package static let schema = ProblemCode(rawValue: "SCHEMA")
    /// 409: a lease call with a lower `request` than the last one, or a poll that a newer one has ended.
    package static let superseded = ProblemCode(rawValue: "SUPERSEDED")
    /// 409: the epoch or token is not the task's current one, or the task ended otherwise; the report changed nothing.
    package static let staleLease = ProblemCode(rawValue: "STALE_LEASE")
    /// 409: a task that has ended already, or has not ended yet, and the like.
    package static let conflict = ProblemCode(rawValue: "CONFLICT")
    /// 413: the body, an inline result or a checkpoint is larger than the limit.
    package static let tooLarge = ProblemCode(rawValue: "TOO_LARGE")
    /// 429: the caller is asked to wait `retryAfterMs`.
    package static let tooManyRequests = ProblemCode(rawValue: "TOO_MANY_REQUESTS")
    /// 503: the gateway or its store cannot answer now.
    package static let unavailable = ProblemCode(rawValue: "UNAVAILABLE")
    package static let `internal` = ProblemCode(rawValue: "INTERNAL")
}
