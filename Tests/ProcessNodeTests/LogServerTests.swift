import CertificateStore
import CurlTransport
import Foundation
import HTTPTransport
import Logging
import Synchronization
import Testing

@testable import ProcessNode

@Suite("The node's log listener")
struct LogServerTests {
    private struct Source: LogSource {
        let live: ContainerLog
        func log(namespace: String, pod: String, container: String, previous: Bool) async throws -> (
            path: String, live: ContainerLog?
        ) {
            guard pod == "pod", !previous else { throw LogNotFound(description: "no such log") }
            return (live.path, live)
        }
    }

    private func serve(_ body: (String, ContainerLog, CurlTransport) async throws -> Void) async throws {
        let directory = try TemporaryDirectory()
        let log = try ContainerLog(path: directory.path + "/0.log", maxBytes: 1 << 20)
        let server = LogServer(
            host: "127.0.0.1", port: 0, tls: nil, bearerToken: "secret", source: Source(live: log),
            logger: Logger(label: "test"))
        let (ports, port) = AsyncStream<Int>.makeStream()
        let task = Task { try await server.run { port.yield($0) } }
        defer { task.cancel() }
        var iterator = ports.makeAsyncIterator()
        let bound = try #require(await iterator.next())
        let transport = CurlTransport()
        defer { transport.shutdown() }
        try await body("http://127.0.0.1:\(bound)/containerLogs/n", log, transport)
    }

    private let authorized: HTTPHeaders = ["Authorization": "Bearer secret"]

    @Test("answers only those who know the token, and says what it does not have")
    func refusals() async throws {
        try await serve { base, _, transport in
            #expect(try await transport.send(HTTPRequest(.get, "\(base)/pod/main")).status == 401)
            let wrong: HTTPHeaders = ["Authorization": "Bearer secreT"]
            #expect(try await transport.send(HTTPRequest(.get, "\(base)/pod/main", headers: wrong)).status == 401)
            #expect(
                try await transport.send(HTTPRequest(.get, "\(base)/other/main", headers: authorized)).status == 404)
            let bad = try await transport.send(HTTPRequest(.get, "\(base)/pod/main?tailLines=x", headers: authorized))
            #expect(bad.status == 400)
            #expect(String(decoding: bad.body, as: UTF8.self).contains("tailLines"))
        }
    }

    @Test("where authorities of clients are given, a certificate of theirs opens the door, and nothing else does")
    func certificates() async throws {
        let directory = try TemporaryDirectory()
        let log = try ContainerLog(path: directory.path + "/0.log", maxBytes: 1 << 20)
        log.append(Array("hello\n".utf8), .stdout, time: 0)
        let servers = try CertificateAuthority.open(in: DataDirectory("\(directory.path)/servers"), now: Date())
        let serving = try servers.servingCertificate(
            name: "node", hosts: ["127.0.0.1"], in: DataDirectory("\(directory.path)/servers"), now: Date())
        let clients = try CertificateAuthority.open(in: DataDirectory("\(directory.path)/clients"), now: Date())
        let server = LogServer(
            host: "127.0.0.1", port: 0, tls: (serving.certificatePEM, serving.keyPEM), bearerToken: "secret",
            clientAuthoritiesPEM: clients.certificatePEM, source: Source(live: log), logger: Logger(label: "test"))
        let (ports, port) = AsyncStream<Int>.makeStream()
        let task = Task { try await server.run { port.yield($0) } }
        defer { task.cancel() }
        var iterator = ports.makeAsyncIterator()
        let url = "https://127.0.0.1:\(try #require(await iterator.next()))/containerLogs/n/pod/main"

        func ask(_ certificate: ServingCertificate?, headers: HTTPHeaders = [:]) async throws -> HTTPResponse {
            var tls = TLSConfiguration(authorities: .inline(Array(servers.certificatePEM.utf8)))
            if let certificate {
                tls.identity = .init(
                    certificate: .inline(Array(certificate.certificatePEM.utf8)),
                    key: .inline(Array(certificate.keyPEM.utf8)))
            }
            let transport = CurlTransport(.init(tls: tls))
            defer { transport.shutdown() }
            return try await transport.send(HTTPRequest(.get, url, headers: headers))
        }
        let answer = try await ask(try clients.clientCertificate(name: "kube-apiserver", now: Date()))
        #expect(String(decoding: answer.body, as: UTF8.self) == "hello\n")
        await #expect(throws: HTTPTransportError.self) { try await ask(nil, headers: authorized) }
        let foreign = try servers.clientCertificate(name: "somebody", now: Date())
        await #expect(throws: HTTPTransportError.self) { try await ask(foreign) }
    }

    @Test("gives the log, and follows it to its end")
    func follows() async throws {
        try await serve { base, log, transport in
            log.append(Array("one\ntwo\n".utf8), .stdout, time: 0)
            let tail = try await transport.send(HTTPRequest(.get, "\(base)/pod/main?tailLines=1", headers: authorized))
            #expect(String(decoding: tail.body, as: UTF8.self) == "two\n")

            let stream = try await transport.stream(
                HTTPRequest(.get, "\(base)/pod/main?follow=true", headers: authorized, timeoutSeconds: nil))
            var text = ""
            for try await chunk in stream.body {
                text += String(decoding: chunk, as: UTF8.self)
                if text == "one\ntwo\n" {
                    log.append(Array("three\n".utf8), .stdout, time: 0)
                } else if text.hasSuffix("three\n") {
                    log.finish(time: 0)
                }
            }
            #expect(text == "one\ntwo\nthree\n")
        }
    }
}
