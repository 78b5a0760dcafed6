import CurlTransport
import Foundation
import HTTPTransport
import Synchronization
import TaskProtocol
import TestSupport

/// A `das-gateway` at an address that it keeps over its lives.
final class GatewayProcess: Sendable {
    private let reserved: ReservedPort
    private let arguments: [String]
    private let program = Mutex<ChildProgram?>(nil)
    private let transport: CurlTransport
    let client: GatewayClient

    var port: Int { reserved.number }
    var url: String { "http://127.0.0.1:\(port)" }

    /// - Parameter token: of the user who calls it.
    init(store url: String, kubeconfig: String, token: String) throws {
        reserved = try ReservedPort()
        transport = CurlTransport()
        client = GatewayClient(
            transport: transport, baseURL: "http://127.0.0.1:\(reserved.number)", token: .fixed(token))
        arguments = [
            "--store", url, "--listen", "127.0.0.1:\(reserved.number)", "--kubeconfig", kubeconfig,
            "--log-level", ProcessInfo.processInfo.environment["DAS_TEST_LOG"] ?? "info",
        ]
    }

    deinit { transport.shutdown() }

    var process: ChildProgram? { program.withLock { $0 } }
    /// What its present life has said.
    var text: String { process?.text ?? "" }

    /// Starts it, and waits until it listens.
    func launch() async throws {
        let child = try await ChildProgram.start(BuiltProgram.path("das-gateway"), arguments)
        program.withLock { $0 = child }
        try await child.waitFor("the gateway listens on")
    }

    /// Starts it, and waits until it serves.
    func start() async throws {
        try await launch()
        try await process?.waitFor("the task store is open")
    }

    func kill() async throws {
        process?.send(SIGKILL)
        try await process?.exitCode()
    }

    /// Ends it as its service manager does; the exit code.
    func stop() async throws -> Int32? {
        process?.send(SIGTERM)
        return try await process?.exitCode()
    }

    func readiness() async throws -> (status: Int, body: String) {
        let answer = try await transport.send(HTTPRequest(.get, url + "/readyz"))
        return (answer.status, String(decoding: answer.body, as: UTF8.self))
    }

    /// Returns when it is ready. It has said that its store works, and may be about to follow the feed.
    func becomesReady() async throws {
        while true {
            let answer = try await readiness()
            if answer.status == 200 { return }
            guard answer.body.contains("does not follow") else { throw ChildProgramFailure(answer.body) }
        }
    }

    /// How often it has said that its store is back.
    var recoveries: Int { process?.count(of: Self.recovery) ?? 0 }

    /// Waits until it has said so more often than `count` times.
    func recovers(moreOftenThan count: Int) async throws {
        try await process?.waitFor(Self.recovery, moreOftenThan: count)
    }

    /// How often it has said that its store fails.
    var failures: Int { process?.count(of: Self.failure) ?? 0 }

    func fails(moreOftenThan count: Int) async throws {
        try await process?.waitFor(Self.failure, moreOftenThan: count)
    }

    private static let failure = "the task store fails"
    private static let recovery = "the task store works again"
}
