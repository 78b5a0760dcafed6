import Foundation
import TestSupport
import Testing

@Suite("Command lines", .timeLimit(.minutes(2)))
struct CommandLineTests {
    private static let wrong: [(program: String, arguments: [String], mentions: String)] = [
        ("das", ["up", "--bogus"], "--bogus"),
        ("das", ["up", "--listen", "here"], "--listen"),
        ("das", ["up", "--tokens", "/nowhere/tokens.csv"], "/nowhere/tokens.csv"),
        ("das", ["up", "--image", "/bin/sh"], "IMAGE=EXECUTABLE"),
        ("das", ["up", "--log-level", "loud"], "--log-level"),
        ("das", ["crds", "--name", "nothing"], "agentswarms.das.brashlabs.io"),
        ("das-operator", ["--store", "mysql://x"], "--store"),
        ("das-operator", ["--store", "postgres://das:secret@db/das?nonsense=1"], "postgres://USER@HOST"),
        ("das-operator", ["--leader-elect"], "--leader-elect"),
        ("das-operator", ["--gateway-url", "https://gw:8443"], "--gateway-url"),
        ("das-operator", ["--gateway-ca", "/nowhere.crt"], "--gateway-ca"),
        ("das-operator", ["--store", "redis://h", "--gateway-url", "https://gw:8443"], "--gateway-ca"),
        ("das-operator", ["--store", "redis://h", "--gateway-url", "http://gw:8443"], "https://HOST:PORT"),
        (
            "das-operator",
            ["--store", "redis://h", "--gateway-url", "https://gw:8443", "--gateway-ca", "/nowhere.crt"], "/nowhere.crt"
        ),
        (
            "das-operator",
            ["--store", "redis://h", "--gateway-url", "https://gw:8443", "--gateway-listen", "0.0.0.0:0"],
            "--gateway-listen"
        ),
        ("das-operator", ["--lease", "das-operator", "--lease-seconds", "1"], "--lease-seconds"),
        ("das-operator", ["--lease", ""], "--lease"),
        ("das-operator", ["--kubeconfig", "/nowhere/config"], "/nowhere/config"),
        ("das-gateway", ["--store", "sqlite:/tmp/x", "--tls-cert", "/nowhere.crt"], "--tls-"),
        ("das-gateway", ["--store", "sqlite:/tmp/x", "--listen", "0.0.0.0:0"], "--tls-cert"),
        ("das-gateway", ["--store", "sqlite:/tmp/x", "--listen", "[::]:0"], "127.0.0.1"),
    ]

    @Test(arguments: wrong.indices)
    func `Wrong usage exits with 2 and a line that says what to do`(index: Int) async throws {
        let (program, arguments, mentions) = Self.wrong[index]
        let outcome = try await ChildProgram.run(BuiltProgram.path(program), arguments)
        #expect(outcome.code == 2, "\(program) \(arguments): \(outcome.text)")
        #expect(outcome.text.contains(mentions), "\(program) \(arguments): \(outcome.text)")
    }

    @Test func `A port in use is named, and nothing is left running`() async throws {
        try await TestCluster.run { cluster in
            let port = try #require(
                try String(contentsOfFile: "\(cluster.directory)/api.port", encoding: .utf8)
                    .split(separator: "\n").first.map(String.init))
            let other = "\(cluster.directory)-other"
            let outcome = try await ChildProgram.run(
                BuiltProgram.path("das"), ["up", "--data-dir", other, "--listen", "127.0.0.1:\(port)"])
            #expect(outcome.code == 1)
            #expect(outcome.text.contains(port) && outcome.text.contains("--listen"), "\(outcome.text)")
            try? FileManager.default.removeItem(atPath: other)

            let again = try await ChildProgram.run(
                BuiltProgram.path("das"), ["up", "--data-dir", cluster.directory])
            #expect(again.code == 1)
            #expect(again.text.contains("in use by process \(cluster.up.processIdentifier)"), "\(again.text)")
        }
    }

    @Test func `What is no task store is named, and the server that is up by then ends as it should`() async throws {
        let directory = ClusterProcess.newDirectory()
        defer { ClusterProcess.discard(directory) }
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        let store = "\(directory)/tasks.sqlite"
        try Data("this is no database\n".utf8).write(to: URL(fileURLWithPath: store))
        let outcome = try await ChildProgram.run(BuiltProgram.path("das"), ["up", "--data-dir", directory])
        #expect(outcome.code == 3, "\(outcome.text)")
        #expect(outcome.text.contains("\(store) is not a task store"), "\(outcome.text)")
        #expect(!outcome.text.contains("Fatal error"), "\(outcome.text)")
        // It holds nothing any more.
        let cluster = try await ClusterProcess.start(directory, arguments: ["--fresh"])
        #expect(try await cluster.stop() == 0)
    }

    @Test func `A gateway whose port was taken meanwhile takes another`() async throws {
        let directory = ClusterProcess.newDirectory()
        defer { ClusterProcess.discard(directory) }
        func port() throws -> String { try String(contentsOfFile: "\(directory)/gateway.port", encoding: .utf8) }
        let cluster = try await ClusterProcess.start(directory)
        #expect(try await cluster.stop() == 0)
        let kept = try port()
        let taker = try await ChildProgram.start("python3", ["-c", Self.listening, String(kept.dropLast())])
        try await taker.waitFor("listening")
        let again = try await ClusterProcess.start(directory)
        #expect(try port() != kept)
        #expect(try await again.stop() == 0)
        taker.send(SIGKILL)
        _ = try await taker.exitCode()
    }

    private static let listening = #"""
        import signal, socket, sys

        server = socket.create_server(("127.0.0.1", int(sys.argv[1])))
        print("listening", flush=True)
        signal.pause()
        """#

    @Test func `A cluster that is asked to end has no errors to tell of`() async throws {
        let directory = ClusterProcess.newDirectory()
        defer { ClusterProcess.discard(directory) }
        let cluster = try await ClusterProcess.start(directory)
        #expect(try await cluster.stop() == 0)
        #expect(!cluster.up.text.contains(" error "), "\(cluster.up.text)")
    }

    @Test func `Status of nothing exits with 3`() async throws {
        let outcome = try await ChildProgram.run(BuiltProgram.path("das"), ["status", "--data-dir", "/nowhere"])
        #expect(outcome.code == 3)
        #expect(outcome.text.contains("das up"))
    }

    @Test(arguments: ["das", "das-operator", "das-gateway", "agent-runner"])
    func `Help teaches by example`(program: String) async throws {
        let outcome = try await ChildProgram.run(BuiltProgram.path(program), ["--help"])
        #expect(outcome.code == 0)
        #expect(outcome.text.contains("Example"))
    }
}
