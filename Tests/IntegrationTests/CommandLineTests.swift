import Foundation
import TestSupport
import Testing

@Suite("Command lines", .timeLimit(.minutes(2)))
struct CommandLineTests {
    private static let wrong: [(program: String, arguments: [String], mentions: String)] = [
        ("das", ["up", "--bogus"], "--bogus"),
        ("das", ["up", "--listen", "here"], "--listen"),
        ("das", ["up", "--tokens", "/nowhere/tokens.csv"], "/nowhere/tokens.csv"),
        ("das", ["up", "--log-level", "loud"], "--log-level"),
        ("das", ["crds", "--name", "nothing"], "agentswarms.das.brashlabs.io"),
        ("das-operator", ["--store", "mysql://x"], "--store"),
        ("das-operator", ["--leader-elect"], "--leader-elect"),
        ("das-operator", ["--kubeconfig", "/nowhere/config"], "/nowhere/config"),
        ("das-gateway", ["--store", "sqlite:/tmp/x", "--tls-cert", "/nowhere.crt"], "--tls-"),
    ]

    @Test(arguments: wrong.indices)
    func `Wrong usage exits with 2 and a line that says what to do`(index: Int) async throws {
        let (program, arguments, mentions) = Self.wrong[index]
        let (code, text) = try await ChildProgram.run(BuiltProgram.path(program), arguments)
        #expect(code == 2, "\(program) \(arguments): \(text)")
        #expect(text.contains(mentions), "\(program) \(arguments): \(text)")
    }

    @Test func `A port in use is named, and nothing is left running`() async throws {
        let cluster = try await TestCluster.start()
        let port = try #require(
            try String(contentsOfFile: "\(cluster.directory)/api.port", encoding: .utf8)
                .split(separator: "\n").first.map(String.init))
        let other = "\(cluster.directory)-other"
        let (code, text) = try await ChildProgram.run(
            BuiltProgram.path("das"), ["up", "--data-dir", other, "--listen", "127.0.0.1:\(port)"])
        #expect(code == 1)
        #expect(text.contains(port) && text.contains("--listen"), "\(text)")
        try? FileManager.default.removeItem(atPath: other)

        let (same, message) = try await ChildProgram.run(
            BuiltProgram.path("das"), ["up", "--data-dir", cluster.directory])
        #expect(same == 1)
        #expect(message.contains("in use by process \(cluster.up.processIdentifier)"), "\(message)")
        #expect(await cluster.stop() == 0)
    }

    @Test func `Status of nothing exits with 3`() async throws {
        let (code, text) = try await ChildProgram.run(BuiltProgram.path("das"), ["status", "--data-dir", "/nowhere"])
        #expect(code == 3)
        #expect(text.contains("das up"))
    }

    @Test(arguments: ["das", "das-operator", "das-gateway", "agent-runner"])
    func `Help teaches by example`(program: String) async throws {
        let (code, text) = try await ChildProgram.run(BuiltProgram.path(program), ["--help"])
        #expect(code == 0)
        #expect(text.contains("Example"))
    }
}
