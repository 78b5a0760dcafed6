import FoundationEssentials
import Logging
import StructuredData
import TaskProtocol
import TestSupport
import Testing

@testable import AgentRuntime

@Suite("An agent with real workers", .timeLimit(.minutes(2)))
struct AgentServiceTests {
    private let gateway = FakeGateway()
    private let directory = "/tmp/das-agent-tests-\(UInt64.random(in: .min ... .max))"

    private var readiness: Readiness { Readiness(directory: directory, namespace: "team", agent: "argus-1") }

    /// Runs an agent while `body` does, and ends it afterwards as SIGTERM would.
    private func withAgent(
        slots: Int = 1, drainSeconds: Int = 30, _ body: (AgentService) async throws -> Void
    ) async throws {
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let token = "\(directory)/token"
        try Data("secret".utf8).write(to: URL(filePath: token))
        let service = AgentService(
            AgentConfiguration(
                gatewayURL: "http://gateway", tokenFile: token, namespace: "team", swarm: "argus", name: "argus-1",
                concurrency: slots, drainSeconds: drainSeconds, runtimeDirectory: directory),
            types: ["echo"], transport: gateway, heartbeatTransport: gateway,
            worker: WorkerCommand(executable: try BuiltProgram.path("agent-runner")),
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [gateway] in
                defer { gateway.close() }
                try await service.run()
            }
            try await body(service)
            service.terminate()
            try await group.waitForAll()
        }
        #expect(readiness.reasonNotReady() != nil)
    }

    /// Waits until a readiness probe would be answered so.
    private func until(ready isReady: Bool) async throws {
        try await FileWatch.wait(at: directory) { (readiness.reasonNotReady() == nil) == isReady }
    }

    @Test func `it registers as what it is, and runs all tasks in its slots`() async throws {
        for number in 1...12 { gateway.submit("t\(number)", ["result": JSON(number)]) }
        try await withAgent(slots: 3) { _ in
            // One that was slower than the others may not have been done yet when the poll went out.
            await gateway.until { $0.results.count == 12 && $0.waiting != nil }
        }
        let state = gateway.state
        #expect(state.results["t7"] == 7)
        #expect(state.registrations.count == 1)
        #expect(state.registrations.first?.slots == 3)
        #expect(state.registrations.first?.capabilities == ["echo"])
        #expect(state.polls.allSatisfy { $0.freeSlots <= 3 })
        #expect(state.duplicates == 0)
        #expect(state.failures.isEmpty && state.releases.isEmpty)
        #expect(state.polls.last?.freeSlots == 0)
    }

    @Test func `with one slot, each next lease comes with the report of the one before`() async throws {
        for number in 1...5 { gateway.submit("t\(number)", [:]) }
        try await withAgent { _ in
            await gateway.until { $0.results.count == 5 }
        }
        #expect(gateway.state.chainedLeases == 4)
    }

    @Test func `a crash is reported as retryable, and the second attempt runs in a new worker`() async throws {
        gateway.submit("t1", ["fail": "crash", "result": "second"])
        try await withAgent { _ in
            await gateway.until { !$0.failures.isEmpty }
            gateway.submit("t1", ["fail": "crash", "result": "second"], attempt: 2)
            await gateway.until { !$0.results.isEmpty }
        }
        let state = gateway.state
        #expect(state.failures.map(\.code) == ["WORKER_CRASHED"])
        #expect(state.failures.first?.kind == .retryable)
        #expect(state.results == ["t1": "second"])
    }

    @Test func `an unreachable gateway and lost answers delay a task, and do not lose or double it`() async throws {
        gateway.change {
            $0.unreachable = ["/v1/agents": 2, "/v1/leases": 1]
            $0.lostAnswers = ["/v1/leases/complete": 1, "/v1/agents": 1]
        }
        gateway.submit("t1", ["result": 1])
        try await withAgent { _ in
            await gateway.until { $0.duplicates == 1 }
        }
        let state = gateway.state
        #expect(state.results == ["t1": 1])
        // The registration whose answer got lost names the same instance again.
        #expect(Set(state.registrations.map(\.instance)).count == 1)
        #expect(state.registrations.count == 2)
    }

    @Test func `a result of megabytes is sent ahead, and the report refers to it`() async throws {
        let long = JSON.string(String(repeating: "x", count: 3 << 20))
        gateway.change { $0.lostAnswers = ["/v1/leases/complete": 1] }
        gateway.submit("t1", ["result": long])
        try await withAgent { _ in
            await gateway.until { $0.duplicates == 1 }
        }
        let state = gateway.state
        #expect(state.results["t1"] == long)
        #expect(state.uploads.keys.sorted() == ["t1"])
        // As `sha256sum` has it, of the text with its quotation marks.
        #expect(state.uploads["t1"]?.sha256 == "17a607e852d48615d7151686183f1b389ffe2ccd21d6ce1fdb2d873af806e759")
    }

    @Test func `where the gateway takes no such result, the task fails with the reason`() async throws {
        gateway.change { $0.takesNoUploads = true }
        gateway.submit("t1", ["result": .string(String(repeating: "x", count: 3 << 20))])
        try await withAgent { _ in
            await gateway.until { !$0.failures.isEmpty }
        }
        let failure = try #require(gateway.state.failures.first)
        #expect(failure.kind == .permanent && failure.code == "TOO_LARGE")
        #expect(failure.message.contains("1 MiB"))
    }

    @Test func `a lost lease kills the attempt without a report, and the slot goes on`() async throws {
        gateway.change { $0.verdicts["t1"] = .init(task: "t1", verdict: .lost) }
        gateway.submit("t1", ["fail": "hang"])
        try await withAgent { _ in
            await gateway.until { $0.running == 1 }
            gateway.submit("t2", ["result": 2])
            await gateway.until { $0.results["t2"] != nil }
        }
        let state = gateway.state
        #expect(state.failures.isEmpty && state.releases.isEmpty)
        #expect(state.leased.keys.sorted() == ["t1"])
    }

    @Test func `a cancelled attempt stops and says so`() async throws {
        gateway.submit("t1", ["delayMs": 3_600_000])
        try await withAgent { _ in
            await gateway.until { $0.running == 1 }
            gateway.change { $0.verdicts["t1"] = .init(task: "t1", verdict: .cancel, leaseMs: 60_000) }
            await gateway.until { !$0.failures.isEmpty }
        }
        #expect(gateway.state.failures.first?.code == "CANCELLED")
        #expect(gateway.state.failures.first?.kind == .permanent)
    }

    @Test func `progress travels with heartbeats`() async throws {
        gateway.submit("t1", ["delayMs": 3_600_000, "progressSteps": 100_000])
        try await withAgent(drainSeconds: 0) { _ in
            await gateway.until { ($0.progress["t1"]?.done ?? 0) > 0 }
        }
        #expect(gateway.state.progress["t1"]?.total == 100_000)
    }

    @Test func `asked to end, it lets a running task end`() async throws {
        gateway.submit("t1", ["delayMs": 2000, "result": "whole"])
        try await withAgent { _ in
            await gateway.until { $0.heartbeaten.contains("t1") }
        }
        #expect(gateway.state.results == ["t1": "whole"])
    }

    @Test func `asked to end, it releases what does not end in time`() async throws {
        gateway.change { $0.checkpoints["t1"] = ["at": 4] }
        gateway.submit("t1", ["fail": "hang"])
        try await withAgent(drainSeconds: 0) { _ in
            await gateway.until { $0.running == 1 }
        }
        let state = gateway.state
        #expect(state.releases.map(\.task) == ["t1"])
        #expect(state.releases.first?.checkpoint == ["at": 4])
        #expect(state.running == 0)
    }

    @Test func `it is ready once registered, not while drained, and takes work again afterwards`() async throws {
        gateway.change { $0.drain = false }
        try await withAgent { _ in
            await gateway.until { !$0.registrations.isEmpty }
            try await until(ready: true)
            gateway.change { $0.drain = true }
            try await until(ready: false)
            gateway.submit("t1", ["result": 1])
            #expect(gateway.state.running == 0)
            gateway.change { $0.drain = false }
            await gateway.until { !$0.results.isEmpty }
            try await until(ready: true)
        }
    }
}
