internal import HTTPTransport
internal import KubernetesModel
internal import Logging
internal import Synchronization

/// Sends calls: credentials, retries, metrics and warnings.
final class APICaller: Sendable {
    let configuration: ClientConfiguration
    private let transport: any HTTPTransport
    private let retry: RequestRetryPolicy
    private let logger: Logger
    private let clock: any Clock<Duration>
    private let generator: Mutex<any RandomNumberGenerator & Sendable>
    private let credentials: CredentialSource
    private let metrics: RequestMetrics
    private let warnings: WarningLog

    init(
        configuration: ClientConfiguration,
        transport: any HTTPTransport,
        retry: RequestRetryPolicy,
        logger: Logger,
        warningLevel: Logger.Level,
        clock: any Clock<Duration>,
        random: any RandomNumberGenerator & Sendable
    ) {
        self.configuration = configuration
        self.transport = transport
        self.retry = retry
        self.logger = logger
        self.clock = clock
        generator = Mutex(random)
        credentials = CredentialSource(configuration, now: Self.timeline(clock))
        metrics = RequestMetrics(server: configuration.server)
        warnings = WarningLog(logger, level: warningLevel)
    }

    func random(in range: ClosedRange<Int>) -> Int {
        generator.withLock { Int.random(in: range, using: &$0) }
    }

    /// Sends `call`, again where that is safe and promises something, and returns the answer whatever its status.
    /// - Parameter check: asked right before each time that it is sent.
    func send(_ call: APICall, check: (@Sendable () throws -> Void)? = nil) async throws -> HTTPResponse {
        var call = call
        let maxAttempts = call.isRetried ? retry.maxAttempts : 1
        var attempt = 1
        var mayRefreshCredentials = true
        while true {
            let delay: Double
            do {
                let (response, used) = try await sendOnce(call, check)
                if response.status == 401, mayRefreshCredentials {
                    mayRefreshCredentials = false
                    if try await renew(call, refused: used) { continue }
                }
                guard attempt < maxAttempts, let seconds = self.delay(response, call, before: attempt + 1) else {
                    return response
                }
                metrics.countRetry(call.method, code: "\(response.status)")
                logger.debug("\(call.summary): the server is busy (\(response.status)); again in \(seconds) s")
                delay = seconds
            } catch let error as HTTPTransportError {
                guard attempt < maxAttempts, Self.isWorthRepeating(error, call) else { throw error }
                metrics.countRetry(call.method, code: error.code.rawValue)
                delay = retry.delaySeconds(before: attempt + 1, retryAfterSeconds: nil, random: unit())
                logger.debug("\(call.summary): \(error.message); again in \(delay) s on a fresh connection")
                // The pool may hold more connections as dead as this one.
                call.connection = .dedicated
            }
            try await clock.sleep(for: .seconds(delay))
            attempt += 1
        }
    }

    /// Opens a stream; refusals are thrown. Nothing is repeated but a call with rotated credentials.
    func open(_ call: APICall) async throws -> HTTPStreamingResponse {
        var (response, used) = try await openOnce(call)
        if response.status == 401, try await renew(call, refused: used) { (response, used) = try await openOnce(call) }
        guard response.isSuccess else {
            throw try KubernetesStatus(refusal: await Self.whole(response), of: call)
        }
        return response
    }

    /// Counts and reports events of a watch that its reader does not know.
    func unknownEvents(of resource: ResourceType) -> @Sendable (String) -> Void {
        { [metrics, logger] type in
            if metrics.countUnknownEvent(of: resource) {
                logger.warning("a watch of \(resource.qualifiedPlural) sent an unknown event (\(type)); it was skipped")
            }
        }
    }

    /// - Returns: Whether there are other credentials, with which to repeat the call.
    private func renew(_ call: APICall, refused: Credentials) async throws -> Bool {
        guard try await credentials.renew(refused: refused) else { return false }
        metrics.countRetry(call.method, code: "401")
        return true
    }

