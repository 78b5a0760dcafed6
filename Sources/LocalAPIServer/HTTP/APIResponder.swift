import HTTPTypes
import Hummingbird
import KubernetesModel
import Logging
import NIOCore
import ServerConnections
import StructuredData

/// What the server framework calls for each request: reads it, finds out who asks and whether they may, and hands it on.
struct APIResponder: HTTPResponder {
    typealias Context = APIRequestContext

    /// A longer request body is refused; a real server's limit for objects is half of that.
    static let bodyLimitBytes = 3 << 20
    /// One that is not longer is handled on the event loop of its connection.
    private static let shortBodyBytes = 16 << 10

    let handler: APIHandler

    func respond(to request: Request, context: APIRequestContext) async throws -> Response {
        var record = AuditRecord(
            id: Self.auditID(request.headers), uri: request.uri.string, userAgent: request.headers[.userAgent] ?? "",
            sourceAddress: context.remoteAddress, receivedAt: microseconds)
        var response: APIResponse
        do {
            response = try await answer(request, context, &record)
        } catch {
            let status = self.status(of: error, request)
            record.failure = status
            response = .status(status)
        }
        if let encoding = Self.encoding(of: request, record.info) { response.write(as: encoding) }
        response.headers.append(("Audit-Id", record.id))
        return audited(response, record).response(isMultiplexed: context.isMultiplexed)
    }

    private func status(of error: any Error, _ request: Request) -> KubernetesStatus {
        switch error {
        case let status as KubernetesStatus: return status
        case let error as StoreError: return error.status
        case is CancellationError: return .serviceUnavailable("the server is shutting down")
        default:
            handler.logger.error(
                "a request failed",
                metadata: ["method": "\(request.method)", "path": "\(request.uri.path)", "error": "\(error)"])
            return .internalError("\(error)")
        }
    }

    /// How whatever answers is to be written: objects, errors and what discovery says.
    private static func encoding(of request: Request, _ info: RequestInfo?) -> Accepted.Encoding? {
        let root = request.uri.path.split(separator: "/").first
        guard info?.isResource == true || root == "api" || root == "apis" else { return nil }
        // A header that accepts nothing is refused where the answer is made; errors are then told in JSON.
        return (try? Accepted.choose(request.headers[.accept]) { _ in true })?.encoding
    }

    // MARK: Audit

    private var microseconds: Int64 { Int64(handler.now() * 1_000_000) }

    /// What the client calls the request, or else a new name.
    private static func auditID(_ headers: HTTPFields) -> String {
        guard let name = HTTPField.Name("Audit-ID"), let given = headers[name], !given.isEmpty, given.utf8.count <= 64
        else { return APIHandler.newUID() }
        return given
    }

    /// Notes the answer, and the end of one that goes on until the client leaves.
    private func audited(_ response: APIResponse, _ record: AuditRecord) -> APIResponse {
        guard let audit = handler.audit else { return response }
        let code = response.status
        let complete: @Sendable () -> Void = {
            audit.write(record.event(.responseComplete, code: code, now: self.microseconds))
        }
        var response = response
        switch response.body {
        case .bytes: complete()
        case .pieces(let produce):
            response.body = .pieces { write in
                defer { complete() }
                try await produce(write)
            }
        case .stream(let produce):
            audit.write(record.event(.responseStarted, code: code, now: microseconds))
            response.body = .stream { write in
                defer { complete() }
                try await produce(write)
            }
        }
        return response
    }

    /// Who the caller acts for; nobody acts for somebody else unless they may impersonate them.
    private func impersonated(by caller: UserInfo, _ headers: HTTPFields) throws(KubernetesStatus) -> UserInfo {
        guard let impersonation = try Impersonation(headers) else { return caller }
        for demand in impersonation.demands { try handler.authorizer.require(caller, demand) }
        return impersonation.user
    }

    private func answer(
        _ request: Request, _ context: APIRequestContext, _ record: inout AuditRecord
    ) async throws -> APIResponse {
        let path = request.uri.path
        let query = Query(request.uri.query.map { $0[...] } ?? "")
        let segments = path.split(separator: "/").map { Query.decode($0, plusIsSpace: false) }
        let method = request.method.rawValue
        let info = RequestInfo(
            method: method, segments: segments, isWatch: query.flag("watch"), fieldSelector: query["fieldSelector"])
        record.info = info
        if !info.isLongRunning { try query.requireDuration("timeout") }
        let caller = try await handler.authenticator.authenticate(request.headers[.authorization], path: path)
        record.caller = caller
        record.isAllowed = false
        let user = try impersonated(by: caller, request.headers)
        record.user = user
        try handler.authorizer.require(user, info, path: path)
        record.isAllowed = true
        var body: [UInt8] = []
        if method != "GET", method != "HEAD" {
            do {
                body = Array(buffer: try await request.body.collect(upTo: Self.bodyLimitBytes))
            } catch is NIOTooManyBytesError {
                throw KubernetesStatus.requestEntityTooLarge(
                    "Request entity too large: limit is \(Self.bodyLimitBytes)")
            }
        }
        let call = APIRequest(
            method: method, path: path, query: query, headers: request.headers, body: body, info: info,
            user: user, connection: request, executor: context.executor)
        if isShort(call) { return try await handler.handle(call) }
        return try await withoutLoop { try await handler.handle(call) }
    }

    /// Whether a request takes so little time that the other connections of its event loop may wait for it.
    private func isShort(_ call: APIRequest) -> Bool {
        guard call.info.concernsOneObject, call.body.count <= Self.shortBodyBytes else { return false }
        let definition = handler.registry.snapshot.definition(
            group: call.info.group, version: call.info.version, plural: call.info.resource)
        // Rules may take as long as their budget lasts.
        return call.info.verb == "get" || definition?.rules == nil
    }
}

/// What is known of a request's connection.
struct APIRequestContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// Whether the request has a stream of its own on a connection that others share (HTTP/2).
    var isMultiplexed: Bool
    /// Where the client is.
    var remoteAddress: String?
    var executor: ConnectionExecutor

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        // The channel of a stream hangs on that of its connection, which hangs on the one that listens.
        isMultiplexed = source.channel.parent?.parent != nil
        executor = ConnectionExecutor(source.channel)
        remoteAddress = (source.channel.remoteAddress ?? source.channel.parent?.remoteAddress)?.ipAddress
    }
}

extension StoreError {
    /// The answer where nothing closer to the request has found a better one.
    var status: KubernetesStatus {
        switch self {
        case .alreadyExists: KubernetesStatus(reason: .alreadyExists, code: 409, message: "the object already exists")
        case .conflict: KubernetesStatus(reason: .conflict, code: 409, message: "the object has been modified")
        case .notFound: KubernetesStatus(reason: .notFound, code: 404, message: "the object does not exist")
        case .expired(let oldest): .expired("too old resource version: the oldest is \(oldest)")
        case .future(let current): .tooLargeResourceVersion("", current: String(current))
        case .stopped: .serviceUnavailable("the server is shutting down")
        }
    }
}
