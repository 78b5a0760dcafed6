import CurlTransport
import FoundationEssentials
import Glibc
import StructuredData
import TaskProtocol
import TestSupport
import Testing

@testable import AgentRuntime

@Suite("A slot with a real worker", .timeLimit(.minutes(2)))
struct WorkerSlotTests {
    @Test(arguments: SlotHarness.Reader.allCases) func `one warm worker runs one attempt after the other`(
        reader: SlotHarness.Reader
    ) async throws {
        var slot = try SlotHarness(reader: reader)
        try await slot.expectReady()
        for number in 1...3 {
            slot.run(["result": ["n": JSON(number)]])
            // No `ready` in between: it is the same child.
            guard case .ended(_, .completed(let result), reusable: true) = try await slot.next() else {
                Issue.record("attempt \(number) did not complete")
                return
            }
            #expect(result == ["n": JSON(number)])
        }
    }

    @Test(arguments: SlotHarness.Reader.allCases)
    func `a trap ends the attempt alone, with its signal, and the next worker is ready`(reader: SlotHarness.Reader)
        async throws
    {
        var slot = try SlotHarness(reader: reader)
        try await slot.expectReady()
        slot.run(["fail": "crash"])
        let (outcome, reusable) = try await slot.expectEnd()
        let error = try failure(outcome)
        #expect(error.kind == .retryable && error.code == .workerCrashed)
        #expect(error.message.contains("SIG"))
        #expect(!reusable)
        try await slot.expectReady()
        slot.run(["fail": "crash", "result": 2], attempt: 2)
        #expect(try await slot.expectEnd().outcome == .completed(2))
    }

    @Test(arguments: SlotHarness.Reader.allCases) func `a hanging attempt is killed at its time-out`(
        reader: SlotHarness.Reader
    ) async throws {
        var slot = try SlotHarness(reader: reader)
        try await slot.expectReady()
        slot.run(["fail": "hang"], timeoutMs: 50)
        #expect(try failure(try await slot.expectEnd().outcome).code == .timedOut)
        try await slot.expectReady()
    }

    @Test(arguments: SlotHarness.Reader.allCases)
    func `a request to cancel reaches a running workload, and the worker lives on`(reader: SlotHarness.Reader)
        async throws
    {
        var slot = try SlotHarness(reader: reader)
        try await slot.expectReady()
        slot.run(["delayMs": 3_600_000, "progressSteps": 100_000])
        guard case .progress(_, let progress) = try await slot.next() else {
            Issue.record("no progress")
            return
        }
        #expect(progress.total == 100_000)
        slot.stop(.cancelled(mode: .cooperative, grace: nil))
        let (outcome, reusable) = try await slot.expectEnd()
        #expect(try failure(outcome) == .cancelled)
        #expect(reusable)
        slot.run(["result": 1], epoch: 2)
        #expect(try await slot.expectEnd().outcome == .completed(1))
    }

    @Test(arguments: SlotHarness.Reader.allCases) func `a workload that ignores the request is killed after the grace`(
        reader: SlotHarness.Reader
    ) async throws {
        var slot = try SlotHarness(reader: reader)
        try await slot.expectReady()
        slot.run(["progressSteps": 1, "fail": "hang"])
        // After its one step it looks at nothing any more.
        guard case .progress = try await slot.next() else {
            Issue.record("no progress")
            return
        }
        slot.stop(.cancelled(mode: .cooperative, grace: .milliseconds(50)))
        let (outcome, reusable) = try await slot.expectEnd()
        #expect(try failure(outcome) == .cancelled)
        #expect(!reusable)
    }

    @Test(arguments: SlotHarness.Reader.allCases)
    func `a drained attempt is killed and released with its checkpoint, one of a lost lease is discarded`(
        reader: SlotHarness.Reader
    )
        async throws
    {
        var slot = try SlotHarness(reader: reader)
        try await slot.expectReady()
        slot.run(["fail": "hang"], checkpoint: ["at": 3])
        slot.stop(.drained)
        guard case .released(["at": 3], _) = try await slot.expectEnd().outcome else {
            Issue.record("not released")
            return
        }
        try await slot.expectReady()
        slot.run(["fail": "hang"], epoch: 2)
        slot.stop(.leaseLost, epoch: 2)
        #expect(try await slot.expectEnd().outcome == .discarded)
    }

    @Test(arguments: SlotHarness.Reader.allCases)
    func `stopping an attempt that is over does not touch the one that runs`(reader: SlotHarness.Reader) async throws {
        var slot = try SlotHarness(reader: reader)
        try await slot.expectReady()
        slot.run(["delayMs": 20, "result": "done"], epoch: 2)
        slot.stop(.leaseLost, epoch: 1)
        #expect(try await slot.expectEnd().outcome == .completed("done"))
    }

    @Test(arguments: SlotHarness.Reader.allCases) func `what the workload throws is reported with its kind`(
        reader: SlotHarness.Reader
    ) async throws {
        var slot = try SlotHarness(reader: reader)
        try await slot.expectReady()
        slot.run(["fail": "retryable"])
        #expect(try failure(try await slot.expectEnd().outcome).kind == .retryable)
        slot.run(["fail": "permanent"], epoch: 2)
        #expect(try failure(try await slot.expectEnd().outcome).kind == .permanent)
        slot.run(["colour": "red"], epoch: 3)
        let schema = try failure(try await slot.expectEnd().outcome)
        #expect(schema.code == .schema && schema.message.contains("/colour"))
        slot.run([:], type: "divination", epoch: 4)
        let unknown = try failure(try await slot.expectEnd().outcome)
        #expect(unknown.code == .unknownType && unknown.kind == .permanent && unknown.message.contains("divination"))
    }

