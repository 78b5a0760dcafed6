/// The certificate that a client shows to a server, and its key.
public struct ClientIdentity: Sendable, Hashable {
    /// The certificate, followed by those that lead to its authority.
    public var certificate: TLSConfiguration.Material
    public var key: TLSConfiguration.Material

    public init(certificate: TLSConfiguration.Material, key: TLSConfiguration.Material) {
        self.certificate = certificate
        self.key = key
    }
}
