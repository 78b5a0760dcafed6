import CurlTransport
import Glibc
import Logging
import StructuredData
import TaskProtocol
import TestSupport
import Testing

@testable import AgentRuntime

/// A slot with a real worker child, and what it said, in order.
struct SlotHarness: ~Copyable {
    /// Who reads what the child says.
    enum Reader: CaseIterable { case slot, transport }

    let slot: WorkerSlot
    let transport: CurlTransport?
    private let output: DescriptorGroup?
    private var events: AsyncStream<WorkerSlot.Event>.Iterator

    /// - Parameter memoryLimit: in bytes.
    init(_ command: WorkerCommand? = nil, memoryLimit: Int? = nil, reader: Reader = .slot) throws {
        let (stream, continuation) = AsyncStream<WorkerSlot.Event>.makeStream()
        let transport = reader == .transport ? CurlTransport() : nil
        let output = try transport?.executor.map { try DescriptorGroup($0) }
        output?.join()
        let slot = try WorkerSlot(
            0, command: try command ?? WorkerCommand(executable: BuiltProgram.path("agent-runner")),
            memoryLimit: memoryLimit, watcher: output,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        ) { continuation.yield($0) }
        (self.transport, self.output, self.slot) = (transport, output, slot)
        events = stream.makeAsyncIterator()
    }

    /// A slot whose worker runs a command for each task of the type `command`.
    /// - Parameter stopGrace: what the agent gives the worker.
    init(
        executing words: String, _ environment: [String: String] = [:], memoryLimit: Int? = nil,
        stopGrace: Duration = .zero, reader: Reader = .slot
    ) throws {
        let variables = environment.merging(["DAS_EXEC": words, "DAS_CAPABILITIES": "command"]) { _, own in own }
        try self.init(
            WorkerCommand(
                executable: "/usr/bin/env",
                arguments: variables.map { "\($0)=\($1)" } + [BuiltProgram.path("agent-runner"), "worker"],
                stopGrace: stopGrace),
            memoryLimit: memoryLimit, reader: reader)
    }

    deinit {
        slot.close()
        output?.leave()
        transport?.shutdown()
    }

    mutating func next() async throws -> WorkerSlot.Event { try #require(await events.next()) }

    mutating func expectReady() async throws {
        guard case .ready = try await next() else {
            Issue.record("the worker is not ready")
            return
        }
    }

    /// Passes over progress.
    mutating func expectEnd() async throws -> (outcome: AttemptOutcome, reusable: Bool) {
        while true {
            if case .ended(_, let outcome, let reusable) = try await next() { return (outcome, reusable) }
        }
    }

    func run(
        _ input: JSON, type: String = "echo", attempt: Int = 1, epoch: Int64 = 1, timeoutMs: Int64? = nil,
        checkpoint: JSON? = nil
    ) {
        slot.send(
            .run(
                LeaseGrant(
                    task: "t1", type: type, attempt: attempt, epoch: epoch, token: "s", leaseMs: 15_000, input: input,
                    timeoutMs: timeoutMs, checkpoint: checkpoint)))
    }

    func stop(_ reason: StopReason, epoch: Int64 = 1) {
        slot.send(.stop(AttemptID(task: "t1", epoch: epoch), reason))
    }
}

func failure(_ outcome: AttemptOutcome) throws -> WorkloadError {
    guard case .failed(let error) = outcome else {
        Issue.record("not failed: \(outcome)")
        throw CancellationError()
    }
    return error
}

/// The next message of a worker; `nil` at the end.
func receiveMessage(_ channel: Int32, _ frames: inout FrameBuffer) throws -> WorkerEventMessage? {
    while true {
        if let frame = try frames.next() { return WorkerEventMessage(try JSON.parse(frame)) }
        var waited = pollfd(fd: channel, events: Int16(POLLIN), revents: 0)
        // Bounded: this blocks a thread that whatever ends a test for taking too long may need.
        try #require(poll(&waited, 1, 60_000) == 1, "the worker says nothing, and does not end")
        var chunk = [UInt8](repeating: 0, count: 4096)
        let count = read(channel, &chunk, chunk.count)
        guard count > 0 else { return nil }
        frames.append(chunk[..<count])
    }
}
