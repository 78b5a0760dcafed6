import BenchmarkSupport
import Foundation

/// A database server with a folder of its own, which ends with the benchmark.
final class PrivateServer: Sendable {
    /// Where it is reached: a URL, or the path of its socket.
    let address: String
    private let process: Process
    /// The file that names the server's own process; `nil`: it is the one that was started.
    private let pidFile: String?

    private init(_ process: Process, address: String, pidFile: String? = nil) {
        self.process = process
        self.address = address
        self.pidFile = pidFile
    }

    static func postgres(in folder: String, settings: [String]) throws -> PrivateServer {
        // …/Benchmarks/Sources/benchmarks/PrivateServer.swift
        let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4).joined(separator: "/")
        let script = "\(root)/Scripts/private-postgres"
        let data = "\(folder)/postgres"
        let made = try start(script, ["init", data])
        made.waitUntilExit()
        guard made.terminationStatus == 0 else { throw BenchmarkFailure("\(script) init failed; install postgresql") }
        // Told apart by the folder; on the port nobody calls.
        let port = Int.random(in: 20_000..<60_000)
        let process = try start(script, ["run", data, "\(port)"] + settings)
        return PrivateServer(
            process, address: "postgres://das@/postgres?host=\(data)&port=\(port)", pidFile: "\(data)/postmaster.pid")
    }

    static func redis(in folder: String) throws -> PrivateServer {
        let data = "\(folder)/redis"
        try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: true)
        let process = try start(
            "/usr/bin/env",
            [
                "redis-server", "--port", "0", "--unixsocket", "\(data)/socket", "--dir", data, "--save", "",
                "--appendonly", "yes", "--appendfsync", "everysec",
            ])
        return PrivateServer(process, address: "\(data)/socket")
    }

    private static func start(_ program: String, _ arguments: [String]) throws -> Process {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }

    /// Ends it at once: nothing of it is wanted any more. What is started from here has the signals blocked that the threads here have,
    /// SIGTERM and SIGCHLD among them.
    func stop() {
        let named = pidFile.flatMap { try? String(contentsOfFile: $0, encoding: .utf8) }?.split(separator: "\n").first
        kill(process.processIdentifier, SIGKILL)
        guard let server = named.flatMap({ Int32($0) }) else { return process.waitUntilExit() }
        kill(server, SIGQUIT)
        // What the script has started goes with this process, and would have to be waited for, too.
        while kill(server, 0) == 0 { usleep(10_000) }
    }
}
