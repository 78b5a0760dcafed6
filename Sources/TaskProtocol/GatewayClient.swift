package import HTTPTransport
package import StructuredData

/// The gateway's HTTP API, a method for each call. It retries nothing: what may be repeated, and when, is the caller's to know.
///
/// Every method throws `GatewayError` (`CancellationError` where the calling task was cancelled).
package struct GatewayClient: Sendable {
    private let transport: any HTTPTransport
    private let baseURL: String
    private let token: BearerToken
    private let userAgent: String

    /// - Parameters:
    ///   - baseURL: for example `https://das-gateway.das-system:8443`; a path prefix is kept.
    ///   - now: by which a token's file is read again.
    package init(
        transport: any HTTPTransport, baseURL: String, token: TokenSource = .none, userAgent: String = "das",
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.transport = transport
        self.baseURL = baseURL.hasSuffix("/") ? String(baseURL.dropLast()) : baseURL
        self.token = BearerToken(token, now: now)
        self.userAgent = userAgent
    }

    // MARK: Tasks

    package func submit(_ task: TaskSubmission, namespace: String) async throws -> TaskView {
        try await call(.post, Self.tasks(namespace), body: SubmissionRequest.one(task))
    }

    package func submit(_ tasks: [TaskSubmission], namespace: String) async throws -> SubmissionAnswer {
        try await call(.post, Self.tasks(namespace), body: SubmissionRequest.many(tasks))
    }

    /// - Parameter waitMs: waits this long for the task's end; the answer shows it as it is then.
    package func task(_ id: String, namespace: String, waitMs: Int64? = nil) async throws -> TaskView {
        try await call(
            .get, Self.task(id, namespace), query: [("waitMs", waitMs.map(String.init))],
            timeoutSeconds: Self.timeout(waitMs: waitMs ?? 0))
    }

    package func tasks(namespace: String, filter: TaskFilter = TaskFilter()) async throws -> TaskList {
        try await call(
            .get, Self.tasks(namespace),
            query: [
                ("swarm", filter.swarm), ("type", filter.type), ("phase", filter.phase?.rawValue),
                ("parent", filter.parent), ("limit", filter.limit.map(String.init)), ("cursor", filter.cursor),
            ])
    }

    /// The whole result.
    package func result(of id: String, namespace: String) async throws -> JSON {
        try await call(.get, Self.task(id, namespace) + "/result")
    }

    package func attempts(of id: String, namespace: String) async throws -> [AttemptView] {
        let list: AttemptList = try await call(.get, Self.task(id, namespace) + "/attempts")
        return list.attempts
    }

    package func decisions(swarm: String, namespace: String) async throws -> [DecisionView] {
        let path = "/v1/namespaces/\(Self.escaped(namespace))/swarms/\(Self.escaped(swarm))/decisions"
        let list: DecisionList = try await call(.get, path)
        return list.decisions
    }

    package func cancel(
        _ id: String, namespace: String, _ request: CancelRequest = CancelRequest()
    ) async throws -> TaskView {
        try await call(.post, Self.task(id, namespace) + "/cancel", body: request)
    }

    /// Makes a new task with the old one's input.
    package func retry(_ id: String, namespace: String) async throws -> TaskView {
        try await call(.post, Self.task(id, namespace) + "/retry", body: JSON.object([:]))
    }

    // MARK: The queue

    package func putLimit(
        _ limit: KeyLimitRequest, key: String, namespace: String
    ) async throws -> KeyLimitView {
        try await call(.put, Self.limit(key, namespace), body: limit)
    }

    /// How a key stands, whether or not it has a limit of its own.
    package func limit(of key: String, namespace: String) async throws -> KeyLimitView {
        try await call(.get, Self.limit(key, namespace))
    }

    /// The limits that were set.
    package func limits(namespace: String) async throws -> [KeyLimitView] {
        let list: KeyLimitList = try await call(.get, "/v1/namespaces/\(Self.escaped(namespace))/limits")
        return list.limits
    }

    package func removeLimit(of key: String, namespace: String) async throws {
        _ = try await send(try request(.delete, Self.limit(key, namespace)))
    }

    /// How tasks of a namespace failed for good, of one swarm or of all; the most frequent first.
    package func failures(namespace: String, swarm: String? = nil, limit: Int? = nil) async throws -> [FailureGroupView]
    {
        let list: FailureGroupList = try await call(
            .get, "/v1/namespaces/\(Self.escaped(namespace))/failures",
            query: [("swarm", swarm), ("limit", limit.map(String.init))])
        return list.failures
    }

    // MARK: Agents

    package func register(_ request: RegisterRequest) async throws -> RegisterAnswer {
        try await call(.post, "/v1/agents", body: request)
    }

    /// - Returns: `nil` where `waitMs` passed and there was nothing.
    package func lease(_ request: LeaseRequest) async throws -> LeaseAnswer? {
        try await optional(
            .post, "/v1/leases", body: request, timeoutSeconds: Self.timeout(waitMs: request.waitMs))
    }

    /// - Parameter freshConnection: after a heartbeat that timed out, whose connection may be dead.
    package func heartbeat(
        _ request: HeartbeatRequest, timeoutSeconds: Double, freshConnection: Bool = false
    ) async throws -> HeartbeatAnswer {
        try await call(
            .post, "/v1/leases/heartbeat", body: request, timeoutSeconds: timeoutSeconds,
            connection: freshConnection ? .dedicated : .shared)
    }

    package func complete(_ request: CompleteRequest) async throws -> ReportAnswer {
        try await call(.post, "/v1/leases/complete", body: request)
    }

    package func fail(_ request: FailRequest) async throws -> ReportAnswer {
        try await call(.post, "/v1/leases/fail", body: request)
    }

    package func release(_ request: ReleaseRequest) async throws -> ReportAnswer {
        try await call(.post, "/v1/leases/release", body: request)
    }

    /// Sends a result that is too large to travel inline, to be completed by reference afterwards.
    /// - Parameter sha256: of `bytes`, hexadecimal.
    package func putResult(
        task: String, epoch: Int64, token leaseToken: String, sha256: String, bytes: [UInt8]
    ) async throws -> ResultReference {
        let path = "/v1/leases/\(Self.escaped(task))/result"
        var request = try request(.put, path, query: [("epoch", String(epoch)), ("sha256", sha256)])
        // The token is a secret, and URLs end up in logs.
        request.headers["Das-Lease-Token"] = leaseToken
        request.headers["Content-Type"] = "application/octet-stream"
        request.body = bytes
        request.timeoutSeconds = 120
        return try Self.decode(try await send(request))
    }

    // MARK: One call

    private func call<Answer: Decodable>(
        _ method: HTTPRequest.Method, _ path: String, query: [(String, String?)] = []
    ) async throws -> Answer {
        try Self.decode(try await send(try request(method, path, query: query)))
    }

    private func call<Answer: Decodable>(
        _ method: HTTPRequest.Method, _ path: String, query: [(String, String?)] = [], timeoutSeconds: Double
    ) async throws -> Answer {
        var request = try request(method, path, query: query)
        request.timeoutSeconds = timeoutSeconds
        return try Self.decode(try await send(request))
    }

    private func call<Answer: Decodable>(
        _ method: HTTPRequest.Method, _ path: String, body: some Encodable, timeoutSeconds: Double = 30,
        connection: HTTPRequest.ConnectionUse = .shared
    ) async throws -> Answer {
        let answer: Answer? = try await optional(
            method, path, body: body, timeoutSeconds: timeoutSeconds, connection: connection)
        guard let answer else {
            throw GatewayError(.unexpectedAnswer, message: "\(path): no content", isRetryable: true)
        }
        return answer
    }

    private func optional<Answer: Decodable>(
        _ method: HTTPRequest.Method, _ path: String, body: some Encodable, timeoutSeconds: Double,
        connection: HTTPRequest.ConnectionUse = .shared
    ) async throws -> Answer? {
        var request = try request(method, path)
        request.headers["Content-Type"] = "application/json"
        request.body = try JSON(encoding: body).serialized()
        request.timeoutSeconds = timeoutSeconds
        request.connection = connection
        let response = try await send(request)
        guard response.status != 204 else { return nil }
        // Of this type and not as an optional, which would not be known as a message.
        let answer: Answer = try Self.decode(response)
        return answer
    }

    private func request(
        _ method: HTTPRequest.Method, _ path: String, query: [(String, String?)] = []
    ) throws(GatewayError) -> HTTPRequest {
        var url = baseURL + path
        var separator = "?"
        for (name, value) in query {
            guard let value else { continue }
            url += "\(separator)\(name)=\(Self.escaped(value))"
            separator = "&"
        }
        var headers: HTTPHeaders = ["Accept": "application/json", "User-Agent": userAgent]
        if let authorization = try token.header() { headers["Authorization"] = authorization }
        return HTTPRequest(method, url, headers: headers)
    }

    /// - Returns: a response of success; any other is thrown as what the gateway said.
    private func send(_ request: HTTPRequest) async throws -> HTTPResponse {
        let response: HTTPResponse
        do {
            response = try await transport.send(request)
        } catch let error as HTTPTransportError {
            throw GatewayError(.unreachable, message: "\(request.url): \(error.message)", isRetryable: true)
        }
        if response.status == 401 { token.wasRefused() }
        guard response.isSuccess else { throw GatewayError(Self.problem(in: response, of: request)) }
        return response
    }

    private static func decode<Answer: Decodable>(_ response: HTTPResponse) throws -> Answer {
        do {
            return try JSON.parse(response.body).decode(Answer.self)
        } catch {
            throw GatewayError(
                .unexpectedAnswer, message: "the gateway's answer is not what this version understands: \(error)",
                isRetryable: false)
        }
    }

    /// The problem in a response, or one made of its status where something between here and the gateway answered.
    private static func problem(in response: HTTPResponse, of request: HTTPRequest) -> Problem {
        if let problem = try? JSON.parse(response.body).decode(Problem.self) { return problem }
        let isRetryable = response.status >= 500 || response.status == 429 || response.status == 408
        let seconds = response.headers["Retry-After"].flatMap { Int64($0) }
        let code: ProblemCode =
            switch response.status {
            case 401: .unauthenticated
            case 403: .forbidden
            case 404: .notFound
            case 413: .tooLarge
            case 429: .tooManyRequests
            default: isRetryable ? .unavailable : .invalid
            }
        return Problem(
            code, status: response.status, title: "HTTP \(response.status)",
            detail:
                "\(request.method.rawValue) \(request.url): \(String(decoding: response.body.prefix(200), as: UTF8.self))",
            retryable: isRetryable, retryAfterMs: seconds.map { $0 * 1000 })
    }

    // MARK: Paths

    private static func tasks(_ namespace: String) -> String { "/v1/namespaces/\(escaped(namespace))/tasks" }

    private static func task(_ id: String, _ namespace: String) -> String { "\(tasks(namespace))/\(escaped(id))" }

    private static func limit(_ key: String, _ namespace: String) -> String {
        "/v1/namespaces/\(escaped(namespace))/limits/\(escaped(key))"
    }

    /// A waiting call may take its wait and the usual time besides.
    private static func timeout(waitMs: Int64) -> Double { Double(waitMs) / 1000 + 15 }

    /// `text` as one path segment or query value: everything but RFC 3986's unreserved characters escaped.
    static func escaped(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                bytes.append(byte)
            default: bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
