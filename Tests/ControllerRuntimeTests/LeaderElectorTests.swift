import ControllerRuntime
import Glibc
import KubernetesModel
import Synchronization
import SystemThreads
import Testing

@Suite("Leader election")
struct LeaderElectorTests {
    @Test("the work is cancelled when the lease cannot be renewed in time, before another could take it")
    func fences() async {
        let leases = Leases()
        let clock = ManualClock()
        let started = Tally()
        let lost = Tally()
        let elector = LeaderElector.test("us", leases, clock)
        elector.onLoss { lost.add() }
        let run = Task {
            try await elector.run {
                started.add()
                try await Task.sleep(for: .seconds(3600))
            }
        }
        await started.reaches(1)
        #expect(elector.isLeading)
        leases.state.withLock { $0.isDown = true }
        await clock.sleeper(until: .seconds(10))
        clock.advance(by: .seconds(10))
        await #expect(throws: LeadershipLost.self) { try await run.value }
        #expect(lost.count >= 1)
        #expect(!elector.isLeading)
        // Nobody else could have begun yet: the lease says 15 s.
        #expect(leases.state.withLock { $0.record?.durationSeconds } == 15)
    }

    @Test("a leader that is cancelled gives the lease up, and the next takes over")
    func handsOver() async throws {
        let leases = Leases()
        let clock = ManualClock()
        let first = LeaderElector.test("first", leases, clock)
        let second = LeaderElector.test("second", leases, clock)
        let started = Tally()
        let run = Task {
            try await first.run {
                started.add()
                try await Task.sleep(for: .seconds(3600))
            }
        }
        await started.reaches(1)
        run.cancel()
        _ = await run.result
        #expect(leases.state.withLock { $0.holders } == ["first", ""])
        try await second.run { started.add() }
        #expect(started.count == 2)
        #expect(leases.state.withLock { $0.holders } == ["first", "", "second", ""])
    }

    @Test("as long as it renews it leads")
    func renews() async throws {
        let leases = Leases()
        let clock = ManualClock()
        // An odd deadline, so that the fence never sleeps until the same moment as the renewal.
        let elector = LeaderElector(
            name: "test", identity: "us", store: leases, configuration: try .init(renewDeadline: .seconds(9)),
            time: TimeSource(clock))
        let started = Tally()
        let run = Task {
            try await elector.run {
                started.add()
                try await Task.sleep(for: .seconds(3600))
            }
        }
        await started.reaches(1)
        for round in 1...20 {
            await clock.sleeper(until: .seconds(2 * round))
            clock.advance(by: .seconds(2))
            await leases.writes.reaches(1 + round)
        }
        #expect(elector.isLeading)
        run.cancel()
        _ = await run.result
    }

    // MARK: Threads of its own

