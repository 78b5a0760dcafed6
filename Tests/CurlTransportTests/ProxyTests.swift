import CurlTransport
import HTTPTransport
import NetworkFaults
import Testing

/// Every test reaches a server over TLS under a name that only the proxy knows.
@Suite struct ProxyTests {
    private static let authority = Task { try await TestAuthority() }
    private let authority: TestAuthority
    private let server: TLSServer

    init() async throws {
        authority = try await Self.authority.value
        server = try await TLSServer(certificate: authority.path("named.pem"), key: authority.path("named.key"))
    }

    private func send(
        through proxy: ProxyRules, port: Int? = nil, _ connection: HTTPRequest.ConnectionUse = .shared,
        _ tls: TLSConfiguration? = nil
    ) async throws -> String {
        let tls = tls ?? TLSConfiguration(authorities: authority.file("ca.pem"))
        let transport = CurlTransport(ConnectionSettings(tls: tls, proxy: proxy))
        let url = "https://api.example.invalid:\(port ?? server.port)/path"
        let response = try await transport.send(HTTPRequest(.get, url, connection: connection))
        return String(decoding: response.body, as: UTF8.self)
    }

    @Test(arguments: [HTTPRequest.ConnectionUse.shared, .dedicated])
    func `a proxy is asked to connect to the server by name, and verified is the server`(
        connection: HTTPRequest.ConnectionUse
    ) async throws {
        let proxy = try await ProxyServer("http")
        let answer = try await send(
            through: ProxyRules(always: "http://user:p%40ss@127.0.0.1:\(proxy.port)"), connection)
        #expect(answer == (connection == .shared ? "1" : "host api.example.invalid:\(server.port)\nclient \n"))
        #expect(try await proxy.clients() == ["api.example.invalid:\(server.port) user:p@ss"])
        let wrong = TLSConfiguration(authorities: authority.file("other-ca.pem"))
        let failure = await #expect(throws: HTTPTransportError.self) {
            _ = try await send(through: ProxyRules(always: "http://127.0.0.1:\(proxy.port)"), connection, wrong)
        }
        #expect(failure?.code == .tls)
    }

    @Test func `a proxy over TLS must show a certificate of the same authorities`() async throws {
        let proxy = try await ProxyServer(
            "https", certificate: authority.path("loopback.pem"), key: authority.path("loopback.key"))
        let rules = try ProxyRules(environment: ["HTTPS_PROXY": "https://127.0.0.1:\(proxy.port)"])
        #expect(try await send(through: rules) == "1")
        #expect(try await proxy.clients() == ["api.example.invalid:\(server.port) "])
        let other = try await ProxyServer(
            "https", certificate: authority.path("named.pem"), key: authority.path("named.key"))
        let failure = await #expect(throws: HTTPTransportError.self) {
            _ = try await send(through: ProxyRules(always: "https://127.0.0.1:\(other.port)"))
        }
        #expect(failure?.code == .tls)
        #expect(failure?.wasNotSent == true)
        #expect(other.clientsSoFar.isEmpty)
    }

    @Test(arguments: ["socks5", "socks5h"])
    func `a SOCKS proxy gets the name, not an address, and the password`(scheme: String) async throws {
        let proxy = try await ProxyServer("socks5")
        let named = try ProxyRules(always: "\(scheme)://user:secret@127.0.0.1:\(proxy.port)")
        #expect(try await send(through: named) == "1")
        let nobody = try ProxyRules(always: "\(scheme)://127.0.0.1:\(proxy.port)")
        #expect(try await send(through: nobody, .dedicated).hasPrefix("host api.example.invalid"))
        #expect(
            try await proxy.clients(2) == [
                "api.example.invalid:\(server.port) user:secret", "api.example.invalid:\(server.port) ",
            ])
    }

    @Test(arguments: ["http", "socks5"])
    func `where the proxy lets nobody through the request was surely not sent`(kind: String) async throws {
        let proxy = try await ProxyServer(kind)
        let failure = await #expect(throws: HTTPTransportError.self) {
            _ = try await send(through: ProxyRules(always: "\(kind)://127.0.0.1:\(proxy.port)"), port: 1)
        }
        #expect(failure?.code == .cannotConnect)
        #expect(failure?.wasNotSent == true)
        #expect(try await proxy.clients() == ["api.example.invalid:1 "])
    }

    @Test func `where no proxy listens nothing goes around it`() async throws {
        let unheard = try UnheardPort()
        let loopback = try await TLSServer(
            certificate: authority.path("loopback.pem"), key: authority.path("loopback.key"))
        let transport = CurlTransport(
            ConnectionSettings(
                tls: TLSConfiguration(authorities: authority.file("ca.pem")),
                proxy: try ProxyRules(always: "http://127.0.0.1:\(unheard.port)")))
        let failure = await #expect(throws: HTTPTransportError.self) {
            _ = try await transport.send(HTTPRequest(.get, "https://127.0.0.1:\(loopback.port)/"))
        }
        #expect(failure?.code == .cannotConnect)
    }

    @Test func `what the environment's rules except is reached directly`() async throws {
        let unheard = try UnheardPort()
        let loopback = try await TLSServer(
            certificate: authority.path("loopback.pem"), key: authority.path("loopback.key"))
        let transport = CurlTransport(
            ConnectionSettings(
                tls: TLSConfiguration(authorities: authority.file("ca.pem")),
                proxy: try ProxyRules(environment: ["HTTPS_PROXY": "http://127.0.0.1:\(unheard.port)"])))
        let response = try await transport.send(HTTPRequest(.get, "https://127.0.0.1:\(loopback.port)/"))
        #expect(response.status == 200)
    }
}
