/// A request as a value; a transport sends it.
public struct HTTPRequest: Sendable {
    public enum Method: String, Sendable, Hashable {
        case get = "GET"
        case head = "HEAD"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"
    }

    /// Which connections a request may use.
    public enum ConnectionUse: Sendable, Hashable {
        /// Any pooled connection, multiplexed where the protocol allows.
        case shared
        /// A connection that nothing else uses, closed afterwards: for watches, and for retries after a connection died.
        case dedicated
    }

    public var method: Method
    /// Absolute, percent-encoded.
    public var url: String
    public var headers: HTTPHeaders
    public var body: [UInt8]?
    /// The whole exchange must end within this many seconds; `nil`: no limit (streams).
    public var timeoutSeconds: Double?
    /// The connection must stand within this many seconds.
    public var connectTimeoutSeconds: Double
    /// The transfer is given up after this many seconds without a byte; `nil`: never.
    public var silenceTimeoutSeconds: Double?
    /// A longer response body fails with `responseTooLarge` (whole responses only).
    public var maxResponseBytes: Int
    public var connection: ConnectionUse
    /// Shown to the server instead of the transport's own (`TLSConfiguration.identity`); `nil`: the transport's. Requests of
    /// different identities share no connection.
    public var identity: ClientIdentity?

    public init(
        _ method: Method,
        _ url: String,
        headers: HTTPHeaders = [:],
        body: [UInt8]? = nil,
        timeoutSeconds: Double? = 30,
        connectTimeoutSeconds: Double = 10,
        silenceTimeoutSeconds: Double? = nil,
        maxResponseBytes: Int = 256 << 20,
        connection: ConnectionUse = .shared,
        identity: ClientIdentity? = nil
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeoutSeconds = timeoutSeconds
        self.connectTimeoutSeconds = connectTimeoutSeconds
        self.silenceTimeoutSeconds = silenceTimeoutSeconds
        self.maxResponseBytes = maxResponseBytes
        self.connection = connection
        self.identity = identity
    }
}
