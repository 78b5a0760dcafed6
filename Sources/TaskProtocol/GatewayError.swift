/// Why a call to the gateway has no answer to work with. A verdict inside an answer (`lost`, `refused`) is not an error.
package struct GatewayError: Error, Sendable, CustomStringConvertible {
    package struct Code: RawRepresentable, Sendable, Hashable {
        package var rawValue: String
        package init(rawValue: String) { self.rawValue = rawValue }

        /// No response arrived; the call may or may not have been carried out.
        package static let unreachable = Code(rawValue: "unreachable")
        /// The gateway answered with a problem.
        package static let refused = Code(rawValue: "refused")
        /// The answer is none that this protocol knows.
        package static let unexpectedAnswer = Code(rawValue: "unexpectedAnswer")
        /// The token could not be read; nothing was sent.
        package static let noToken = Code(rawValue: "noToken")
    }

    package var code: Code
    package var message: String
    /// What the gateway said, with `refused`.
    package var problem: Problem?
    /// Whether the same call may succeed later.
    package var isRetryable: Bool
    package var retryAfterMs: Int64?

    package init(
        _ code: Code, message: String, isRetryable: Bool, problem: Problem? = nil, retryAfterMs: Int64? = nil
    ) {
        self.code = code
        self.message = message
        self.isRetryable = isRetryable
        self.problem = problem
        self.retryAfterMs = retryAfterMs
    }

    package init(_ problem: Problem) {
        self.init(
            .refused, message: problem.description, isRetryable: problem.retryable, problem: problem,
            retryAfterMs: problem.retryAfterMs)
    }

    package var description: String { message }
}
