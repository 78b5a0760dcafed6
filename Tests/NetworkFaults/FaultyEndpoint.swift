import CertificateStore
package import CurlTransport
import Foundation
import HTTPTransport
package import KubernetesClient

/// A scripted server behind a proxy, and what a pod has to reach it: a token and an authority in files.
package final class FaultyEndpoint: Sendable {
    package let proxy: FaultProxy
    private let directory: DataDirectory
    package let tokenFile: String
    package let authorityFile: String

    private let folder: String
    private let server: ScriptedServer

    package static func start(
        onOpen: @escaping @Sendable (ProxiedConnection) -> Void = { _ in }, script: @escaping ScriptedServer.Script
    ) async throws -> FaultyEndpoint {
        let folder = "/tmp/das-endpoint-\(UInt64.random(in: .min ... .max))"
        let directory = try DataDirectory(folder)
        let certificate = try Self.certificate(authority: "first", directory)
        let server = try await ScriptedServer.start(certificate: certificate.serving, script: script)
        let proxy = try await FaultProxy.start(to: server.port, onOpen: onOpen)
        let endpoint = FaultyEndpoint(folder, directory, server, proxy)
        try endpoint.trust(certificate.authority)
        try endpoint.write(token: "first")
        return endpoint
    }

    private init(_ folder: String, _ directory: DataDirectory, _ server: ScriptedServer, _ proxy: FaultProxy) {
        (self.folder, self.directory, self.server, self.proxy) = (folder, directory, server, proxy)
        tokenFile = directory.file("token")
        authorityFile = directory.file("ca.crt")
    }

    package func shutdown() async throws {
        await proxy.shutdown()
        try await server.stop()
        try FileManager.default.removeItem(atPath: folder)
    }

    // MARK: What rotates

    package func write(token: String) throws { try directory.write(token, to: "token", secret: true) }

    package func trust(_ authorities: String) throws { try directory.write(authorities, to: "ca.crt") }

    /// New connections meet a certificate by another authority, which stands in the file from now on.
    package func rotateAuthority(_ name: String) throws {
        let certificate = try Self.certificate(authority: name, directory)
        try trust(certificate.authority)
        try server.serve(certificate.serving)
    }

    /// The server ends all connections, as one that is started anew.
    package func dropConnections() { server.dropConnections() }

    private static func certificate(
        authority name: String, _ directory: DataDirectory
    ) throws -> (serving: ServingCertificate, authority: String) {
        let folder = try DataDirectory(directory.file("authorities/\(name)"))
        let authority = try CertificateAuthority.open(in: folder, now: Date())
        let serving = try authority.servingCertificate(
            name: "server", hosts: ["127.0.0.1"], in: folder, now: Date())
        return (serving, authority.certificatePEM)
    }

    // MARK: Clients

    /// A client that reads token and authority from the files, and tries again soon. Its transport is the caller's to shut down.
    package func client() -> (client: KubernetesClient, transport: CurlTransport) {
        let tls = TLSConfiguration(authorities: .file(authorityFile))
        let transport = CurlTransport(.init(tls: tls))
        let client = KubernetesClient(
            ClientConfiguration(
                server: "https://127.0.0.1:\(proxy.port)", tls: tls, authentication: .tokenFile(tokenFile),
                defaultNamespace: "n"),
            transport: transport, retry: RequestRetryPolicy(firstDelaySeconds: 0.001, maxDelaySeconds: 0.05))
        return (client, transport)
    }
}
