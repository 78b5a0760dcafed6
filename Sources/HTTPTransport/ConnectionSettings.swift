/// What a transport has to know to reach a server, and what whoever knows the server therefore hands to it.
public struct ConnectionSettings: Sendable, Hashable {
    public var tls: TLSConfiguration
    public var proxy: ProxyRules
    /// Sent where a request has no `User-Agent` of its own.
    public var userAgent: String

    public init(
        tls: TLSConfiguration = TLSConfiguration(), proxy: ProxyRules = .none, userAgent: String = UserAgent.library
    ) {
        self.tls = tls
        self.proxy = proxy
        self.userAgent = userAgent
    }
}
