import Foundation
import Testing

/// An agent as a process whose gateway is not there: its workers are, since they are started ahead.
private final class AgentProcess {
    let process = Process()
    private let directory: String
    private let log = Pipe()

    init(arguments: [String] = [], directory: String) throws {
        self.directory = directory
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        try "secret".write(toFile: "\(directory)/token", atomically: true, encoding: .utf8)
        process.executableURL = URL(fileURLWithPath: try BuiltProgram.path("agent-runner"))
        process.arguments = arguments
        process.environment = environment
        process.standardError = log
        try process.run()
    }

    var environment: [String: String] {
        [
            "DAS_GATEWAY_URL": "http://127.0.0.1:9", "DAS_TOKEN_FILE": "\(directory)/token", "DAS_NAMESPACE": "team",
            "DAS_SWARM": "argus", "DAS_AGENT": "argus-1", "DAS_CONCURRENCY": "2", "DAS_RUNTIME_DIR": directory,
        ]
    }

    /// The process ids of its children.
    var children: [Int32] {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return entries.compactMap(Int32.init).filter { pid in
            guard let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
                let end = stat.lastIndex(of: ")")
            else { return false }
            return stat[end...].split(separator: " ").dropFirst(2).first.flatMap { Int32($0) }
                == process.processIdentifier
        }
    }

    /// Reads the log until a line contains `text`.
    func waitForLog(_ text: String) -> String {
        var seen = ""
        while !seen.contains(text) {
            let data = log.fileHandleForReading.availableData
            if data.isEmpty { break }
            seen += String(decoding: data, as: UTF8.self)
        }
        return seen
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
        try? FileManager.default.removeItem(atPath: directory)
    }
}

@Suite("An agent's process", .timeLimit(.minutes(2)))
struct AgentProcessTests {
    private let directory = "/tmp/das-process-\(UInt64.random(in: .min ... .max))"

    /// Waits for what another process does, with the suite's time limit as the bound.
    private func eventually(_ condition: () -> Bool) async {
        while !condition() { await Task.yield() }
    }

    @Test func `its workers are gone after it was killed`() async throws {
        let agent = try AgentProcess(directory: directory)
        await eventually { agent.children.count == 2 }
        let children = agent.children
        kill(agent.process.processIdentifier, SIGKILL)
        await eventually { children.allSatisfy { kill($0, 0) != 0 } }
        #expect(children.count == 2)
        #expect(!children.isEmpty)
    }

    @Test(arguments: [SIGTERM, SIGINT])
    func `it ends with 0 when asked to, though the gateway is not there`(signal: Int32) async throws {
        let agent = try AgentProcess(directory: directory)
        #expect(agent.waitForLog("cannot register").contains("agent argus-1 of swarm team/argus takes echo"))
        let ready = try Program.run(["ready"], environment: agent.environment)
        #expect(ready.status == 1)
        #expect(ready.errors.contains("has not registered yet"))
        let children = agent.children
        kill(agent.process.processIdentifier, signal)
        agent.process.waitUntilExit()
        #expect(agent.process.terminationStatus == 0)
        #expect(agent.process.terminationReason == .exit)
        #expect(children.allSatisfy { kill($0, 0) != 0 })
        #expect(try Program.run(["ready"], environment: agent.environment).errors.contains("no agent has registered"))
    }
}
