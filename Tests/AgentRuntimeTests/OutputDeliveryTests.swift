import HTTPTransport
import Logging
import StructuredData
import Synchronization
import TaskProtocol
import Testing

@testable import AgentRuntime

@Suite("Output that is sent before a report", .timeLimit(.minutes(1)))
struct OutputDeliveryTests {
    /// Answers heartbeats, all of them or none, and keeps what they carried.
    private final class Gateway: HTTPTransport {
        struct State {
            var beats: [[String?]] = []
            var isDown = false
        }

        let state = Mutex(State())
        let beats = AsyncStream.makeStream(of: Void.self)

        func send(_ request: HTTPRequest) async throws -> HTTPResponse {
            let heartbeat = try JSON.parse(request.body ?? []).decode(HeartbeatRequest.self)
            let isDown = state.withLock { state in
                state.beats.append(heartbeat.leases.map(\.output))
                return state.isDown
            }
            beats.continuation.yield()
            if isDown { throw HTTPTransportError(.timedOut, "silence") }
            let items = heartbeat.leases.map {
                HeartbeatAnswer.Item(task: $0.task, verdict: .ok, leaseMs: 60_000)
            }
            return HTTPResponse(status: 200, body: try JSON(encoding: HeartbeatAnswer(leases: items)).serialized())
        }

        func stream(_ request: HTTPRequest) async throws -> HTTPStreamingResponse {
            throw HTTPTransportError(.badRequest, "no streams here")
        }
    }

    private let gateway = Gateway()
    private let heartbeater: Heartbeater
    private let lease = LeaseGrant(
        task: "t1", type: "echo", attempt: 1, epoch: 1, token: "s", leaseMs: 60_000, input: [:])

    init() throws {
        heartbeater = try Heartbeater(
            client: GatewayClient(transport: gateway, baseURL: "http://gateway"),
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    }

    /// The output that heartbeats have carried so far.
    private var sent: [String] { gateway.state.withLock { $0.beats.joined().compactMap(\.self) } }

    /// Runs `body` beside the heartbeats, after the first one.
    private func beating(_ body: () async -> Void) async {
        heartbeater.adopt(agent: "a1", interval: .seconds(3600))
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await heartbeater.run { _ in } }
            for await _ in gateway.beats.stream { break }
            await body()
            group.cancelAll()
        }
    }

    @Test func `it is with the gateway when the call returns, once`() async {
        await beating {
            heartbeater.hold(lease)
            heartbeater.wrote(lease.id, "last words\n")
            await heartbeater.deliverOutput(of: [lease.id])
            #expect(sent == ["last words\n"])
            heartbeater.keepForReport(lease.id)
            await heartbeater.deliverOutput(of: [lease.id])
            #expect(sent == ["last words\n"])
        }
    }

    @Test func `an attempt that has written nothing waits for nothing`() async {
        // Nobody sends heartbeats that it could wait for.
        heartbeater.adopt(agent: "a1", interval: .seconds(3600))
        heartbeater.hold(lease)
        await heartbeater.deliverOutput(of: [lease.id, AttemptID(task: "t2", epoch: 1)])
        #expect(gateway.state.withLock { $0.beats.count } == 0)
        heartbeater.stop()
    }

    @Test func `where it does not get through, the report goes all the same`() async {
        await beating {
            gateway.state.withLock { $0.isDown = true }
            heartbeater.hold(lease)
            heartbeater.wrote(lease.id, "last words\n")
            await heartbeater.deliverOutput(of: [lease.id])
            #expect(sent == ["last words\n"])
        }
    }

    @Test func `nobody waits for heartbeats that have ended`() async {
        await beating {}
        heartbeater.hold(lease)
        heartbeater.wrote(lease.id, "last words\n")
        await heartbeater.deliverOutput(of: [lease.id])
        #expect(sent.isEmpty)
    }
}
