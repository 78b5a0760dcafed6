import AgentRuntime
import Testing

@testable import agent_runner

@Suite("The choice of workloads by the environment")
struct BringYourOwnTests {
    private func types(_ environment: [String: String]) throws -> [String]? {
        try BringYourOwn.workloads(environment, runsThem: false)?.types
    }

    @Test func `a command or an endpoint takes every type of the swarm`() throws {
        #expect(try types(["DAS_CAPABILITIES": "echo"]) == nil)
        #expect(try types(["DAS_EXEC": "", "DAS_HTTP": "", "DAS_CAPABILITIES": "echo"]) == nil)
        #expect(try types(["DAS_EXEC": "cat", "DAS_CAPABILITIES": "echo, resize"]) == ["echo", "resize"])
        #expect(try types(["DAS_HTTP": "http://localhost:1", "DAS_CAPABILITIES": "resize"]) == ["resize"])
    }

    @Test func `the worker of a command gives it time to end, and that of anything else is killed at once`() throws {
        #expect(try BringYourOwn.stopGrace([:]) == .zero)
        #expect(try BringYourOwn.stopGrace(["DAS_HTTP": "http://localhost:1"]) == .zero)
        #expect(try BringYourOwn.stopGrace(["DAS_EXEC": "cat"]) > .seconds(10))
        let short = try BringYourOwn.stopGrace(["DAS_EXEC": "cat", "DAS_EXEC_GRACE_SECONDS": "0"])
        #expect(short > .zero && short < .seconds(10))
    }

    @Test(arguments: [
        (["DAS_EXEC": "cat", "DAS_HTTP": "http://localhost:1"], "DAS_HTTP"),
        (["DAS_EXEC": "cat 'a", "DAS_CAPABILITIES": "x"], "DAS_EXEC"),
        (["DAS_EXEC": " ", "DAS_CAPABILITIES": "x"], "DAS_EXEC"),
        (["DAS_EXEC": "cat"], "DAS_CAPABILITIES"),
        (["DAS_EXEC": "cat", "DAS_CAPABILITIES": " , "], "DAS_CAPABILITIES"),
        (["DAS_HTTP": "localhost:8000", "DAS_CAPABILITIES": "x"], "http://"),
        (["DAS_EXEC": "cat", "DAS_CAPABILITIES": "x", "DAS_EXEC_GRACE_SECONDS": "-1"], "DAS_EXEC_GRACE_SECONDS"),
    ])
    func `what is wrong is named`(environment: [String: String], name: String) {
        let failure = #expect(throws: CommandFailure.self) { try types(environment) }
        #expect(failure?.exitCode == 2)
        #expect(failure?.message.contains(name) == true)
    }
}
