import Foundation
import StructuredData
import TestSupport
import Testing

@Suite("The program agent-runner", .timeLimit(.minutes(2)))
struct AgentRunnerTests {
    private static let bars = """
        date,open,high,low,close,volume
        2022-01-03,10,11,9,10,100
        2022-01-04,10,12,9,11,100
        2022-01-05,11,12,10,12,100
        2022-01-06,12,13,11,11,100
        2022-01-07,11,12,10,12,100
        """

    private func withDirectory(_ body: (String) async throws -> Void) async throws {
        let directory = "/tmp/das-runner-\(UInt64.random(in: .min ... .max))"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try await body(directory)
    }

    @Test func `run takes standard input and answers on one line for programs`() async throws {
        let program = try await Program.run(["run", "echo", "--input", "-"], input: #"{"result": {"a": [1, 2]}}"#)
        #expect(program.code == 0)
        #expect(program.output == #"{"a":[1,2]}"# + "\n")
        #expect(program.errors == "")
    }

    @Test func `run writes the answer to a file, and reads files beside the input`() async throws {
        try await withDirectory { directory in
            try Self.bars.write(toFile: "\(directory)/spx.csv", atomically: true, encoding: .utf8)
            try #"{"inputs": [{"name": "SPX", "file": "spx.csv"}], "params": {"statistics": true}}"#
                .write(toFile: "\(directory)/input.json", atomically: true, encoding: .utf8)
            let program = try await Program.run(
                [
                    "run", "market-analysis", "--input", "\(directory)/input.json", "--output",
                    "\(directory)/answer.json",
                ])
            #expect(program.code == 0, "\(program.errors)")
            #expect(program.output == "")
            let answer = try JSON.parse(String(contentsOfFile: "\(directory)/answer.json", encoding: .utf8))
            #expect(answer["status"] == "ok")
            #expect(answer["result"]?["statistics"]?["SPX"]?["observations"]?.intValue != nil)
        }
    }

    @Test func `a rejected input shows the answer and exits 1 with what is wrong`() async throws {
        let input = #"{"inputs": [{"name": "SPX", "csv": "date,close\n2022-01-03,10\n2022-01-04,-1\n"}], "params": {}}"#
        let program = try await Program.run(["run", "market-analysis", "--input", "-"], input: input)
        #expect(program.code == 1)
        #expect(try JSON.parse(program.output)["status"] == "rejected")
        #expect(program.errors.contains("NON_POSITIVE_PRICE"))
        #expect(program.errors.contains("SPX"))
    }

    @Test func `a file that cannot be read, or is no JSON, is one line`() async throws {
        let missing = try await Program.run(["run", "echo", "--input", "/nowhere/input.json"])
        #expect(missing.code == 2)
        #expect(missing.errors == "agent-runner: /nowhere/input.json cannot be read: No such file or directory\n")
        let garbage = try await Program.run(["run", "echo", "--input", "-"], input: "{\"a\":\n oops}")
        #expect(garbage.code == 1)
        #expect(garbage.errors.contains("not JSON: line 2"))
        #expect(garbage.errors.split(separator: "\n").count == 1)
    }

    @Test func `an unknown task type names the known ones`() async throws {
        let program = try await Program.run(["run", "divination", "--input", "-"])
        #expect(program.code == 2)
        #expect(
            program.errors
                == "agent-runner: there is no task type \"divination\"; there are advisory, echo, market-analysis, risk-assessment\n"
        )
    }

    @Test func `a workload that fails exits 1 with its code`() async throws {
        let program = try await Program.run(["run", "echo", "--input", "-"], input: #"{"fail": "retryable"}"#)
        #expect(program.code == 1)
        #expect(program.errors == "agent-runner: echo failed: ECHO_FAILED: attempt 1 was asked to fail\n")
    }

    @Test(arguments: [
        ["--wrong"], ["run"], ["run", "echo"], ["run", "echo", "--input"], ["dance"], ["list", "--all"],
    ])
    func `wrong usage exits 2`(arguments: [String]) async throws {
        let program = try await Program.run(arguments)
        #expect(program.code == 2)
        #expect(program.errors.contains("Usage"))
        #expect(program.output == "")
    }

    @Test func `help teaches by example and hides the worker`() async throws {
        let program = try await Program.run(["--help"])
        #expect(program.code == 0)
        #expect(program.output.contains("agent-runner run market-analysis --input prices.json"))
        #expect(program.output.contains("DAS_GATEWAY_URL"))
        #expect(!program.output.contains("worker"))
    }

    @Test func `list shows the task types, with their schemas as JSON if asked`() async throws {
        #expect(try await Program.run(["list"]).output == "advisory\necho\nmarket-analysis\nrisk-assessment\n")
        let schemas = try JSON.parse(try await Program.run(["list", "--schemas"]).output)
        #expect(schemas["echo"]?["inputSchema"]?["properties"]?["delayMs"]?["type"] == "integer")
        for type in ["market-analysis", "risk-assessment", "advisory"] {
            #expect(schemas[type]?["inputSchema"]?["type"] == "object")
            #expect(schemas[type]?["outputSchema"]?["type"] == "object")
        }
    }

    @Test func `a worker does not run by hand`() async throws {
        let program = try await Program.run(["worker"])
        #expect(program.code == 2)
        #expect(program.errors.contains("agent-runner run TYPE"))
    }

    @Test func `serving without its environment names the variable`() async throws {
        let program = try await Program.run([])
        #expect(program.code == 2)
        #expect(program.errors.hasPrefix("agent-runner: DAS_GATEWAY_URL is not set"))
        #expect(program.errors.split(separator: "\n").count == 1)
        let ready = try await Program.run(["ready"])
        #expect(ready.code == 2)
        #expect(ready.errors.hasPrefix("agent-runner: DAS_AGENT is not set"))
    }
}
