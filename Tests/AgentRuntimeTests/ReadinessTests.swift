import FoundationEssentials
import StructuredData
import Testing

@testable import AgentRuntime

@Suite("The readiness file")
struct ReadinessTests {
    private let directory = "/tmp/das-readiness-\(UInt64.random(in: .min ... .max))"

    @Test func `an agent is ready when it says so, and not before, nor after`() throws {
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let readiness = Readiness(directory: directory, namespace: "team", agent: "argus-1")
        #expect(readiness.reasonNotReady()?.contains("no agent has registered") == true)
        try readiness.write(ready: true, reason: "")
        #expect(readiness.reasonNotReady() == nil)
        #expect(Readiness(directory: directory, namespace: "team", agent: "argus-2").reasonNotReady() != nil)
        #expect(Readiness(directory: directory, namespace: "crew", agent: "argus-1").reasonNotReady() != nil)
        try readiness.write(ready: false, reason: "the agent is being drained")
        #expect(readiness.reasonNotReady() == "not ready: the agent is being drained")
        readiness.remove()
        #expect(readiness.reasonNotReady() != nil)
    }

    @Test func `a file of an earlier life counts for nothing, even if its process id is in use again`() throws {
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let readiness = Readiness(directory: directory, namespace: "team", agent: "a/../b")
        try readiness.write(ready: true, reason: "")
        let file = try #require(try FileManager.default.contentsOfDirectory(atPath: directory).first)
        let path = "\(directory)/\(file)"
        var state = try JSON.parse([UInt8](try #require(FileManager.default.contents(atPath: path))))
        state["started"] = "1"
        try Data(state.serialized()).write(to: URL(filePath: path))
        #expect(readiness.reasonNotReady()?.contains("an agent that has ended") == true)
        try Data("{".utf8).write(to: URL(filePath: path))
        #expect(readiness.reasonNotReady()?.contains("damaged") == true)
    }
}
