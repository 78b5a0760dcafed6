import Foundation
import Glibc

/// A PostgreSQL server with a folder of its own, which ends with the test process, however that ends.
///
/// The superuser is `das`. On the socket nobody is asked for a password, on the port everybody is: it is `secret`.
package final class PostgresServer: Sendable {
    package let folder: String
    package var port: Int { reserved.number }
    private let reserved: ReservedPort
    private let settings: [String]
    private let program: Observed<ChildProgram?> = Observed(nil)

    /// One for all tests of the process that do nothing to the server itself.
    package static func shared() async throws -> PostgresServer { try await sharedServer.value }

    private static let sharedServer = Task {
        // Nothing here outlives the machine, so that nothing needs to be on its disk.
        try await start(settings: ["fsync=off", "max_connections=400", "shared_buffers=64MB"])
    }

    package static func start(settings: [String] = ["fsync=off", "shared_buffers=16MB"]) async throws -> PostgresServer
    {
        let folder = temporaryFolder()
        try await run("init", folder)
        let server = try PostgresServer(folder, settings)
        try await server.start()
        return server
    }

    /// Starts one that takes connections over TLS too.
    /// - Parameters:
    ///   - certificate: a PEM file.
    ///   - key: its key, a PEM file, of which the server gets a copy that nobody else may read.
    package static func start(certificate: String, key: String) async throws -> PostgresServer {
        let folder = temporaryFolder()
        try await run("init", folder)
        for (file, name) in [(certificate, "server.crt"), (key, "server.key")] {
            let copy = "\(folder)/\(name)"
            try FileManager.default.copyItem(atPath: file, toPath: copy)
            // The server runs as the owner of its folder.
            let owner = try FileManager.default.attributesOfItem(atPath: folder)
            try FileManager.default.setAttributes(
                [
                    .posixPermissions: 0o600, .ownerAccountID: owner[.ownerAccountID] ?? getuid(),
                    .groupOwnerAccountID: owner[.groupOwnerAccountID] ?? getgid(),
                ], ofItemAtPath: copy)
        }
        let server = try PostgresServer(folder, ["fsync=off", "shared_buffers=16MB", "ssl=on"])
        try await server.start()
        return server
    }

    private init(_ folder: String, _ settings: [String]) throws {
        self.folder = folder
        self.settings = settings
        reserved = try ReservedPort()
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    // MARK: Its life

    /// Starts the server, which is not running, and waits until it takes connections.
    package func start(settings more: [String] = []) async throws {
        for attempt in 1... {
            let child = try await ChildProgram.start(
                Self.script, ["run", folder, "\(port)"] + settings + more, directory: "/")
            do {
                try await child.waitFor("database system is ready to accept connections")
                return program.change { $0 = child }
            } catch  where attempt < 20 && child.text.contains("still in use") {
                // Killed a moment ago, it has sessions that are just ending.
                try await child.exitCode()
            }
        }
    }

    /// Ends it in order, and waits for that: sessions are told.
    package func stop() async throws {
        guard let child = program.value else { return }
        child.send(SIGTERM)
        try await child.exitCode()
        program.change { $0 = nil }
    }

    /// Kills all of its processes with SIGKILL, and waits for that.
    package func kill() async throws {
        guard let child = program.value else { return }
        let postmaster = try postmaster()
        for process in ProcessTable.children(of: postmaster) + [postmaster] { _ = Glibc.kill(process, SIGKILL) }
        try await child.exitCode()
        program.change { $0 = nil }
    }

    private func postmaster() throws -> Int32 {
        let text = try String(contentsOfFile: folder + "/postmaster.pid", encoding: .utf8)
        guard let pid = text.split(separator: "\n").first.flatMap({ Int32($0) }) else {
            throw ChildProgramFailure("the server's postmaster.pid says no process")
        }
        return pid
    }

    // MARK: Databases

    /// - Parameter port: another one than the server's, that leads to it.
    package func url(_ database: String, password: String = "secret", port: Int? = nil) -> String {
        "postgres://das:\(password)@127.0.0.1:\(port ?? self.port)/\(database)"
    }

    /// The way that asks for no password.
    package func socketURL(_ database: String) -> String { "postgres://das@/\(database)?host=\(folder)&port=\(port)" }

    /// Makes a database of its own, and answers its name.
    package func makeDatabase() async throws -> String {
        let name = "das_" + UUID().uuidString.lowercased().filter { $0 != "-" }
        try await run("CREATE DATABASE \(name)", in: "postgres")
        return name
    }

    /// Runs statements; what they answer, a row a line.
    @discardableResult
    package func run(_ sql: String, in database: String) async throws -> String {
        let done = try await ChildProgram.run(
            "psql",
            [
                "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1",
                "--host=\(folder)", "--port=\(port)", "--username=das", "--dbname=\(database)", "--command=\(sql)",
            ])
        guard done.code == 0 else { throw ChildProgramFailure("psql: \(done.text)") }
        return done.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    // MARK: Its parts

    private static let script = Checkout.root + "/Scripts/private-postgres"

    private static func run(_ action: String, _ folder: String) async throws {
        let done = try await ChildProgram.run(script, [action, folder], directory: "/")
        guard done.code == 0 else { throw ChildProgramFailure("private-postgres \(action): \(done.text)") }
    }

    private static func temporaryFolder() -> String {
        // Short: the path of a socket has at most 107 bytes.
        FileManager.default.temporaryDirectory.path + "/das-pg-" + String(UInt32.random(in: 0...UInt32.max), radix: 36)
    }
}
