public import HTTPTransport

/// Where the API server is and how to speak to it.
///
/// `tls` and `proxy` concern the connection: whoever makes the transport gives them to it.
public struct ClientConfiguration: Sendable, Hashable {
    /// How the client shows who it is. A client certificate is part of `tls`.
    public enum Authentication: Sendable, Hashable {
        case none
        case bearer(String)
        /// A file that holds a token; read again as it is rotated.
        case tokenFile(String)
        case basic(username: String, password: String)
    }

    /// Whom to act as; the server checks that the client may.
    public struct Impersonation: Sendable, Hashable {
        public var user: String
        public var uid: String?
        public var groups: [String]
        public var extra: [String: [String]]

        public init(user: String, uid: String? = nil, groups: [String] = [], extra: [String: [String]] = [:]) {
            self.user = user
            self.uid = uid
            self.groups = groups
            self.extra = extra
        }
    }

    /// The server's URL: scheme, host, port and, behind some proxies, a path; no trailing slash.
    public var server: String
    public var tls: TLSConfiguration
    /// The URL of a proxy (`http://`, `https://`, `socks5://`).
    public var proxy: String?
    public var authentication: Authentication
    public var impersonation: Impersonation?
    /// Used where a call on a namespaced kind names no namespace.
    public var defaultNamespace: String
    public var userAgent: String

    public init(
        server: String,
        tls: TLSConfiguration = TLSConfiguration(),
        proxy: String? = nil,
        authentication: Authentication = .none,
        impersonation: Impersonation? = nil,
        defaultNamespace: String = "default",
        userAgent: String = "dynamic-agent-swarms"
    ) {
        self.server = server
        self.tls = tls
        self.proxy = proxy
        self.authentication = authentication
        self.impersonation = impersonation
        self.defaultNamespace = defaultNamespace
        self.userAgent = userAgent
    }
}