    /// Keeps every thread of the cooperative pool busy until `isOver`, which a thread of its own asks.
    private static func fillPool(until isOver: @escaping @Sendable () -> Bool) async throws {
        let isBusy = Flag()
        let watcher = try OSThread.start("watcher") {
            while !isOver() { usleep(1000) }
            isBusy.set()
        }
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<(2 * sysconf(Int32(_SC_NPROCESSORS_ONLN))) {
                group.addTask { while !isBusy.isSet { usleep(100) } }
            }
        }
        watcher.join()
    }

    private final class Flag: Sendable {
        private let value = Mutex(false)
        var isSet: Bool { value.withLock { $0 } }
        func set() { value.withLock { $0 = true } }
    }

    @Test(.timeLimit(.minutes(2)))
    func `while every thread of the pool is blocked, the lease is renewed`() async throws {
        let leases = Leases()
        let elector = LeaderElector(name: "test", identity: "us", store: leases, configuration: try .patient())
        let started = Tally()
        let run = Task {
            try await elector.run {
                started.add()
                try await Task.sleep(for: .seconds(3600))
            }
        }
        await started.reaches(1)
        let before = leases.writes.count
        try await Self.fillPool { leases.writes.count >= before + 20 }
        #expect(elector.isLeading)
        run.cancel()
        _ = await run.result
        #expect(leases.state.withLock { $0.record?.holder } == "")
    }

    @Test(.timeLimit(.minutes(2)))
    func `while every thread of the pool is blocked, a lease that cannot be renewed ends leadership in time`()
        async throws
    {
        let leases = Leases()
        let lost = Flag()
        let elector = LeaderElector(
            name: "test", identity: "us", store: leases,
            configuration: try .init(
                leaseDuration: .seconds(2), renewDeadline: .seconds(1), retryPeriod: .milliseconds(100),
                stopLimit: .seconds(600), exitLimit: nil))
        elector.onLoss { lost.set() }
        let started = Tally()
        let run = Task {
            try await elector.run {
                started.add()
                try await Task.sleep(for: .seconds(3600))
            }
        }
        await started.reaches(1)
        leases.state.withLock { $0.isDown = true }
        try await Self.fillPool { lost.isSet }
        #expect(!elector.isLeading)
        await #expect(throws: LeadershipLost.self) { try await run.value }
    }

    @Test(.timeLimit(.minutes(2)))
    func `a request that never ends and cannot be cancelled does not keep the fence from ending leadership`()
        async throws
    {
        let leases = Leases()
        let elector = LeaderElector(
            name: "test", identity: "us", store: leases,
            configuration: try .init(
                leaseDuration: .seconds(2), renewDeadline: .seconds(1), retryPeriod: .milliseconds(100),
                stopLimit: .seconds(600), exitLimit: nil))
        let lost = Tally()
        elector.onLoss { lost.add() }
        let run = Task {
            try await elector.run {
                leases.state.withLock { $0.isStuck = true }
                try await Task.sleep(for: .seconds(3600))
            }
        }
        await lost.reaches(1)
        #expect(!elector.isLeading)
        leases.unstick()
        await #expect(throws: LeadershipLost.self) { try await run.value }
    }

    @Test(.timeLimit(.minutes(2)))
    func `work that does not end after the loss ends with the process`() async throws {
        let leases = Leases()
        let ended = Mutex<[String]>([])
        let end = Flag()
        let elector = LeaderElector(
            name: "test", identity: "us", store: leases,
            configuration: try .init(
                leaseDuration: .seconds(2), renewDeadline: .seconds(1), retryPeriod: .milliseconds(100),
                stopLimit: .milliseconds(100), exitLimit: nil),
            endProcess: { reason in
                ended.withLock { $0.append(reason) }
                end.set()
            })
        await #expect(throws: LeadershipLost.self) {
            try await elector.run {
                leases.state.withLock { $0.isDown = true }
                // Deaf to cancellation.
                while !end.isSet { await Task.yield() }
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
                try? await Task.sleep(for: .seconds(3600))
                // Told to end, it has something to finish.
                let before = leases.writes.count
                while leases.writes.count < before + 5 { await Task.yield() }
                #expect(elector.isLeading)
            }
        }
        await started.reaches(1)
        run.cancel()
        _ = await run.result
        #expect(leases.state.withLock { $0.holders.last } == "")
    }

    @Test(.timeLimit(.minutes(2)))
    func `a leader that is told to end keeps the lease while a reconcile goes on that is deaf to it`() async throws {
        let leases = Leases()
        let elector = LeaderElector(name: "test", identity: "us", store: leases, configuration: try .patient())
        let manager = ControllerManager(elector: elector)
        let started = Tally()
        let end = Flag()
        let controller = manager.add(
            Controller(
                name: "deaf",
                reconciler: ReconcileFunction { _ in
                    started.add()
                    while !end.isSet { await Task.yield() }
                    return .done
                }, configuration: .init(stopGrace: .zero, cancelGrace: .zero)))
        controller.enqueue(ObjectKey(name: "one"))
        let run = Task { try await manager.run() }
        await started.reaches(1)
        run.cancel()
        let before = leases.writes.count
        while leases.writes.count < before + 20, leases.state.withLock({ $0.record?.holder }) == "us" {
            await Task.yield()
        }
        #expect(leases.state.withLock { $0.record?.holder } == "us")
        end.set()
        _ = await run.result
        #expect(leases.state.withLock { $0.record?.holder } == "")
    }
}
