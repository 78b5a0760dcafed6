import Foundation
import StructuredData
import TestSupport
import Testing

@Suite("Conformance of agents", .timeLimit(.minutes(5)))
struct AgentConformanceTests {
    private let examples = "\(Checkout.root)/Examples"
    /// Leases long enough for a machine that has much else to do.
    private let patience = ["--lease", "6", "--patience", "60"]
    private let words = [
        "--type", "words", "--quick", #"{"text": "a b a\nc a"}"#, "--medium", #"{"text": "x\ny\nz", "pause": 1}"#,
        "--slow", #"{"text": "\#(String(repeating: "x\\n", count: 1000))", "pause": 1}"#,
        "--checkpoint", #"{"lines": 0, "counts": {}}"#,
    ]

    private func conformance(
        _ options: [String], of command: [String], environment: [String: String] = [:]
    ) async throws -> (code: Int32, failed: [String], text: String) {
        let outcome = try await ChildProgram.run(
            "python3", ["\(Checkout.root)/Scripts/agent-conformance", "--json"] + options + ["--"] + command,
            environment: environment)
        let report = try JSON.parse(Array(outcome.output.utf8))
        let checks = try #require(report["checks"]?.arrayValue)
        #expect(!checks.isEmpty)
        let failed = checks.filter { $0["passed"] != true }.compactMap { $0["name"]?.stringValue }
        #expect((report["passed"] == true) == failed.isEmpty)
        return (outcome.code, failed, outcome.text)
    }

    private func expectAll(
        _ options: [String] = [], of command: [String], environment: [String: String] = [:]
    ) async throws {
        let outcome = try await conformance(patience + options, of: command, environment: environment)
        #expect(outcome.failed == [], "\(outcome.text)")
        #expect(outcome.code == 0)
    }

    @Test func `agent-runner passes`() async throws {
        try await expectAll(of: [BuiltProgram.path("agent-runner")])
    }

    @Test func `the agent in Python passes, in fewer than 150 lines`() async throws {
        let agent = "\(examples)/python-agent/agent.py"
        try await expectAll(of: ["python3", "-B", agent])
        #expect(
            try String(contentsOfFile: agent, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false)
                .count <= 150)
    }

    @Test func `agent-runner passes with a command in Python`() async throws {
        try await expectAll(
            words, of: [BuiltProgram.path("agent-runner")],
            environment: ["DAS_EXEC": "python3 '\(examples)/bring-your-own/task.py'"])
    }

    @Test func `agent-runner passes with an HTTP endpoint in Python`() async throws {
        let endpoint = try await ChildProgram.start("python3", ["\(examples)/bring-your-own/endpoint.py", "0"])
        try await endpoint.wait { $0.hasSuffix("\n") }
        let port = try #require(endpoint.output.split(separator: " ").last?.dropLast())
        try await expectAll(
            words, of: [BuiltProgram.path("agent-runner")], environment: ["DAS_HTTP": "http://127.0.0.1:\(port)/"])
    }

    /// Each is the name of the check that has to find it; `wrong_agent.py` says what it does.
    private static let mistakes = [
        "register", "complete", "keys", "slots", "requests", "heartbeats", "cancel", "lost", "fence", "drain",
        "sigterm-finish", "sigterm-release", "repeat", "refused", "faults", "restart", "token", "unknown", "extras",
    ]

    @Test(arguments: mistakes)
    func `an agent with a mistake fails the check that is for it`(mistake: String) async throws {
        let wrong = "\(Checkout.root)/Scripts/agentconformance/wrong_agent.py"
        let outcome = try await conformance(
            [
                "--only", mistake, "--only", mistake == "register" ? "complete" : "register", "--lease", "8",
                "--patience", "10",
            ],
            of: ["python3", wrong, mistake, "\(examples)/python-agent"])
        #expect(outcome.failed == [mistake], "\(outcome.text)")
        #expect(outcome.code == 1)
    }

    @Test func `every check has an agent that fails it`() async throws {
        let list = try await ChildProgram.run("python3", ["\(Checkout.root)/Scripts/agent-conformance", "--list"])
        let names = list.output.split(separator: "\n").compactMap { $0.split(separator: " ").first.map(String.init) }
        #expect(names.sorted() == Self.mistakes.sorted())
    }

    @Test(arguments: [[], ["--only", "nothing", "--", "true"], ["--cert", "x", "--", "true"]])
    func `wrong usage ends with 2 and says what to do`(arguments: [String]) async throws {
        let outcome = try await ChildProgram.run(
            "python3", ["\(Checkout.root)/Scripts/agent-conformance"] + arguments)
        #expect(outcome.code == 2)
        #expect(outcome.errors.contains("agent-conformance: error: "))
    }
}
