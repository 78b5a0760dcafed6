/// How a transport secures its connections. The server's certificate is verified unless `verifyServer` is false.
public struct TLSConfiguration: Sendable, Hashable {
    /// PEM.
    public enum Material: Sendable, Hashable {
        case file(String)
        case inline([UInt8])
    }

    /// Authorities that may have signed the server's certificate; `nil`: the system's.
    public var authorities: Material?
    public var clientCertificate: Material?
    public var clientKey: Material?
    public var verifyServer: Bool
    /// The name to verify instead of the URL's host.
    public var serverName: String?

    public init(
        authorities: Material? = nil,
        clientCertificate: Material? = nil,
        clientKey: Material? = nil,
        verifyServer: Bool = true,
        serverName: String? = nil
    ) {
        self.authorities = authorities
        self.clientCertificate = clientCertificate
        self.clientKey = clientKey
        self.verifyServer = verifyServer
        self.serverName = serverName
    }
}
