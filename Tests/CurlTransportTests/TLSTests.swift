import CurlTransport
import Foundation
import HTTPTransport
import NetworkFaults
import Testing

/// Every test asks a server whose certificate a private authority has signed.
@Suite struct TLSTests {
    private static let authority = Task { try await TestAuthority() }
    private let authority: TestAuthority

    init() async throws { authority = try await Self.authority.value }

    private func server(_ certificate: String, clientAuthority: String? = nil, gather: Int = 1) async throws
        -> TLSServer
    {
        try await TLSServer(
            certificate: authority.path("\(certificate).pem"), key: authority.path("\(certificate).key"),
            clientAuthority: clientAuthority, gather: gather)
    }

    private func body(
        _ url: String, _ tls: TLSConfiguration, _ connection: HTTPRequest.ConnectionUse = .dedicated
    ) async throws -> String {
        let transport = CurlTransport(CurlTransport.Configuration(tls: tls))
        let response = try await transport.send(HTTPRequest(.get, url, connection: connection))
        return String(decoding: response.body, as: UTF8.self)
    }

    private func failure(_ url: String, _ tls: TLSConfiguration) async -> HTTPTransportError? {
        await #expect(throws: HTTPTransportError.self) { _ = try await body(url, tls) }
    }

    @Test func aCertificateOfTheGivenAuthorityIsAcceptedFromAFileAndInline() async throws {
        let server = try await server("loopback")
        for authorities in [authority.file("ca.pem"), try authority.inline("ca.pem")] {
            let tls = TLSConfiguration(authorities: authorities)
            #expect(
                try await body("https://127.0.0.1:\(server.port)/", tls) == "host 127.0.0.1:\(server.port)\nclient \n")
        }
    }

    @Test func anotherAuthoritysCertificateIsRefusedBeforeAnythingIsSent() async throws {
        let server = try await server("loopback")
        let url = "https://127.0.0.1:\(server.port)/"
        for authorities in [nil, authority.file("other-ca.pem"), try authority.inline("other-ca.pem")] {
            let failure = await failure(url, TLSConfiguration(authorities: authorities))
            #expect(failure?.code == .tls)
            #expect(failure?.wasNotSent == true)
        }
    }

    @Test func verificationIsOffOnlyWhereItIsSwitchedOff() async throws {
        let server = try await server("named")
        let url = "https://127.0.0.1:\(server.port)/"
        #expect(try await body(url, TLSConfiguration(verifyServer: false)).hasPrefix("host 127.0.0.1"))
        #expect(await failure(url, TLSConfiguration(authorities: authority.file("ca.pem")))?.code == .tls)
    }

    @Test(arguments: [HTTPRequest.ConnectionUse.dedicated, .shared])
    func theServerNameIsVerifiedInsteadOfTheHostWhichTheHostHeaderKeeps(
        connection: HTTPRequest.ConnectionUse
    ) async throws {
        let server = try await server("named")
        let url = "https://127.0.0.1:\(server.port)/path"
        var tls = TLSConfiguration(authorities: authority.file("ca.pem"), serverName: "api.example.invalid")
        let answer = try await body(url, tls, connection)
        #expect(answer == (connection == .dedicated ? "host 127.0.0.1:\(server.port)\nclient \n" : "1"))
        tls.serverName = "other.example.invalid"
        #expect(await failure(url, tls)?.code == .tls)
    }

    @Test func aClientCertificateIsPresentedFromFilesAndInline() async throws {
        let server = try await server("loopback", clientAuthority: authority.path("ca.pem"))
        let url = "https://127.0.0.1:\(server.port)/"
        var tls = TLSConfiguration(authorities: authority.file("ca.pem"))
        // With TLS 1.3 the server refuses after the handshake; its alert can be overtaken by the end of the connection.
        let refusal = try #require(await failure(url, tls))
        #expect([.tls, .connectionLost].contains(refusal.code))
        tls.identity = ClientIdentity(certificate: authority.file("client.pem"), key: authority.file("client.key"))
        #expect(try await body(url, tls).hasSuffix("client client\n"))
        tls.identity = ClientIdentity(
            certificate: try authority.inline("client.pem"), key: try authority.inline("client.key"))
        #expect(try await body(url, tls).hasSuffix("client client\n"))
    }

    @Test(arguments: ["client", "client-rsa"], [HTTPRequest.ConnectionUse.dedicated, .shared])
    func `a request's own certificate is presented, of either algorithm, from files and inline`(
        name: String, connection: HTTPRequest.ConnectionUse
    ) async throws {
        let server = try await server("loopback", clientAuthority: authority.path("ca.pem"))
        let transport = CurlTransport(
            ConnectionSettings(tls: TLSConfiguration(authorities: authority.file("ca.pem"))))
        for identity in [
            ClientIdentity(certificate: authority.file("\(name).pem"), key: authority.file("\(name).key")),
            ClientIdentity(
                certificate: try authority.inline("\(name).pem"), key: try authority.inline("\(name).key")),
        ] {
            let response = try await transport.send(
                HTTPRequest(
                    .get, "https://127.0.0.1:\(server.port)/", connection: connection, identity: identity))
            let body = String(decoding: response.body, as: UTF8.self)
            #expect(connection == .shared ? body == name : body.hasSuffix("client \(name)\n"))
        }
    }

    @Test func `requests of different identities share no connection, so that a rotated one is used at once`()
        async throws
    {
        let server = try await server("loopback", clientAuthority: authority.path("ca.pem"))
        var tls = TLSConfiguration(authorities: authority.file("ca.pem"))
        tls.identity = ClientIdentity(
            certificate: try authority.inline("client.pem"), key: try authority.inline("client.key"))
        let transport = CurlTransport(ConnectionSettings(tls: tls))
        let rotated = ClientIdentity(
            certificate: try authority.inline("client-rsa.pem"), key: try authority.inline("client-rsa.key"))
        for (identity, name) in [(nil, "client"), (rotated, "client-rsa"), (nil, "client"), (rotated, "client-rsa")] {
            let response = try await transport.send(
                HTTPRequest(.get, "https://127.0.0.1:\(server.port)/", identity: identity))
            #expect(String(decoding: response.body, as: UTF8.self) == name)
        }
        let nobody = CurlTransport(ConnectionSettings(tls: TLSConfiguration(authorities: authority.file("ca.pem"))))
        await #expect(throws: HTTPTransportError.self) {
            _ = try await nobody.send(HTTPRequest(.get, "https://127.0.0.1:\(server.port)/"))
        }
    }

    @Test(arguments: [HTTPRequest.ConnectionUse.dedicated, .shared])
    func `an authority file that was rotated counts for the next connection`(
        connection: HTTPRequest.ConnectionUse
    ) async throws {
        let file = authority.path("rotating-\(connection).pem")
        try FileManager.default.copyItem(atPath: authority.path("ca.pem"), toPath: file)
        let transport = CurlTransport(ConnectionSettings(tls: TLSConfiguration(authorities: .file(file))))
        func status(_ server: TLSServer) async throws -> Int {
            try await transport.send(
                HTTPRequest(.get, "https://127.0.0.1:\(server.port)/", connection: connection)
            ).status
        }
        #expect(try await status(server("loopback")) == 200)
        try Data(contentsOf: URL(filePath: authority.path("other-ca.pem"))).write(to: URL(filePath: file))
        #expect(try await status(server("loopback-of-other")) == 200)
        let failure = await #expect(throws: HTTPTransportError.self) { _ = try await status(server("loopback")) }
        #expect(failure?.code == .tls)
    }

    @Test func `a request that times out on a dead connection takes it out of the pool`() async throws {
        let server = try await TLSServer(
            certificate: authority.path("loopback.pem"), key: authority.path("loopback.key"), mute: 1)
        let tls = TLSConfiguration(authorities: authority.file("ca.pem"))
        let transport = CurlTransport(CurlTransport.Configuration(tls: tls, silentConnectionSeconds: 0.5))
        let url = "https://127.0.0.1:\(server.port)/"
        // Another waits on the connection, and would keep it in the pool.
        let other = Task { try await transport.send(HTTPRequest(.get, url, timeoutSeconds: 60)) }
        let late = await #expect(throws: HTTPTransportError.self) {
            _ = try await transport.send(HTTPRequest(.get, url, timeoutSeconds: 1))
        }
        #expect(late?.code == .timedOut)
        let response = try await transport.send(HTTPRequest(.get, url, timeoutSeconds: 60))
        #expect(String(decoding: response.body, as: UTF8.self) == "1")
        // Whichever came first has the connection break under it; libcurl sends the other again by itself, since it only reads.
        switch await other.result {
        case .success(let response): #expect(response.status == 200)
        case .failure(let error): #expect((error as? HTTPTransportError)?.code == .connectionLost)
        }
    }

    @Test func `a request that merely takes long leaves its connection to the others`() async throws {
        let server = try await server("loopback", gather: 2)
        let tls = TLSConfiguration(authorities: authority.file("ca.pem"))
        let transport = CurlTransport(CurlTransport.Configuration(tls: tls, silentConnectionSeconds: 60))
        let url = "https://127.0.0.1:\(server.port)/"
        let late = await #expect(throws: HTTPTransportError.self) {
            _ = try await transport.send(HTTPRequest(.get, url, timeoutSeconds: 1))
        }
        #expect(late?.code == .timedOut)
        // The server counts the one that was given up: both came on one connection.
        let response = try await transport.send(HTTPRequest(.get, url, timeoutSeconds: 60))
        #expect(String(decoding: response.body, as: UTF8.self) == "2")
    }

    @Test func anUnreadableAuthorityFailsAndIsNotIgnored() async throws {
        let server = try await server("loopback")
        let url = "https://127.0.0.1:\(server.port)/"
        #expect(await failure(url, TLSConfiguration(authorities: authority.file("nothing.pem")))?.code == .tls)
        let text = TLSConfiguration(authorities: .inline(Array("no certificate".utf8)))
        #expect(await failure(url, text)?.code == .tls)
    }

    @Test func sharedRequestsMultiplexOnOneConnectionAlsoWhileDedicatedOnesDoNot() async throws {
        let together = 20
        let server = try await server("loopback", gather: together)
        let tls = TLSConfiguration(authorities: authority.file("ca.pem"))
        let transport = CurlTransport(CurlTransport.Configuration(tls: tls))
        let url = "https://127.0.0.1:\(server.port)/"
        for _ in 0..<2 {
            // The server answers none of them before all are open on one connection.
            try await withThrowingTaskGroup(of: HTTPResponse.self) { group in
                for _ in 0..<together { group.addTask { try await transport.send(HTTPRequest(.get, url)) } }
                for try await response in group {
                    #expect(response.status == 200)
                    #expect(String(decoding: response.body, as: UTF8.self) == "\(together)")
                }
            }
            // An HTTP/1.1 connection to the same server, which must not keep the next round from sharing.
            let dedicated = try await transport.send(HTTPRequest(.get, url, connection: .dedicated))
            #expect(String(decoding: dedicated.body, as: UTF8.self).hasPrefix("host 127.0.0.1"))
        }
    }
}
