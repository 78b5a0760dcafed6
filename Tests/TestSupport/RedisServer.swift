import FoundationEssentials
import Glibc
import Synchronization
import SystemThreads

/// A Redis of a test's own: on a socket in a folder of its own and on a loopback port, ended with the server or with the process of
/// the tests, however that ends.
package actor RedisServer {
    /// The unix socket that it listens on.
    package nonisolated let socket: String
    package nonisolated var port: Int { reserved.number }
    /// Its append-only file and snapshots.
    package nonisolated let data: String

    private let folder: String
    private let reserved: ReservedPort
    private let arguments: [String]
    private let lifeline: Lifeline
    private var program: ChildProgram?

    /// Open for as long as this process lives; the server's companion waits for its end.
    private final class Lifeline: Sendable {
        let path: String
        private let descriptor: Int32

        init(in folder: String) throws {
            path = folder + "/lifeline"
            guard mkfifo(path, 0o600) == 0 else { throw SystemError("make \(path)") }
            descriptor = open(path, O_RDWR | O_CLOEXEC)
            guard descriptor >= 0 else { throw SystemError("open \(path)") }
        }

        deinit { close(descriptor) }
    }

    /// Starts a server.
    /// - Parameter arguments: as `redis-server` takes them; more than the defaults here.
    package static func start(_ arguments: String...) async throws -> RedisServer {
        let server = try RedisServer(arguments)
        try await server.start()
        return server
    }

    private init(_ arguments: [String]) throws {
        // Short: the path of a socket has at most 107 bytes.
        folder = FileManager.default.temporaryDirectory.path + "/redis-\(UUID().uuidString.prefix(13))"
        data = folder + "/data"
        try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: true)
        socket = folder + "/socket"
        reserved = try ReservedPort()
        lifeline = try Lifeline(in: folder)
        self.arguments = arguments
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// Starts it again on its data.
    /// - Parameter isReady: `false`: does not wait until it can serve.
    package func start(_ more: String..., isReady: Bool = true) async throws {
        // The companion kills it when the lifeline ends; it is in the server's process group and dies with that.
        let companion = #"{ read -r _ < "$0"; kill -KILL $$; } > /dev/null 2>&1 & exec redis-server "$@""#
        let program = try await ChildProgram.start(
            "bash",
            [
                "-c", companion, lifeline.path, "--bind", "127.0.0.1", "--port", "\(port)", "--unixsocket", socket,
                "--dir",
                data, "--save", "",
            ] + arguments + more)
        self.program = program
        try await program.waitFor(isReady ? "ready to accept connections at" : "Server initialized")
    }

    /// What it has logged since it was last started.
    package var log: String { program?.output ?? "" }

    package func waitForLog(_ text: String) async throws { try await program?.waitFor(text) }

    package func send(_ signal: Int32) { program?.send(signal) }

    /// Ends it as the machine's end would: nothing is written any more.
    package func kill() async throws { try await end(SIGKILL) }

    /// Ends it as its service manager does.
    package func stop() async throws { try await end(SIGTERM) }

    private func end(_ signal: Int32) async throws {
        program?.send(signal)
        try await program?.exitCode()
        program = nil
    }
}
