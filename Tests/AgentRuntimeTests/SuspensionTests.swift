import Foundation
import HTTPTransport
import Logging
import StructuredData
import Synchronization
import TaskProtocol
import TestSupport
import Testing

@testable import AgentRuntime

/// A machine that can be suspended: one clock goes on meanwhile, the other one does not.
private final class SuspendableMachine: Sendable {
    private let suspended = Mutex(Duration.zero)

    func suspend(for duration: Duration) { suspended.withLock { $0 += duration } }

    var clock: MachineClock {
        MachineClock(now: { [self] in .now + suspended.withLock { $0 } }, awake: { .now })
    }
}

@Suite("A suspended machine", .timeLimit(.minutes(2)))
struct SuspensionTests {
    private let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    @Test func `it is told how long it was, once`() throws {
        let machine = SuspendableMachine()
        var detector = SuspensionDetector(machine.clock)
        #expect(detector.suspension(machine.clock) == nil)
        machine.suspend(for: .seconds(60))
        let suspension = detector.suspension(machine.clock)
        let gap = try #require(suspension)
        #expect(gap > .seconds(59) && gap < .seconds(61))
        #expect(detector.suspension(machine.clock) == nil)
    }

    @Test func `time that somebody sets does not look like one`() {
        var detector = SuspensionDetector(MachineClock())
        // Both clocks run on; the time of day is asked by neither.
        #expect(detector.suspension(MachineClock()) == nil)
    }

    @Test func `leases that ran out meanwhile are given up without an answer of the gateway`() async throws {
        struct Silence: HTTPTransport {
            func send(_ request: HTTPRequest) async throws -> HTTPResponse {
                try await untilCancelled()
                return HTTPResponse(status: 500)
            }
            func stream(_ request: HTTPRequest) async throws -> HTTPStreamingResponse {
                throw HTTPTransportError(.badRequest, "no streams here")
            }
        }
        let machine = SuspendableMachine()
        let events = Observed<[String]>([])
        let heartbeater = try Heartbeater(
            client: GatewayClient(transport: Silence(), baseURL: "http://gateway"), logger: logger, clock: machine.clock
        )
        heartbeater.adopt(agent: "a1", interval: .seconds(3600))
        for (task, leaseMs) in [("short", Int64(600_000)), ("long", 7_200_000)] {
            heartbeater.hold(
                LeaseGrant(task: task, type: "echo", attempt: 1, epoch: 1, token: "s", leaseMs: leaseMs, input: [:]))
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await heartbeater.run { event in events.change { $0.append("\(event)") } } }
            machine.suspend(for: .seconds(3600))
            let said = try await events.wait { said in
                ["fenced", "resumed"].allSatisfy { word in said.contains { $0.contains(word) } }
            }
            #expect(said.filter { $0.contains("fenced") }.count == 1)
            #expect(said.contains { $0.contains("short") })
            group.cancelAll()
        }
    }

    @Test func `an agent asks for leases anew, over a new connection, under the same number`() async throws {
        let gateway = FakeGateway()
        let machine = SuspendableMachine()
        let directory = "/tmp/das-agent-tests-\(UInt64.random(in: .min ... .max))"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try Data("secret".utf8).write(to: URL(filePath: "\(directory)/token"))
        let service = AgentService(
            AgentConfiguration(
                gatewayURL: "http://gateway", tokenFile: "\(directory)/token", namespace: "team", swarm: "argus",
                name: "argus-1", runtimeDirectory: directory),
            types: ["echo"], transport: gateway, heartbeatTransport: gateway,
            worker: WorkerCommand(executable: try BuiltProgram.path("agent-runner")), logger: logger,
            clock: machine.clock)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { gateway.close() }
                try await service.run()
            }
            await gateway.until { $0.polls.count == 1 }
            machine.suspend(for: .seconds(60))
            await gateway.until { $0.polls.count == 2 }
            #expect(gateway.state.polls.map(\.request) == [1, 1])
            gateway.submit("t1", ["result": 1])
            await gateway.until { $0.results["t1"] != nil }
            service.terminate()
            try await group.waitForAll()
        }
    }
}
