import Foundation
import TestSupport
import Testing

@Suite("An agent's process", .timeLimit(.minutes(2)))
struct AgentProcessTests {
    private let directory = "/tmp/das-process-\(UInt64.random(in: .min ... .max))"

    @Test func `its workers are gone after it was killed`() async throws {
        let agent = try await AgentProcess(directory: directory)
        for slot in 0..<2 { try await agent.process.waitFor("worker \(slot) is ready") }
        let children = agent.children
        #expect(children.count == 2)
        agent.process.send(SIGKILL)
        for child in children { try await ProcessTable.waitForEnd(of: child) }
    }

    @Test(arguments: [SIGTERM, SIGINT])
    func `it ends with 0 when asked to, though the gateway is not there`(signal: Int32) async throws {
        let agent = try await AgentProcess(directory: directory)
        try await agent.process.waitFor("cannot register")
        #expect(agent.process.errors.contains("agent argus-1 of swarm team/argus takes advisory, echo"))
        let ready = try await Program.run(["ready"], environment: agent.environment)
        #expect(ready.code == 1)
        #expect(ready.errors.contains("has not registered yet"))
        let children = agent.children
        agent.process.send(signal)
        #expect(try await agent.process.exitCode() == 0)
        #expect(children.allSatisfy { kill($0, 0) != 0 })
        #expect(
            try await Program.run(["ready"], environment: agent.environment).errors.contains("no agent has registered"))
    }
}
