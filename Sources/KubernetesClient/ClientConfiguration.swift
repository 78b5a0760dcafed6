public import HTTPTransport

/// Where the API server is and how to speak to it.
///
/// `connection` is for whoever makes the transport: `CurlTransport(configuration.connection)`.
public struct ClientConfiguration: Sendable, Hashable {
    /// How the client shows who it is. A client certificate of a kubeconfig is part of `tls`.
    public enum Authentication: Sendable, Hashable {
        case none
        case bearer(String)
        /// A file that holds a token; read again as it is rotated.
        case tokenFile(String)
        case basic(username: String, password: String)
        /// A program that gives a token, or a client certificate, or both.
        case plugin(CredentialPlugin)
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
    public var proxy: ProxyRules
    public var authentication: Authentication
    public var impersonation: Impersonation?
    /// Used where a call on a namespaced kind names no namespace.
    public var defaultNamespace: String
    /// Sent with each request; `UserAgent` makes one for a program.
    public var userAgent: String

    public init(
        server: String,
        tls: TLSConfiguration = TLSConfiguration(),
        proxy: ProxyRules = .none,
        authentication: Authentication = .none,
        impersonation: Impersonation? = nil,
        defaultNamespace: String = "default",
        userAgent: String = Self.defaultUserAgent
    ) {
        self.server = server
        self.tls = tls
        self.proxy = proxy
        self.authentication = authentication
        self.impersonation = impersonation
        self.defaultNamespace = defaultNamespace
        self.userAgent = userAgent
    }

    /// Names the running program, like client-go.
    public static let defaultUserAgent = UserAgent.text(program: CommandLine.arguments.first ?? "", version: nil)

    /// What a transport has to know to reach the server.
    ///
    /// It has no client certificate: the client adds it to its own requests, so that a transport which several clients use shows
    /// none of them to be another.
    public var connection: ConnectionSettings {
        var tls = tls
        tls.identity = nil
        return ConnectionSettings(tls: tls, proxy: proxy, userAgent: userAgent)
    }

    /// The same server, for whoever holds `token`, and with nothing that would show the client to be somebody else.
    public func authenticated(bearer token: String) -> ClientConfiguration {
        var configuration = self
        configuration.authentication = .bearer(token)
        configuration.tls.identity = nil
        configuration.impersonation = nil
        return configuration
    }
}
