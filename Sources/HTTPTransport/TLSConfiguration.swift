/// How a transport secures its connections. The server's certificate is verified unless `verifyServer` is false.
public struct TLSConfiguration: Sendable, Hashable {
    /// PEM.
    public enum Material: Sendable, Hashable {
        /// Read again for each new connection.
        case file(String)
        case inline([UInt8])
    }

    /// Authorities that may have signed the server's certificate; `nil`: the system's.
    public var authorities: Material?
    /// Whom the client is; a request can be somebody else's (`HTTPRequest.identity`).
    public var identity: ClientIdentity?
    public var verifyServer: Bool
    /// The name to verify instead of the URL's host.
    public var serverName: String?

    public init(
        authorities: Material? = nil,
        identity: ClientIdentity? = nil,
        verifyServer: Bool = true,
        serverName: String? = nil
    ) {
        self.authorities = authorities
        self.identity = identity
        self.verifyServer = verifyServer
        self.serverName = serverName
    }
}
