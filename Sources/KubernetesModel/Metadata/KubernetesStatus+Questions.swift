// What callers ask of a refusal. The reason answers; where the server gave none, or one that is not known here, its code does.
extension KubernetesStatus {
    /// There is no such object, or no such resource.
    public var isNotFound: Bool { answers(.notFound, code: 404) }
    /// The name is taken.
    public var isAlreadyExists: Bool { reason == .alreadyExists }
    /// The object was changed meanwhile, is another one than the precondition says, or has fields of another manager.
    public var isConflict: Bool { answers(.conflict, code: 409) }
    /// The resource version or the continue token is too old: list again.
    public var isExpired: Bool { reason == .expired || answers(.gone, code: 410) }
    /// The object breaks its schema or rules; `details.causes` say where.
    public var isInvalid: Bool { answers(.invalid, code: 422) }
    public var isBadRequest: Bool { answers(.badRequest, code: 400) }
    /// The server does not know who asks.
    public var isUnauthorized: Bool { answers(.unauthorized, code: 401) }
    /// Who asks may not do this.
    public var isForbidden: Bool { answers(.forbidden, code: 403) }
    public var isMethodNotAllowed: Bool { answers(.methodNotAllowed, code: 405) }
    public var isTooLarge: Bool { answers(.requestEntityTooLarge, code: 413) }
    /// Come again later: priority and fairness, or a disruption budget.
    public var isTooManyRequests: Bool { answers(.tooManyRequests, code: 429) }
    public var isInternalError: Bool { answers(.internalError, code: 500) }
    public var isServiceUnavailable: Bool { answers(.serviceUnavailable, code: 503) }
    /// The server did not get to the end in time; the call may have happened.
    public var isTimeout: Bool { reason == .serverTimeout || answers(.timeout, code: 504) }

    /// How long the server wants to be left alone.
    public var retryAfterSeconds: Int? { details?.retryAfterSeconds }

    /// The causes of this reason, such as `FieldManagerConflict` of an apply.
    public func causes(_ reason: String) -> [Cause] { (details?.causes ?? []).filter { $0.reason == reason } }

    private func answers(_ reason: Reason, code: Int) -> Bool {
        self.reason == reason || self.code == code && !Self.known.contains(self.reason)
    }

    private static let known: Set<Reason> = [
        .badRequest, .unauthorized, .forbidden, .notFound, .methodNotAllowed, .notAcceptable, .alreadyExists, .conflict,
        .gone, .expired, .requestEntityTooLarge, .unsupportedMediaType, .invalid, .tooManyRequests, .internalError,
        .serverTimeout, .serviceUnavailable, .timeout,
    ]
}
