import StructuredData
import TestSupport
import Testing

@testable import AgentRuntime

@Suite("The memory of workers", .timeLimit(.minutes(2)))
struct WorkerMemoryTests {
    private static let mebibyte = 1 << 20

    @Test func `a worker that uses more than it may is killed alone, and the next one is ready`() async throws {
        var slot = try SlotHarness(
            executing: "python3 -c 'x = b\"1\" * (400 << 20); import signal; signal.pause()'",
            memoryLimit: 200 * Self.mebibyte)
        try await slot.expectReady()
        slot.run([:], type: "command")
        let (outcome, reusable) = try await slot.expectEnd()
        let error = try failure(outcome)
        #expect(error.kind == .retryable && error.code == .memoryLimit)
        #expect(error.message.contains("may use 200 MiB"))
        #expect(!reusable)
        try await slot.expectReady()
    }

    @Test func `what is far below the limit runs`() async throws {
        var slot = try SlotHarness(executing: "echo 1", memoryLimit: 200 * Self.mebibyte)
        try await slot.expectReady()
        for epoch in 1...2 {
            slot.run([:], type: "command", epoch: Int64(epoch))
            let (outcome, reusable) = try await slot.expectEnd()
            #expect(outcome == .completed(1))
            #expect(reusable)
        }
    }

    @Test func `the kernel refuses much more than the limit, before anybody looks`() async throws {
        // Nobody looks: the slot has no limit, the worker has.
        var slot = try SlotHarness(
            executing: "python3 -c 'x = b\"1\" * (4 << 30)'", ["DAS_WORKER_MEMORY_MIB": "64"])
        try await slot.expectReady()
        slot.run([:], type: "command")
        let error = try failure(try await slot.expectEnd().outcome)
        #expect(error.code == "EXIT_1")
        #expect(error.message.contains("MemoryError"))
    }

    @Test func `where the container runs out of memory, a worker goes before the agent`() async throws {
        var slot = try SlotHarness(executing: "cat /proc/self/oom_score_adj")
        try await slot.expectReady()
        slot.run([:], type: "command")
        #expect(try await slot.expectEnd().outcome == .completed(1000))
    }

    @Test(
        arguments: [
            ([:], nil, nil), ([:], 1 << 30, (1 << 30) - (64 << 20)), ([:], 100 << 20, 50 << 20),
            (["DAS_WORKER_MEMORY_MIB": "256"], 1 << 30, 256 << 20), (["DAS_WORKER_MEMORY_MIB": "0"], 1 << 30, nil),
            (["DAS_WORKER_MEMORY_MIB": ""], nil, nil),
        ] as [([String: String], Int?, Int?)])
    func `the limit is what is said, else what the container leaves`(
        environment: [String: String], container: Int?, limit: Int?
    ) throws {
        #expect(try WorkerMemory(environment: environment, containerLimit: container).limit == limit)
    }

    @Test(arguments: ["much", "-1", "15", "99999999999"])
    func `a limit that is none is refused with its name`(text: String) {
        let error = #expect(throws: AgentConfigurationError.self) {
            try WorkerMemory(environment: ["DAS_WORKER_MEMORY_MIB": text], containerLimit: nil)
        }
        #expect(error?.variable == "DAS_WORKER_MEMORY_MIB")
        #expect(error?.message.contains("\"\(text)\"") == true)
    }
}