    @Test(arguments: SlotHarness.Reader.allCases) func `an input and a result of megabytes arrive whole`(
        reader: SlotHarness.Reader
    ) async throws {
        var slot = try SlotHarness(reader: reader)
        try await slot.expectReady()
        let long = JSON.string(String(repeating: "x", count: 3 << 20))
        slot.run(["result": long])
        #expect(try await slot.expectEnd().outcome == .completedLarge(long.serialized()))
    }

    @Test(arguments: SlotHarness.Reader.allCases)
    func `small results and large ones follow each other, each whole`(reader: SlotHarness.Reader) async throws {
        var slot = try SlotHarness(reader: reader)
        try await slot.expectReady()
        for (epoch, count) in [1, 100_000, 2, 20_000, 300_000, 3, 16 << 10, 4].enumerated() {
            let text = JSON.string(String(repeating: "x", count: count))
            slot.run(["result": text], epoch: Int64(epoch + 1))
            #expect(try await slot.expectEnd().outcome == .completed(text))
        }
    }

    @Test func `a slot whose transport is shut down reads for itself`() async throws {
        var slot = try SlotHarness(reader: .transport)
        try await slot.expectReady()
        slot.run(["delayMs": 50, "result": 1])
        slot.transport?.shutdown()
        #expect(try await slot.expectEnd().outcome == .completed(1))
        slot.run(["fail": "crash"], epoch: 2)
        #expect(try failure(try await slot.expectEnd().outcome).code == .workerCrashed)
        try await slot.expectReady()
        slot.run(["result": 3], epoch: 3)
        #expect(try await slot.expectEnd().outcome == .completed(3))
    }

    @Test func `a request to cancel is heard by an attempt that began while the worker was watched`() async throws {
        var slot = try SlotHarness()
        try await slot.expectReady()
        // The first takes long enough to be watched; what watches has to hand over to the next, again and again.
        for epoch in Int64(1)...20 {
            slot.run(["delayMs": 5, "progressSteps": 1], epoch: epoch * 2)
            #expect(try await slot.expectEnd().reusable)
            slot.run(["delayMs": 3_600_000, "progressSteps": 100_000], epoch: epoch * 2 + 1)
            slot.stop(.cancelled(mode: .cooperative, grace: nil), epoch: epoch * 2 + 1)
            #expect(try failure(try await slot.expectEnd().outcome) == .cancelled)
        }
    }

    @Test(arguments: SlotHarness.Reader.allCases) func `a rejected market analysis fails for good with what is wrong`(
        reader: SlotHarness.Reader
    ) async throws {
        var slot = try SlotHarness(reader: reader)
        try await slot.expectReady()
        slot.run(["inputs": "none"], type: "market-analysis")
        let error = try failure(try await slot.expectEnd().outcome)
        #expect(error.kind == .permanent)
        #expect(error.message.contains("inputs"))
    }

    @Test(arguments: SlotHarness.Reader.allCases) func `closing a slot leaves no process behind, not even a zombie`(
        reader: SlotHarness.Reader
    ) async throws {
        // Processes are found by the name of their program, which nobody else has.
        let name = "das\(UInt32.random(in: .min ... .max))"
        let program = "/tmp/\(name)"
        try FileManager.default.createSymbolicLink(
            atPath: program, withDestinationPath: try BuiltProgram.path("agent-runner"))
        defer { try? FileManager.default.removeItem(atPath: program) }
        var slot = try SlotHarness(WorkerCommand(executable: program))
        try await slot.expectReady()
        #expect(try processes(named: name) == 1)
        slot.run(["fail": "hang"])
        _ = consume slot
        #expect(try processes(named: name) == 0)
    }

    private func processes(named name: String) throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc").count { entry in
            guard Int(entry) != nil, let stat = FileManager.default.contents(atPath: "/proc/\(entry)/stat") else {
                return false
            }
            return String(decoding: stat, as: UTF8.self).contains("(\(name))")
        }
    }

    @Test func `a worker leaves by itself when its agent is gone, whatever it is doing`() throws {
        let child = try ChildProcess(WorkerCommand(executable: BuiltProgram.path("agent-runner")))
        let run = WorkerCommandMessage.run(
            .init(task: "t", type: "echo", attempt: 1, input: ["progressSteps": 1, "fail": "hang"]))
        let frame = FrameBuffer.frame(run.json.serialized())
        #expect(send(child.channel, frame, frame.count, 0) == frame.count)

        // `ready`, then the one step of progress: now the workload hangs.
        var frames = FrameBuffer()
        #expect(try receiveMessage(child.channel, &frames) == .ready)
        #expect(try receiveMessage(child.channel, &frames) == .progress(done: 1, total: 1, message: nil))
        shutdown(child.channel, Int32(SHUT_WR))
        #expect(try receiveMessage(child.channel, &frames) == nil)
        #expect(child.reap() == .exited(0))
    }
}
