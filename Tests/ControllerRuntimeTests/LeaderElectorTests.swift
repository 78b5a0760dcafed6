import ControllerRuntime
import KubernetesModel
import Synchronization
import TestSupport
import Testing

@Suite("Leader election", .timeLimit(.minutes(2)))
struct LeaderElectorTests {
    @Test("the work is cancelled when the lease cannot be renewed in time, before another could take it")
    func fences() async {
        let leases = Leases()
        let clock = ManualClock()
        let lost = Tally()
        let elector = LeaderElector.test("us", leases, clock)
        elector.onLoss { lost.add() }
        let run = await elector.lead()
        #expect(elector.isLeading)
        leases.state.change { $0.isDown = true }
        await clock.sleeper(until: .seconds(10))
        clock.advance(by: .seconds(10))
        await #expect(throws: LeadershipLost.self) { try await run.value }
        #expect(lost.count >= 1)
        #expect(!elector.isLeading)
        // Nobody else could have begun yet: the lease says 15 s.
        #expect(leases.state.value.record?.durationSeconds == 15)
    }

    @Test("a leader that is cancelled gives the lease up, and the next takes over")
    func handsOver() async throws {
        let leases = Leases()
        let clock = ManualClock()
        let first = LeaderElector.test("first", leases, clock)
        let second = LeaderElector.test("second", leases, clock)
        let run = await first.lead()
        run.cancel()
        _ = await run.result
        #expect(leases.state.value.holders == ["first", ""])
        let started = Tally()
        try await second.run { started.add() }
        #expect(started.count == 1)
        #expect(leases.state.value.holders == ["first", "", "second", ""])
    }

    @Test("as long as it renews it leads")
    func renews() async throws {
        let leases = Leases()
        let clock = ManualClock()
        // An odd deadline, so that the fence never sleeps until the same moment as the renewal.
        let elector = LeaderElector(
            name: "test", identity: "us", store: leases, configuration: try .init(renewDeadline: .seconds(9)),
            time: TimeSource(clock))
        let run = await elector.lead()
        for round in 1...20 {
            await clock.sleeper(until: .seconds(2 * round))
            clock.advance(by: .seconds(2))
            await leases.reaches(version: 1 + round)
        }
        #expect(elector.isLeading)
        run.cancel()
        _ = await run.result
    }

    // MARK: Threads of its own

    @Test
    func `while every thread of the pool is blocked, the lease is renewed`() async throws {
        let leases = Leases()
        let elector = LeaderElector(name: "test", identity: "us", store: leases, configuration: try .patient())
        let run = await elector.lead()
        let renewals = CountdownLatch(20)
        leases.state.change { $0.latch = renewals }
        #expect(await renewals.blockPool())
        #expect(elector.isLeading)
        run.cancel()
        _ = await run.result
        #expect(leases.state.value.record?.holder == "")
    }

    @Test
    func `while every thread of the pool is blocked, a lease that cannot be renewed ends leadership in time`()
        async throws
    {
        let leases = Leases()
        let lost = CountdownLatch()
        let elector = LeaderElector(name: "test", identity: "us", store: leases, configuration: try .hasty())
        elector.onLoss { lost.countDown() }
        let run = await elector.lead()
        leases.state.change { $0.isDown = true }
        #expect(await lost.blockPool())
        #expect(!elector.isLeading)
        await #expect(throws: LeadershipLost.self) { try await run.value }
    }

    @Test
    func `a request that never ends and cannot be cancelled does not keep the fence from ending leadership`()
        async throws
    {
        let leases = Leases()
        let elector = LeaderElector(name: "test", identity: "us", store: leases, configuration: try .hasty())
        let lost = Tally()
        elector.onLoss { lost.add() }
        let run = Task {
            try await elector.run {
                leases.state.change { $0.isStuck = true }
                try await untilCancelled()
            }
        }
        await lost.reaches(1)
        #expect(!elector.isLeading)
        leases.unstick()
        await #expect(throws: LeadershipLost.self) { try await run.value }
    }

    @Test
    func `work that does not end after the loss ends with the process`() async throws {
        let leases = Leases()
        let ended = Mutex<[String]>([])
        let end = Gate()
        let elector = LeaderElector(
            name: "test", identity: "us", store: leases,
            configuration: try .hasty(stopLimit: .milliseconds(100)),
            endProcess: { reason in
                ended.withLock { $0.append(reason) }
                end.open()
            })
        await #expect(throws: LeadershipLost.self) {
            try await elector.run {
                leases.state.change { $0.isDown = true }
                // Deaf to cancellation.
                await end.pass()
            }
        }
        #expect(ended.withLock { $0.count } == 1)
        #expect(ended.withLock { $0.first }?.contains("its work has not ended within 0.1 seconds") == true)
    }

    @Test func `by default the end of the process is its exit, with the reason on standard error`() async throws {
        let result = await #expect(processExitsWith: .exitCode(1), observing: [\.standardErrorContent]) {
            LeaderElector.exit("us leads no more")
        }
        let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(text.contains("us leads no more\n"))
    }

    @Test func `work that is told to end keeps the lease for as long as it needs`() async throws {
        let leases = Leases()
        let elector = LeaderElector(name: "test", identity: "us", store: leases, configuration: try .patient())
        let started = Tally()
        let run = Task {
            try await elector.run {
                started.add()
                try? await untilCancelled()
                // Told to end, it has something to finish, in a task that is not.
                let before = leases.state.value.version
                await Task { await leases.reaches(version: before + 5) }.value
                #expect(elector.isLeading)
            }
        }
        await started.reaches(1)
        run.cancel()
        _ = await run.result
        #expect(leases.state.value.holders.last == "")
    }

    @Test
    func `a leader that is told to end keeps the lease while a reconcile goes on that is deaf to it`() async throws {
        let leases = Leases()
        let elector = LeaderElector(name: "test", identity: "us", store: leases, configuration: try .patient())
        let manager = ControllerManager(elector: elector)
        let started = Tally()
        let end = Gate()
        let controller = manager.add(
            Controller(
                name: "deaf",
                reconciler: ReconcileFunction { _ in
                    started.add()
                    await end.pass()
                    return .done
                }, configuration: .init(stopGrace: .zero, cancelGrace: .zero)))
        controller.enqueue(ObjectKey(name: "one"))
        let run = Task { try await manager.run() }
        await started.reaches(1)
        run.cancel()
        let before = leases.state.value.version
        try await leases.state.wait { $0.version >= before + 20 || $0.record?.holder != "us" }
        #expect(leases.state.value.record?.holder == "us")
        end.open()
        _ = await run.result
        #expect(leases.state.value.record?.holder == "")
    }
}
