import CertificateStore
import CurlTransport
import Foundation
import HTTPTransport
import Logging
import ServiceLifecycle
import StructuredData

@testable import LocalAPIServer

/// A real server on a loopback port, with a directory of its own, and a client for it.
final class APIServerFixture: Sendable {
    static let administrator = "admin-token"
    static let limited = "limited-token"

    let directory: DataDirectory
    let url: String
    private let transport: CurlTransport
    private let services: ServiceGroup
    private let server: Task<Void, any Error>

    /// Runs `body` against a server; the server is stopped, and its directory removed, afterwards.
    static func withServer<Result>(
        nodeProxy: (any NodeProxy)? = nil, configure: Configure = { _, _ in },
        _ body: (APIServerFixture) async throws -> Result
    ) async throws -> Result {
        let directory = try DataDirectory(
            FileManager.default.temporaryDirectory.appending(path: "apiserver-\(UUID().uuidString)").path)
        defer { try? FileManager.default.removeItem(atPath: directory.path) }
        return try await withServer(in: directory, nodeProxy: nodeProxy, configure: configure, body)
    }

    /// Changes how a server is started on a directory.
    typealias Configure = @Sendable (inout LocalAPIServer.Configuration, DataDirectory) -> Void

    /// The same in a directory that outlives the server.
    static func withServer<Result>(
        in directory: DataDirectory, nodeProxy: (any NodeProxy)? = nil, configure: Configure = { _, _ in },
        _ body: (APIServerFixture) async throws -> Result
    ) async throws -> Result {
        let fixture = try await APIServerFixture(directory: directory, nodeProxy: nodeProxy, configure: configure)
        do {
            let result = try await body(fixture)
            try await fixture.stop()
            return result
        } catch {
            try? await fixture.stop()
            throw error
        }
    }

    private init(
        directory: DataDirectory, nodeProxy: (any NodeProxy)?, configure: Configure
    ) async throws {
        self.directory = directory
        let authority = try CertificateAuthority.open(in: directory, now: Date())
        let certificate = try authority.servingCertificate(
            name: "server", hosts: ["127.0.0.1", "localhost"], in: directory, now: Date())
        var logger = Logger(label: "test")
        logger.logLevel = .error
        let (ports, port) = AsyncStream<Int>.makeStream()
        var configuration = LocalAPIServer.Configuration(
            certificatePEM: certificate.certificatePEM, privateKeyPEM: certificate.keyPEM,
            authorityPEM: authority.certificatePEM, storagePath: directory.file("api.sqlite"),
            tokens: [
                StaticToken(token: Self.administrator, user: "admin", uid: "1", groups: ["system:masters"]),
                StaticToken(token: Self.limited, user: "limited", uid: "2", groups: ["nobody"]),
            ], nodeProxy: nodeProxy, logger: logger)
        configure(&configuration, directory)
        let server = LocalAPIServer(configuration) { _, bound in
            port.yield(bound)
            port.finish()
        }
        let services = ServiceGroup(services: [server], logger: logger)
        let task = Task {
            defer { port.finish() }
            try await services.run()
        }
        self.services = services
        self.server = task
        var bound: Int?
        for await port in ports { bound = port }
        guard let bound else {
            try await task.value
            throw LocalAPIServerError(.cannotListen, "the server ended before it listened")
        }
        url = "https://127.0.0.1:\(bound)"
        transport = CurlTransport(
            .init(tls: .init(authorities: .inline(Array(authority.certificatePEM.utf8)))))
    }

    /// Ends the server as a signal does; returns when it has ended.
    func shutDown() async throws {
        await services.triggerGracefulShutdown()
        try await server.value
    }

    private func stop() async throws {
        transport.shutdown()
        try await shutDown()
    }

    // MARK: Requests

    struct Answer {
        var status: Int
        var json: JSON
        var text: String
        var bytes: [UInt8]
        var headers: HTTPHeaders
        var version: String { json["metadata"]?["resourceVersion"]?.stringValue ?? "" }
        var reason: String { json["reason"]?.stringValue ?? "" }
    }

    func send(
        _ method: HTTPRequest.Method, _ path: String, _ body: JSON? = nil, type: String = "application/json",
        accept: String? = nil, token: String? = administrator, headers: [String: String] = [:]
    ) async throws -> Answer {
        try await send(
            method, path, bytes: body?.serialized(), type: type, accept: accept, token: token, headers: headers)
    }

    func send(
        _ method: HTTPRequest.Method, _ path: String, bytes: [UInt8]?, type: String, accept: String? = nil,
        token: String? = administrator, headers: [String: String] = [:]
    ) async throws -> Answer {
        var request = request(method, path, bytes, type: type, accept: accept, token: token)
        for (name, value) in headers { request.headers[name] = value }
        let response = try await transport.send(request)
        return Answer(
            status: response.status, json: (try? JSON.parse(response.body)) ?? .null,
            text: String(decoding: response.body, as: UTF8.self), bytes: response.body, headers: response.headers)
    }

