import BenchmarkSupport
import CurlTransport
import Foundation
import HTTPTransport
import KubernetesClient
import StructuredData

/// The API server of a `das up` of the benchmark's own, spoken to as plainly as can be, so that what is measured is the server.
final class APIUnderTest: Sendable {
    private static let longestStart = Duration.seconds(120)
    private static let poll = Duration.milliseconds(2)

    let url: String
    /// What a request's header of that name says.
    let authorization: String
    private let connection: ConnectionSettings

    /// - Parameter kubeconfig: what a running `das up` wrote.
    init(kubeconfig: String) throws {
        let configuration = try ClientConfiguration.load(path: kubeconfig, environment: [:])
        guard case .bearer(let token) = configuration.authentication else {
            throw BenchmarkFailure("\(kubeconfig) has no token")
        }
        url = configuration.server
        authorization = "Bearer \(token)"
        connection = configuration.connection
    }

    /// Whose certificate the server shows, in PEM.
    func authority() throws -> [UInt8] { try connection.tls.authority() }

    /// Where the server listens on this machine.
    func port() throws -> Int {
        guard let port = URLComponents(string: url)?.port else { throw BenchmarkFailure("\(url) has no port") }
        return port
    }

    func plainConnection() throws -> PlainConnection {
        try PlainConnection(port: try port(), authority: try authority(), authorization: authorization)
    }

    /// A transport whose requests share one connection.
    func connect() -> CurlTransport { CurlTransport(connection) }

    func request(
        _ method: HTTPRequest.Method, _ path: String, _ body: JSON? = nil, type: String = "application/json",
        isStream: Bool = false
    ) -> HTTPRequest {
        var headers: HTTPHeaders = ["Authorization": authorization]
        if body != nil { headers["Content-Type"] = type }
        return HTTPRequest(
            method, url + path, headers: headers, body: body?.serialized(), timeoutSeconds: isStream ? nil : 120,
            connection: isStream ? .dedicated : .shared)
    }

    /// - Throws: `BenchmarkFailure` for any answer but a success.
    @discardableResult
    func send(_ request: HTTPRequest, over transport: CurlTransport) async throws -> [UInt8] {
        let response = try await transport.send(request)
        guard (200..<300).contains(response.status) else {
            let text = String(decoding: response.body.prefix(300), as: UTF8.self)
            throw BenchmarkFailure("\(request.method) \(request.url): \(response.status) \(text)")
        }
        return response.body
    }

    // MARK: The process

    /// Has `das up` make its certificates and take its port on an empty folder.
    static func prepare(_ program: String, on folder: String) async throws -> APIUnderTest {
        try await ClusterUnderTest.start(program: program, dataDirectory: folder).stop()
        return try APIUnderTest(kubeconfig: "\(folder)/kubeconfig")
    }

    /// Runs `das up` on a folder that has run one before, and takes the time to its first good `/readyz`.
    static func start(
        _ program: String, on folder: String, url: String, arguments: [String] = []
    ) async throws -> (process: Process, took: Duration) {
        let authority = [UInt8](try Data(contentsOf: URL(filePath: "\(folder)/pki/ca.crt")))
        let transport = CurlTransport(.init(tls: .init(authorities: .inline(authority))))
        defer { transport.shutdown() }
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = ["up", "--data-dir", folder] + arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        let began = ContinuousClock.now
        try process.run()
        while ContinuousClock.now - began < longestStart, process.isRunning {
            let answer = try? await transport.send(HTTPRequest(.get, url + "/readyz", timeoutSeconds: 1))
            if answer?.status == 200 { return (process, .now - began) }
            try await Task.sleep(for: poll)
        }
        process.terminate()
        process.waitUntilExit()
        throw BenchmarkFailure("\(program) up did not answer within \(longestStart)")
    }

    /// Resident memory of a process, in bytes.
    static func memory(of process: Int32) throws -> Int {
        let status = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
        guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmRSS:") }),
            let kibibytes = line.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
        else { throw BenchmarkFailure("/proc/\(process)/status does not tell its memory") }
        return kibibytes << 10
    }
}

extension TLSConfiguration {
    /// Whose certificates are trusted, in PEM.
    func authority() throws -> [UInt8] {
        switch authorities {
        case .file(let path): [UInt8](try Data(contentsOf: URL(filePath: path)))
        case .inline(let bytes): bytes
        case nil: throw BenchmarkFailure("the kubeconfig names no authority")
        }
    }
}
