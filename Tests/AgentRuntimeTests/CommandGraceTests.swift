import StructuredData
import TaskProtocol
import TestSupport
import Testing

@testable import AgentRuntime

@Suite("A command that is to stop", .timeLimit(.minutes(2)))
struct CommandGraceTests {
    /// A command that says that it runs, and waits for SIGTERM.
    private func slot(onTerm handler: String, graceSeconds: Int = 30) async throws -> SlotHarness {
        let command = """
            python3 -c 'import json, os, signal, sys; say = lambda m: print(json.dumps(m), file=sys.stderr, flush=True); \
            signal.signal(signal.SIGTERM, \(handler)); say({"progress": {"done": 1}})
            while True: signal.pause()'
            """
        var slot = try SlotHarness(
            executing: command, ["DAS_EXEC_GRACE_SECONDS": "\(graceSeconds)"],
            stopGrace: .seconds(graceSeconds + 60))
        try await slot.expectReady()
        return slot
    }

    private func expectProgress(_ slot: inout SlotHarness) async throws {
        guard case .progress = try await slot.next() else { throw ChildProgramFailure("no progress") }
    }

    private let saves = #"lambda *_: (say({"checkpoint": 7}), os._exit(3))"#

    @Test(arguments: [StopReason.drained, .fenced])
    func `it is asked with SIGTERM, and what it saves then is handed to the next attempt`(reason: StopReason)
        async throws
    {
        var slot = try await slot(onTerm: saves)
        slot.run([:], type: "command")
        try await expectProgress(&slot)
        slot.stop(reason)
        let end = try await slot.expectEnd()
        guard case .released(7, _) = end.outcome else {
            Issue.record("not released with its checkpoint: \(end.outcome)")
            return
        }
        #expect(end.reusable, "the worker was not killed")
    }

    @Test func `its time-out is told with SIGTERM too`() async throws {
        var slot = try await slot(onTerm: saves)
        slot.run([:], type: "command", timeoutMs: 3000)
        var saved: JSON?
        while true {
            switch try await slot.next() {
            case .checkpoint(_, let checkpoint): saved = checkpoint
            case .ended(_, let outcome, _):
                #expect(try failure(outcome).code == .timedOut)
                #expect(saved == 7)
                return
            default: continue
            }
        }
    }

    @Test func `one that leaves with exit code 0 and no result is not done`() async throws {
        var slot = try await slot(onTerm: "lambda *_: os._exit(0)")
        slot.run([:], type: "command")
        try await expectProgress(&slot)
        slot.stop(.drained)
        guard case .released = try await slot.expectEnd().outcome else {
            Issue.record("not released")
            return
        }
    }

    @Test func `a result that it writes when it is asked to stop counts`() async throws {
        var slot = try await slot(onTerm: #"lambda *_: (os.write(1, b"[1]"), os._exit(0))"#)
        slot.run([:], type: "command")
        try await expectProgress(&slot)
        slot.stop(.drained)
        #expect(try await slot.expectEnd().outcome == .completed([1]))
    }

    @Test func `one that does not listen is killed when its grace is over`() async throws {
        var slot = try await slot(onTerm: "signal.SIG_IGN", graceSeconds: 1)
        slot.run([:], type: "command")
        try await expectProgress(&slot)
        slot.stop(.leaseLost)
        let end = try await slot.expectEnd()
        #expect(end.outcome == .discarded)
        #expect(end.reusable)
    }
}
