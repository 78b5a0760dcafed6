internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdTLS
internal import Logging
internal import NIOCore
internal import NIOSSL

/// Finds the log of a container.
protocol LogSource: Sendable {
    /// - Throws: `LogNotFound` with a message for people.
    func log(namespace: String, pod: String, container: String, previous: Bool) async throws -> (
        path: String, live: ContainerLog?
    )
}

/// Says what the node and its pods use.
protocol SummarySource: Sendable {
    /// In the shape of a kubelet's `/stats/summary`, as JSON.
    func summary() async -> [UInt8]
}

struct LogNotFound: Error, CustomStringConvertible {
    var description: String
}

/// The node's listener: containers' logs and what they use, as a kubelet serves them, to those who know the token or hold a
/// certificate.
struct LogServer: Sendable {
    let host: String
    let port: Int
    /// `nil`: plain HTTP, for tests on loopback.
    let tls: (certificatePEM: String, privateKeyPEM: String)?
    let bearerToken: String
    /// PEM: whoever holds a certificate that these have signed may read, and nobody without. `nil`: the token decides.
    var clientAuthoritiesPEM: String?
    let source: any LogSource
    /// `nil`: there is nothing to say.
    var summary: (any SummarySource)?
    let logger: Logger

    /// Serves until cancelled. `onListening` is told the port.
    func run(onListening: @escaping @Sendable (Int) async -> Void) async throws {
        let router = Router()
        router.get("/healthz") { _, _ in "ok" }
        router.get("/stats/summary") { request, _ in
            guard isAuthorized(request) else { return text(.unauthorized, "a bearer token is needed") }
            guard let summary else { return text(.notFound, "this node uses nothing") }
            return Response(
                status: .ok, headers: [.contentType: "application/json"],
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: await summary.summary())))
        }
        router.get("/containerLogs/:namespace/:pod/:container") { request, context in
            try await answer(request, context)
        }
        var quiet = logger
        // Its end by cancellation is logged as an error by the server; nothing is wrong then.
        quiet.logLevel = .critical
        let application = try application(router, quiet, onListening)
        do {
            try await application.run()
        } catch let error as IOError {
            throw ProcessNodeError(
                .listener, "the node cannot listen on \(host):\(port): \(error); choose another port")
        }
    }

    private func application(
        _ router: Router<BasicRequestContext>, _ quiet: Logger, _ onListening: @escaping @Sendable (Int) async -> Void
    ) throws -> some ApplicationProtocol {
        let configuration = ApplicationConfiguration(address: .hostname(host, port: port))
        let onServerRunning: @Sendable (any Channel) async -> Void = { await onListening($0.localAddress?.port ?? 0) }
        guard let tls else {
            return Application(
                router: router, configuration: configuration, onServerRunning: onServerRunning, logger: quiet)
        }
        do {
            let certificates = try NIOSSLCertificate.fromPEMBytes(Array(tls.certificatePEM.utf8))
            let key = try NIOSSLPrivateKey(bytes: Array(tls.privateKeyPEM.utf8), format: .pem)
            var settings = NIOSSL.TLSConfiguration.makeServerConfiguration(
                certificateChain: certificates.map { .certificate($0) }, privateKey: .privateKey(key))
            if let clientAuthoritiesPEM {
                // A client without a good certificate gets no further than this.
                settings.certificateVerification = .noHostnameVerification
                settings.trustRoots = .certificates(
                    try NIOSSLCertificate.fromPEMBytes(Array(clientAuthoritiesPEM.utf8)))
            }
            return Application(
                router: router, server: try .tls(tlsConfiguration: settings),
                configuration: configuration, onServerRunning: onServerRunning, logger: quiet)
        } catch {
            throw ProcessNodeError(.listener, "the node's certificate and key cannot be used: \(error)")
        }
    }

    private func answer(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        guard isAuthorized(request) else { return text(.unauthorized, "a bearer token is needed") }
        guard let namespace = context.parameters.get("namespace"), let pod = context.parameters.get("pod"),
            let container = context.parameters.get("container")
        else { return text(.badRequest, "the path is /containerLogs/NAMESPACE/POD/CONTAINER") }
        var parameters: [String: String] = [:]
        for (name, value) in request.uri.queryParameters { parameters[String(name)] = String(value) }
        do {
            let query = try LogQuery(parameters, now: WallTime.microseconds())
            let (path, live) = try await source.log(
                namespace: namespace, pod: pod, container: container, previous: query.previous)
            let reader = LogReader(path: path, live: live, query: query)
            return Response(
                status: .ok, headers: [.contentType: "text/plain"],
                body: ResponseBody { writer in
                    try await reader.read { try await writer.write(ByteBuffer(bytes: $0)) }
                    try await writer.finish(nil)
                })
        } catch let error as LogNotFound {
            return text(.notFound, error.description)
        } catch let error as ProcessNodeError {
            return text(.badRequest, error.message)
        }
    }

    private func isAuthorized(_ request: Request) -> Bool {
        if tls != nil, clientAuthoritiesPEM != nil { return true }
        let given = Array((request.headers[.authorization] ?? "").utf8)
        let expected = Array("Bearer \(bearerToken)".utf8)
        // In time that does not tell how much of it was right.
        var difference: UInt8 = given.count == expected.count ? 0 : 1
        for (index, byte) in expected.enumerated() where index < given.count { difference |= byte ^ given[index] }
        return difference == 0 && !bearerToken.isEmpty
    }

    private func text(_ status: HTTPResponse.Status, _ message: String) -> Response {
        Response(
            status: status, headers: [.contentType: "text/plain"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: message)))
    }
}
