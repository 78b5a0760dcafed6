import HTTPTransport
import Logging
import StructuredData
import Synchronization
import TaskProtocol
import TestSupport
import Testing

@testable import AgentRuntime

/// Keeps every thread of the cooperative pool busy from the first heartbeat on until it is told to stop.
private final class BusyPool: Sendable {
    private let latch = CountdownLatch()
    private let firstBeat = AsyncStream<Void>.makeStream()

    func begin() { firstBeat.continuation.yield() }

    func end() { latch.countDown() }

    func run() async {
        // Until then the heartbeater itself needs the pool, to get to its own threads.
        for await _ in firstBeat.stream { break }
        #expect(await latch.blockPool())
    }
}

private final class HeartbeatTransport: HTTPTransport {
    private let busy: BusyPool
    private let answer: @Sendable (HeartbeatRequest) throws -> HeartbeatAnswer

    init(_ busy: BusyPool, _ answer: @escaping @Sendable (HeartbeatRequest) throws -> HeartbeatAnswer) {
        self.busy = busy
        self.answer = answer
    }

    func send(_ request: HTTPRequest) async throws -> HTTPResponse {
        busy.begin()
        let heartbeat = try JSON.parse(request.body ?? []).decode(HeartbeatRequest.self)
        return HTTPResponse(status: 200, body: try JSON(encoding: try answer(heartbeat)).serialized())
    }

    func stream(_ request: HTTPRequest) async throws -> HTTPStreamingResponse {
        throw HTTPTransportError(.badRequest, "no streams here")
    }
}

@Suite("Heartbeats", .timeLimit(.minutes(2)), .serialized)
struct HeartbeaterTests {
    private let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
    private let lease = LeaseGrant(
        task: "t1", type: "echo", attempt: 1, epoch: 1, token: "s", leaseMs: 60_000, input: [:])

    private func client(_ transport: HeartbeatTransport) -> GatewayClient {
        GatewayClient(transport: transport, baseURL: "http://gateway")
    }

    /// Runs a heartbeater with `lease`, on a busy pool, until that is told to end.
    private func run(
        _ lease: LeaseGrant, over transport: HeartbeatTransport, busy: BusyPool,
        onEvent: @escaping @Sendable (Heartbeater.Event) -> Void
    ) async throws {
        let heartbeater = try Heartbeater(client: client(transport), logger: logger)
        heartbeater.adopt(agent: "a1", interval: .milliseconds(5))
        heartbeater.hold(lease)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await heartbeater.run(onEvent: onEvent) }
            await busy.run()
            group.cancelAll()
        }
    }

    @Test func `they go on while every thread of the pool is busy`() async throws {
        let busy = BusyPool()
        let count = Atomic<Int>(0)
        let transport = HeartbeatTransport(busy) { request in
            if count.add(1, ordering: .relaxed).newValue == 20 { busy.end() }
            return HeartbeatAnswer(
                leases: request.leases.map { .init(task: $0.task, verdict: .ok, leaseMs: 60_000) })
        }
        try await run(lease, over: transport, busy: busy) { _ in }
        #expect(count.load(ordering: .relaxed) >= 20)
    }

    @Test func `an attempt is fenced without the pool when no heartbeat gets through for a lease's time`() async throws
    {
        let busy = BusyPool()
        let fenced = Mutex<[AttemptID]>([])
        let transport = HeartbeatTransport(busy) { _ in throw HTTPTransportError(.timedOut, "silence") }
        var short = lease
        short.leaseMs = 40
        try await run(short, over: transport, busy: busy) { event in
            guard case .stop(let id, .fenced) = event else { return }
            fenced.withLock { $0.append(id) }
            busy.end()
        }
        #expect(fenced.withLock { $0 } == [lease.id])
    }

    @Test func `verdicts stop attempts, and an answer says how the drain stands`() async throws {
        let busy = BusyPool()
        let events = Mutex<[String]>([])
        let beats = Atomic<Int>(0)
        let transport = HeartbeatTransport(busy) { request in
            switch beats.add(1, ordering: .relaxed).newValue {
            case 1:
                return HeartbeatAnswer(
                    leases: [.init(task: "t1", verdict: .cancel, leaseMs: 60_000, graceMs: 70)], drain: true)
            case 2: return HeartbeatAnswer(leases: [.init(task: "t1", verdict: .lost)])
            default:
                // Forgotten: only an empty heartbeat is left.
                if request.leases.isEmpty { busy.end() }
                return HeartbeatAnswer(leases: [])
            }
        }
        try await run(lease, over: transport, busy: busy) { event in
            events.withLock { $0.append("\(event)") }
        }
        let said = events.withLock { Array($0.prefix(5)) }
        #expect(said.count == 5)
        #expect(said[0].contains("stop") && said[0].contains("cooperative"))
        #expect(said[1] == "drain(true)")
        #expect(said[2].contains("leaseLost"))
        #expect(said[3].contains("lost"))
        #expect(said[4] == "drain(false)")
    }

    @Test func `after a failure the next heartbeat takes a fresh connection`() async throws {
        let busy = BusyPool()
        let connections = Mutex<[HTTPRequest.ConnectionUse]>([])
        struct Recorder: HTTPTransport {
            var onSend: @Sendable (HTTPRequest) throws -> HTTPResponse
            func send(_ request: HTTPRequest) async throws -> HTTPResponse { try onSend(request) }
            func stream(_ request: HTTPRequest) async throws -> HTTPStreamingResponse {
                throw HTTPTransportError(.badRequest, "no streams here")
            }
        }
        let recorder = Recorder { request in
            busy.begin()
            let count = connections.withLock { connections in
                connections.append(request.connection)
                return connections.count
            }
            if count == 1 { throw HTTPTransportError(.timedOut, "silence") }
            if count == 3 { busy.end() }
            return HTTPResponse(status: 200, body: try JSON(encoding: HeartbeatAnswer(leases: [])).serialized())
        }
        let heartbeater = try Heartbeater(
            client: GatewayClient(transport: recorder, baseURL: "http://gateway"), logger: logger)
        heartbeater.adopt(agent: "a1", interval: .milliseconds(5))
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await heartbeater.run { _ in } }
            await busy.run()
            group.cancelAll()
        }
        #expect(connections.withLock { Array($0.prefix(3)) } == [.shared, .dedicated, .shared])
    }
}
