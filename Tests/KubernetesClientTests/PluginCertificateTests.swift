import CurlTransport
import Foundation
import HTTPTransport
import KubernetesClient
import NetworkFaults
import StructuredData
import Testing

/// A server that lets in whoever has a certificate of the right authority, and a client that gets its own from a plugin.
@Suite struct PluginCertificateTests {
    private static let authority = Task { try await TestAuthority() }
    private let authority: TestAuthority
    private let folder: TemporaryFolder

    init() async throws {
        authority = try await Self.authority.value
        folder = try TemporaryFolder()
    }

    /// What the plugin gives from now on.
    private func issue(_ name: String, more: JSONObject = [:]) throws {
        var status: JSON = [
            "clientCertificateData": .string(try text("\(name).pem")),
            "clientKeyData": .string(try text("\(name).key")),
        ]
        for (member, value) in more { status[member] = value }
        let credential: JSON = [
            "apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": status,
        ]
        try folder.write("credential.json", credential.text())
    }

    private func text(_ file: String) throws -> String {
        try String(contentsOfFile: authority.path(file), encoding: .utf8)
    }

    private func client(of server: TLSServer) throws -> KubernetesClient {
        try folder.write(
            "bin/plugin", "#!/bin/sh\necho x >> \(folder.path("runs"))\ncat \(folder.path("credential.json"))\n")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path("bin/plugin"))
        try folder.write(
            "config",
            """
            current-context: one
            clusters:
            - name: c
              cluster: {server: "https://127.0.0.1:\(server.port)", certificate-authority: \(authority.path("ca.pem"))}
            users:
            - name: u
              user:
                exec: {command: bin/plugin, apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never}
            contexts:
            - name: one
              context: {cluster: c, user: u}
            """)
        let configuration = try ClientConfiguration.load(
            path: folder.path("config"), environment: ["PATH": "/usr/bin:/bin"])
        return KubernetesClient(configuration, transport: CurlTransport(configuration.connection))
    }

    private func server() async throws -> TLSServer {
        try await TLSServer(
            certificate: authority.path("loopback.pem"), key: authority.path("loopback.key"),
            clientAuthority: authority.path("ca.pem"))
    }

    /// The name in the certificate that the server was shown.
    private func name(_ client: KubernetesClient) async throws -> String {
        let answer = try await client.raw(.get, "/")
        return String(decoding: answer.body, as: UTF8.self)
    }

    @Test(arguments: ["client", "client-rsa"])
    func `the certificate that a plugin gives lets the client in`(of name: String) async throws {
        let server = try await server()
        try issue(name)
        let client = try client(of: server)
        for _ in 0..<2 { #expect(try await self.name(client) == name) }
        #expect(try String(contentsOfFile: folder.path("runs"), encoding: .utf8) == "x\n")
    }

    @Test func `a certificate that is over is replaced, and the next request shows the new one`() async throws {
        let server = try await server()
        let client = try client(of: server)
        try issue("client", more: ["expirationTimestamp": "2020-01-01T00:00:00Z"])
        #expect(try await name(client) == "client")
        try issue("client-rsa")
        #expect(try await name(client) == "client-rsa")
    }

    @Test func `a certificate of another authority is refused by the server, which is no answer`() async throws {
        let server = try await server()
        let client = try client(of: server)
        try issue("loopback-of-other")
        let failure = await thrown(HTTPTransportError.self) { _ = try await name(client) }
        // With TLS 1.3 the server refuses after the handshake; its alert can be overtaken by the end of the connection.
        #expect(failure.map { [.tls, .connectionLost].contains($0.code) } == true, "\(String(describing: failure))")
    }
}