    private func sendOnce(
        _ call: APICall, _ check: (@Sendable () throws -> Void)?
    ) async throws -> (HTTPResponse, Credentials) {
        let credentials = try await credentials.current()
        let request = authorized(call, credentials)
        try check?()
        let response = try await measured(call) {
            try await self.transport.send(request)
        } code: {
            $0.status
        }
        warnings.report(response.headers)
        return (response, credentials)
    }

    private func openOnce(_ call: APICall) async throws -> (HTTPStreamingResponse, Credentials) {
        let credentials = try await credentials.current()
        let request = authorized(call, credentials)
        let response = try await measured(call) {
            try await self.transport.stream(request)
        } code: {
            $0.status
        }
        warnings.report(response.headers)
        return (response, credentials)
    }

    private func measured<Response>(
        _ call: APICall,
        _ body: () async throws -> sending Response,
        code: (Response) -> Int
    ) async throws -> sending Response {
        let elapsed = Self.timeline(clock)
        do {
            let response = try await body()
            metrics.record(call.method, code: "\(code(response))", duration: elapsed())
            return response
        } catch {
            // The code that client-go uses, so that existing dashboards find it.
            metrics.record(call.method, code: "<error>", duration: elapsed())
            throw error
        }
    }

    private func authorized(_ call: APICall, _ credentials: Credentials) -> HTTPRequest {
        var request = call.request(server: configuration.server)
        request.headers["User-Agent"] = configuration.userAgent
        request.headers["Authorization"] = credentials.authorization
        request.identity = credentials.identity
        guard let impersonation = configuration.impersonation else { return request }
        request.headers["Impersonate-User"] = impersonation.user
        request.headers["Impersonate-Uid"] = impersonation.uid
        for group in impersonation.groups { request.headers.append("Impersonate-Group", group) }
        for (key, values) in impersonation.extra.sorted(by: { $0.key < $1.key }) {
            for value in values { request.headers.append("Impersonate-Extra-\(HeaderKey.encode(key))", value) }
        }
        return request
    }

    private func unit() -> Double { generator.withLock { Double.random(in: 0..<1, using: &$0) } }

    /// How long to wait before sending `call` again; `nil` where this answer is final.
    private func delay(_ response: HTTPResponse, _ call: APICall, before attempt: Int) -> Double? {
        let retryAfter = response.retryAfterSeconds
        switch response.status {
        case 429: break
        // Without Retry-After a 503 may come from a proxy that lost the server's answer.
        case 503: guard retryAfter != nil || call.isReadOnly else { return nil }
        // The server asks for another try, but does not say that nothing was done.
        case 500...599: guard retryAfter != nil, call.isReadOnly else { return nil }
        default: return nil
        }
        if let retryAfter, retryAfter > retry.maxRetryAfterSeconds { return nil }
        return retry.delaySeconds(before: attempt, retryAfterSeconds: retryAfter, random: unit())
    }

    private static func isWorthRepeating(_ error: HTTPTransportError, _ call: APICall) -> Bool {
        switch error.code {
        case .cannotConnect, .connectionLost, .timedOut, .silent: error.wasNotSent || call.isReadOnly
        default: false
        }
    }

    /// The body of a refusal, as far as it is worth reading.
    private static func whole(_ response: HTTPStreamingResponse) async throws -> HTTPResponse {
        var body: [UInt8] = []
        for try await chunk in response.body {
            body += chunk
            if body.count > 1 << 20 { break }
        }
        return HTTPResponse(status: response.status, headers: response.headers, body: body)
    }

    /// The time since this call, as a function.
    private static func timeline<C: Clock>(_ clock: C) -> @Sendable () -> Duration where C.Duration == Duration {
        let start = clock.now
        return { start.duration(to: clock.now) }
    }
}

extension HTTPResponse {
    /// The seconds of a `Retry-After` header; the API server never sends the form with a date.
    var retryAfterSeconds: Double? {
        guard let text = headers["Retry-After"], let seconds = Int(text), seconds >= 0 else { return nil }
        return Double(seconds)
    }
}
