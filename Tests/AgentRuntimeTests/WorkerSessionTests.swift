import Glibc
import StructuredData
import TaskProtocol
import TestSupport
import Testing

@testable import AgentRuntime

@Suite("What a worker has started", .timeLimit(.minutes(2)))
struct WorkerSessionTests {
    /// Tells the sleeping processes of this test from all others: the seconds that they sleep.
    private let seconds = "1000.\(UInt32.random(in: .min ... .max))"

    /// A command that starts a process in a group of its own, and waits.
    private var strayCommand: String {
        """
        python3 -c 'import json, os, signal, subprocess, sys; subprocess.Popen(["sleep", "\(seconds)"], preexec_fn=os.setpgrp); \
        print(json.dumps({"progress": {"done": 1}}), file=sys.stderr, flush=True); signal.pause()'
        """
    }

    private var sleepers: [Int32] {
        ProcessTable.holding(seconds).filter { $0.arguments.first == "sleep" }.map(\.pid)
    }

    private func runningSlot() async throws -> SlotHarness {
        var slot = try SlotHarness(executing: strayCommand)
        try await slot.expectReady()
        slot.run([:], type: "command")
        guard case .progress = try await slot.next() else { throw ChildProgramFailure("no progress") }
        return slot
    }

    @Test func `it ends with the attempt that is killed, whatever groups it made`() async throws {
        var slot = try await runningSlot()
        #expect(!sleepers.isEmpty)
        slot.stop(.leaseLost)
        #expect(try await slot.expectEnd().outcome == .discarded)
        #expect(sleepers.isEmpty)
    }

    @Test func `it ends with the agent`() async throws {
        let child = try ChildProcess(
            WorkerCommand(
                executable: "/usr/bin/env",
                arguments: [
                    "DAS_EXEC=\(strayCommand)", "DAS_CAPABILITIES=command", BuiltProgram.path("agent-runner"), "worker",
                ]))
        let run = WorkerCommandMessage.run(.init(task: "t", type: "command", attempt: 1, input: [:]))
        let frame = FrameBuffer.frame(run.json.serialized())
        #expect(send(child.channel, frame, frame.count, 0) == frame.count)
        var frames = FrameBuffer()
        #expect(try receiveMessage(child.channel, &frames) == .ready)
        #expect(try receiveMessage(child.channel, &frames) == .progress(done: 1, total: nil, message: nil))
        let left = sleepers
        #expect(!left.isEmpty)
        shutdown(child.channel, Int32(SHUT_WR))
        for pid in left { try await ProcessTable.waitForEnd(of: pid) }
        #expect(child.reap() == .exited(0))
    }
}
