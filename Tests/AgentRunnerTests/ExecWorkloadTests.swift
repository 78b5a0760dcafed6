import AgentRuntime
import Foundation
import StructuredData
import TestSupport
import Testing

@testable import agent_runner

@Suite("A command as a workload", .timeLimit(.minutes(2)))
struct ExecWorkloadTests {
    private func run(
        _ script: String, _ input: JSON = [:], context: WorkloadContext = .standalone()
    ) async throws -> JSON {
        try await run(["sh", "-c", script], input, context: context)
    }

    private func run(
        _ command: [String], _ input: JSON = [:], context: WorkloadContext = .standalone()
    ) async throws -> JSON {
        let workload = ExecWorkload(type: "script", command: command, grace: .seconds(10))
        return try await onOwnThread { try workload.run(input, context: context) }
    }

    private func failure(_ script: String) async -> WorkloadError? {
        await #expect(throws: WorkloadError.self) { try await run(script) }
    }

    @Test func `gets the input on standard input and answers on standard output`() async throws {
        let long = JSON.string(String(repeating: "x", count: 3 << 20))
        #expect(try await run("cat", ["a": long]) == ["a": long])
        #expect(try await run("exec 0<&-; echo 1", ["a": long]) == 1)
        #expect(try await run("cat > /dev/null") == .null)
    }

    @Test func `finds in its environment what is to be known of the attempt`() async throws {
        let context = WorkloadContext.standalone(task: "t7", attempt: 3)
        let script = #"echo "[\"$DAS_TASK\", \"$DAS_TASK_TYPE\", $DAS_ATTEMPT, \"$DAS_CHECKPOINT_FILE\"]""#
        #expect(try await run(script, context: context) == ["t7", "script", 3, ""])
    }

    @Test func `may fail for good, or be tried again, as its exit code says`() async throws {
        let permanent = try #require(await failure("echo wrong >&2; exit 65"))
        #expect(permanent.kind == .permanent && permanent.code == "EXIT_65")
        #expect(permanent.message.contains("wrong"))
        for (script, code) in [("exit 1", "EXIT_1"), ("exit 75", "EXIT_75"), ("kill -9 $$", "SIGNAL_9")] {
            let error = try #require(await failure(script))
            #expect(error.kind == .retryable && error.code.rawValue == code)
        }
        let named = try #require(await failure(#"echo '{"code": "UPSTREAM_BUSY", "message": "come back"}'; exit 1"#))
        #expect(named == .retryable("UPSTREAM_BUSY", "come back"))
    }

    @Test func `fails where it is no command, or answers no JSON, or too much`() async throws {
        let missing = await #expect(throws: WorkloadError.self) { try await run(["/nowhere/at/all"]) }
        #expect(missing?.code == "EXEC_FAILED" && missing?.message.contains("/nowhere/at/all") == true)
        #expect(await failure("echo hello")?.code == "BAD_OUTPUT")
        let tooMuch = try #require(await failure("exec cat /dev/zero"))
        #expect(tooMuch.kind == .permanent && tooMuch.code == .resultTooLarge)
    }

    @Test func `leaves nothing running`() async throws {
        let seconds = "1000.\(UInt32.random(in: .min ... .max))"
        #expect(try await run("sleep \(seconds) & echo 1") == 1)
        #expect(ProcessTable.holding(seconds).isEmpty)
    }

    @Test func `its progress is told`() async throws {
        let told = Observed<[String]>([])
        let context = WorkloadContext.standalone { done, total, message in
            told.change { $0.append("\(done)/\(total ?? 0) \(message ?? "")") }
        }
        let script = #"echo '{"progress": {"done": 1, "total": 2, "message": "half"}}' >&2; echo 1"#
        #expect(try await run(script, context: context) == 1)
        #expect(told.value == ["1/2 half"])
    }
}
