import ControllerRuntime
import HTTPTransport
import KubernetesClient
import KubernetesModel
import Synchronization
import TestSupport
import Testing

@Suite("The end of leadership", .timeLimit(.minutes(2)))
struct LeaderEndTests {
    /// The task in which an elector leads.
    private func leader(_ leases: Leases) async throws -> Task<Void, any Error> {
        await LeaderElector(name: "test", identity: "us", store: leases, configuration: try .patient()).lead()
    }

    @Test func `told to end while the answer to a renewal is out, a leader gives up the lease as that has left it`()
        async throws
    {
        let leases = Leases()
        let run = try await leader(leases)
        leases.state.change { $0.losesNextAnswer = true }
        await leases.lostAnswers.reaches(1)
        run.cancel()
        _ = await run.result
        #expect(leases.state.value.record?.holder == "")
    }

    @Test func `a lease that another took meanwhile is left to it`() async throws {
        let leases = Leases()
        let run = try await leader(leases)
        leases.state.change { $0.losesNextAnswer = true }
        await leases.lostAnswers.reaches(1)
        leases.state.change { state in
            state.version += 1
            state.record?.holder = "them"
            state.record?.resourceVersion = "\(state.version)"
        }
        run.cancel()
        _ = await run.result
        #expect(leases.state.value.record?.holder == "them")
    }

    @Test func `a store that refuses for a reason of its own is not asked for ever`() async throws {
        let leases = Leases()
        let run = try await leader(leases)
        leases.state.change { $0.isDown = true }
        run.cancel()
        _ = await run.result
        #expect(leases.state.value.record?.holder == "us")
    }

    /// A leader whose lease cannot be renewed, with short times.
    private static func loser(
        exitLimit: Duration?, endProcess: @escaping LeaderElector.EndProcess
    ) throws -> (LeaderElector, Leases) {
        let leases = Leases()
        let elector = LeaderElector(
            name: "test", identity: "us", store: leases,
            configuration: try .hasty(renewDeadline: .milliseconds(500), exitLimit: exitLimit), endProcess: endProcess)
        return (elector, leases)
    }

    @Test func `a process that goes on after its work has ended is ended, too`() async throws {
        let ended = Tally()
        let reasons = Mutex<[String]>([])
        let (elector, leases) = try Self.loser(exitLimit: .milliseconds(200)) { reason in
            reasons.withLock { $0.append(reason) }
            ended.add()
        }
        await #expect(throws: LeadershipLost.self) {
            try await elector.run {
                leases.state.change { $0.isDown = true }
                try await untilCancelled()
            }
        }
        await ended.reaches(1)
        #expect(reasons.withLock { $0 }.allSatisfy { $0.contains("has not exited within 0.2 seconds") })
    }

    @Test func `a program that hangs in its end after the loss ends with code 1 and the reason`() async throws {
        let result = await #expect(processExitsWith: .exitCode(1), observing: [\.standardErrorContent]) {
            let (elector, leases) = try Self.loser(exitLimit: .milliseconds(200), endProcess: LeaderElector.exit)
            do {
                try await elector.run {
                    leases.state.change { $0.isDown = true }
                    try await untilCancelled()
                }
            } catch is LeadershipLost {
                // Something of the program's own that never comes to its end.
                try await untilCancelled()
            }
        }
        let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(text.contains("us leads no more"), "\(text)")
        #expect(text.contains("has not exited within 0.2 seconds: it is ended"), "\(text)")
    }

    @Test func `a leader's client writes nothing once the lease has run out, before anybody has been told`()
        async throws
    {
        let clock = ManualClock()
        let leases = Leases()
        let elector = LeaderElector.test("us", leases, clock)
        let transport = NoTransport()
        let client = KubernetesClient(
            ClientConfiguration(server: "https://cluster"), transport: transport, retry: .never
        ).fenced(by: elector)
        let write: @Sendable () async throws -> Void = {
            _ = try await client.create(ConfigMap(metadata: ObjectMeta(name: "a")))
        }
        await #expect(throws: LeadershipLost.self) { try await write() }
        let started = Tally()
        let isOver = Signal()
        let run = Task {
            try await elector.run {
                // It may, and is stopped by nothing but the transport.
                await #expect(throws: HTTPTransportError.self) { try await write() }
                #expect(transport.requests.count == 1)
                started.add()
                await isOver.wait()
                await #expect(throws: LeadershipLost.self) { try await write() }
                // Reading is no harm.
                await #expect(throws: HTTPTransportError.self) { _ = try await client.get(ConfigMap.self, "a") }
                #expect(transport.requests.count == 2)
            }
        }
        await started.reaches(1)
        leases.state.change { $0.isDown = true }
        // The whole process stands still: time has passed, and no thread of the elector has run.
        clock.advance(silentlyBy: .seconds(10))
        isOver.raise()
        _ = await run.result
    }

    private final class NoTransport: HTTPTransport {
        let requests = Tally()
        func send(_ request: HTTPRequest) async throws -> HTTPResponse {
            requests.add()
            throw HTTPTransportError(.connectionLost, "there is no server")
        }
        func stream(_ request: HTTPRequest) async throws -> HTTPStreamingResponse {
            throw HTTPTransportError(.connectionLost, "there is no server")
        }
    }

    /// A manager that is the work of an elector as a whole, with one reconcile in flight that only its cancellation ends.
    private final class Office: Sendable {
        let leases = Leases()
        let clock = ManualClock()
        let started = Tally()
        let cancelled = Tally()
        let elector: LeaderElector
        let manager: ControllerManager
        let controller: Controller

        init() {
            elector = .test("us", leases, clock)
            manager = ControllerManager(ledBy: elector)
            controller = Controller(
                name: "test",
                reconciler: ReconcileFunction { [started, cancelled] _ in
                    started.add()
                    do { try await untilCancelled() } catch { cancelled.add() }
                    return .done
                }, configuration: .init(concurrency: 1, reconcileDeadline: .seconds(3600), stopGrace: .seconds(3600)))
            manager.add(controller)
            for name in ["one", "two"] { controller.enqueue(ObjectKey(name: name)) }
        }

        func open() async -> Task<Void, any Error> {
            let run = Task { [elector, manager] in try await elector.run { try await manager.run() } }
            await started.reaches(1)
            return run
        }

        func loseLease() async {
            leases.state.change { $0.isDown = true }
            await clock.sleeper(until: .seconds(10))
            clock.advance(by: .seconds(10))
        }
    }

    @Test func `a manager that is an elector's work ends with the lease, without grace, and begins nothing more`()
        async throws
    {
        let office = Office()
        let run = await office.open()
        await office.loseLease()
        await #expect(throws: LeadershipLost.self) { try await run.value }
        #expect(office.cancelled.count == 1)
        #expect(office.started.count == 1)
    }

    @Test func `a lease that is lost in the grace of the end ends the grace`() async throws {
        let office = Office()
        let run = await office.open()
        run.cancel()
        #expect(office.cancelled.count == 0)
        await office.loseLease()
        await #expect(throws: LeadershipLost.self) { try await run.value }
        #expect(office.cancelled.count == 1)
    }
}
