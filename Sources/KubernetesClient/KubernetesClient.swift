public import HTTPTransport
internal import KubernetesModel
public import Logging
internal import StructuredData

/// A client of one Kubernetes API server.
///
/// Calls come in two forms: typed, on a `KubernetesResource`, and dynamic, on a `ResourceType` with JSON in and out. Where a
/// call names no namespace, a call on one object uses the object's own or `configuration.defaultNamespace`, and a list or
/// watch covers all namespaces.
///
/// Every call throws `KubernetesStatus` where the server refuses, `HTTPTransportError` where no answer arrives, and
/// `KubernetesClientError` where the client itself cannot go on. A cancelled task throws `CancellationError`.
///
/// A call is repeated, within `RequestRetryPolicy`, where the server turned it away unprocessed (429, 503 with `Retry-After`),
/// where it surely never reached the server, and, if it only reads, where the connection broke or the server asks for another
/// try (503, any other 5xx with `Retry-After`). A write whose connection broke, or which the server began, is never repeated
/// here: it may have happened.
public struct KubernetesClient: Sendable {
    /// Whether decoded objects keep `metadata.managedFields`, which nobody but tools that explain ownership reads and which
    /// often outweighs the rest of the object.
    public var keepsManagedFields = false

    /// Asked before each call that may change something.
    private var checkWrite: (@Sendable () throws -> Void)?

    let caller: APICaller

    public var configuration: ClientConfiguration { caller.configuration }
    /// The namespace of calls that name none.
    public var defaultNamespace: String { caller.configuration.defaultNamespace }

    /// - Parameters:
    ///   - transport: Sends the requests; made with `configuration.connection`.
    ///   - warningLevel: At which the server's warnings are logged: lower for whom they are no news.
    ///   - clock: Waits between attempts, and ages credentials.
    ///   - random: Jitter.
    public init(
        _ configuration: ClientConfiguration,
        transport: any HTTPTransport,
        retry: RequestRetryPolicy = RequestRetryPolicy(),
        logger: Logger = Logger(label: "kubernetes-client"),
        warningLevel: Logger.Level = .warning,
        clock: any Clock<Duration> = ContinuousClock(),
        random: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()
    ) {
        caller = APICaller(
            configuration: configuration, transport: transport, retry: retry, logger: logger,
            warningLevel: warningLevel, clock: clock, random: random)
    }

    /// The same client, keeping `metadata.managedFields` on what it decodes.
    public func keepingManagedFields() -> KubernetesClient {
        var client = self
        client.keepsManagedFields = true
        return client
    }

    /// The same client, which asks `check` at the last moment before it sends what may change something, each time it sends it;
    /// what `check` throws keeps the call from being sent, and is thrown. Reads go on.
    public func checkingWrites(_ check: @escaping @Sendable () throws -> Void) -> KubernetesClient {
        var client = self
        client.checkWrite = check
        return client
    }
}

extension KubernetesClient {
    /// Sends any request to the server and returns its answer whatever the status.
    ///
    /// - Parameters:
    ///   - path: From the server's root, percent-encoded: `/healthz`.
    ///   - query: Not yet encoded.
    public func raw(
        _ method: HTTPRequest.Method,
        _ path: String,
        query: [(name: String, value: String)] = [],
        headers: HTTPHeaders = [:],
        body: [UInt8]? = nil
    ) async throws -> HTTPResponse {
        guard path.utf8.first == UInt8(ascii: "/") else {
            throw KubernetesClientError(.invalidRequest, "the path \"\(path)\" does not start with a slash")
        }
        var call = APICall(method, path)
        for (name, value) in query { call.query.add(name, value) }
        call.headers = headers
        call.body = body
        return try await send(call)
    }

    /// Sends `call` and returns its answer, whatever its status.
    private func send(_ call: APICall) async throws -> HTTPResponse {
        try await caller.send(call, check: call.isReadOnly ? nil : checkWrite)
    }

    /// Sends `call` and returns the JSON of a successful answer.
    func json(_ call: APICall) async throws -> JSON {
        let response = try await send(call)
        guard response.isSuccess else { throw try KubernetesStatus(refusal: response, of: call) }
        return try Self.parse(response.body, from: call)
    }

    static func parse(_ body: [UInt8], from call: APICall) throws -> JSON {
        do {
            return try JSON.parse(body)
        } catch {
            throw KubernetesClientError(
                .decoding, "the answer to \(call.summary) is not JSON: \(error); is this a Kubernetes API server?")
        }
    }

    /// An object as it is handed out.
    func trimmed(_ object: JSON) -> JSON {
        keepsManagedFields ? object : object.withoutManagedFields
    }

    static func typed<R: KubernetesResource>(_ json: JSON, _ type: R.Type) throws -> R {
        do {
            return try json.decode(R.self)
        } catch {
            let name = json["metadata"]?["name"]?.stringValue ?? ""
            throw KubernetesClientError(.decoding, "\(R.resource.kind) \"\(name)\" cannot be read: \(error)")
        }
    }
}