    private func request(
        _ method: HTTPRequest.Method, _ path: String, _ body: [UInt8]?, type: String, accept: String?, token: String?
    ) -> HTTPRequest {
        var headers: HTTPHeaders = ["User-Agent": "tests/1"]
        if body != nil { headers["Content-Type"] = type }
        if let accept { headers["Accept"] = accept }
        if let token { headers["Authorization"] = "Bearer \(token)" }
        // Nothing here is about time, and all tests share two cores.
        return HTTPRequest(
            method, url + path, headers: headers, body: body, timeoutSeconds: 100, connectTimeoutSeconds: 60)
    }

    /// Opens a watch; returns when the server has answered its head.
    func watch(_ path: String, accept: String? = nil) async throws -> WatchReader {
        WatchReader(try await stream(path, accept: accept))
    }

    func stream(
        _ path: String, accept: String? = nil, headers: [String: String] = [:]
    ) async throws -> HTTPStreamingResponse {
        var request = request(
            .get, path, nil, type: "", accept: accept, token: Self.administrator)
        for (name, value) in headers { request.headers[name] = value }
        request.timeoutSeconds = 60
        request.connection = .dedicated
        return try await transport.stream(request)
    }
}

/// Reads a watch's events one by one.
struct WatchReader {
    struct Event {
        var type: String
        var object: JSON
        var name: String { object["metadata"]?["name"]?.stringValue ?? "" }
        var version: String { object["metadata"]?["resourceVersion"]?.stringValue ?? "" }
    }

    let status: Int
    private var chunks: AsyncThrowingStream<[UInt8], any Error>.AsyncIterator
    private var buffer: [UInt8] = []

    init(_ response: HTTPStreamingResponse) {
        status = response.status
        chunks = response.body.makeAsyncIterator()
    }

    /// The next event; `nil` at the end.
    mutating func next() async throws -> Event? {
        while true {
            if let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
                let line = Array(buffer[..<end])
                buffer.removeSubrange(...end)
                let json = try JSON.parse(line)
                return Event(type: json["type"]?.stringValue ?? "", object: json["object"] ?? .null)
            }
            guard let chunk = try await chunks.next() else { return nil }
            buffer += chunk
        }
    }
}

/// Objects that several tests use.
enum Samples {
    static let widgets = "/apis/rec.example.com/v1/namespaces/default/widgets"

    static let definition: JSON = [
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": ["name": "widgets.rec.example.com"],
        "spec": [
            "group": "rec.example.com", "scope": "Namespaced",
            "names": ["plural": "widgets", "kind": "Widget", "shortNames": ["wd"]],
            "versions": [
                [
                    "name": "v1", "served": true, "storage": true,
                    "schema": [
                        "openAPIV3Schema": [
                            "type": "object",
                            "properties": [
                                "spec": [
                                    "type": "object",
                                    "properties": [
                                        "size": ["type": "integer", "minimum": 1, "maximum": 10],
                                        "colour": ["type": "string", "default": "green"],
                                        "parts": [
                                            "type": "array", "x-kubernetes-list-type": "map",
                                            "x-kubernetes-list-map-keys": ["name"],
                                            "items": [
                                                "type": "object", "required": ["name"],
                                                "properties": [
                                                    "name": ["type": "string"], "count": ["type": "integer"],
                                                ],
                                            ],
                                        ],
                                    ],
                                ], "status": ["type": "object", "properties": ["phase": ["type": "string"]]],
                            ],
                        ]
                    ], "subresources": ["status": [:]], "selectableFields": [["jsonPath": ".spec.colour"]],
                    "additionalPrinterColumns": [["name": "Size", "type": "integer", "jsonPath": ".spec.size"]],
                ]
            ],
        ],
    ]

    static func widget(_ name: String, size: Int = 1, labels: [String: String] = [:]) -> JSON {
        [
            "apiVersion": "rec.example.com/v1", "kind": "Widget",
            "metadata": ["name": .string(name), "labels": JSON(labels)], "spec": ["size": JSON(size)],
        ]
    }

    static func deployment(_ name: String) -> JSON {
        [
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": ["name": .string(name)],
            "spec": [
                "selector": ["matchLabels": ["app": .string(name)]],
                "template": [
                    "metadata": ["labels": ["app": .string(name)]],
                    "spec": ["containers": [["name": "c", "image": "example.com/web:1"]]],
                ],
            ],
        ]
    }
}

extension APIServerFixture {
    /// Adds the kind Widget.
    func defineWidgets() async throws {
        _ = try await send(
            .post, "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", Samples.definition)
    }
}
