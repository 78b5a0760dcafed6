import ControllerRuntime
import Synchronization
import Testing

@Suite("Leader election's logic")
struct LeaderElectionMachineTests {
    private func record(_ holder: String, version: String, seconds: Int = 15) -> LeaseRecord {
        LeaseRecord(holder: holder, durationSeconds: seconds, transitions: 3, resourceVersion: version)
    }

    @Test("a lease that does not exist is created, and leads for the renew deadline from when the write began")
    func creates() {
        var machine = LeaderElectionMachine(identity: "us")
        guard case .write(let ours) = machine.read(nil, now: .seconds(100)) else {
            Issue.record("should write")
            return
        }
        #expect(ours.resourceVersion == nil && ours.holder == "us" && ours.durationSeconds == 15)
        #expect(!machine.isLeading(now: .seconds(100)))
        machine.written(record("us", version: "1"), began: .seconds(99))
        #expect(machine.isLeading(now: .seconds(108)))
        #expect(!machine.isLeading(now: .seconds(109)))
    }

    @Test("another's lease is waited for as long as it changes, counted from when we saw it change")
    func waits() {
        var machine = LeaderElectionMachine(identity: "us")
        #expect(machine.read(record("them", version: "1"), now: .seconds(1000)) == .wait)
        #expect(machine.read(record("them", version: "1"), now: .seconds(1014)) == .wait)
        #expect(machine.read(record("them", version: "2"), now: .seconds(1014)) == .wait)
        #expect(machine.read(record("them", version: "2"), now: .seconds(1028)) == .wait)
        guard case .write(let ours) = machine.read(record("them", version: "2"), now: .seconds(1029)) else {
            Issue.record("should take over")
            return
        }
        #expect(ours.resourceVersion == "2" && ours.transitions == 4)
    }

    @Test("a lease that was given up is taken at once")
    func released() {
        var machine = LeaderElectionMachine(identity: "us")
        guard case .write = machine.read(record("", version: "1", seconds: 1), now: .zero) else {
            Issue.record("should take it")
            return
        }
    }

    @Test("seeing another's name ends leadership at once")
    func losesToAnother() {
        var machine = LeaderElectionMachine(identity: "us")
        machine.written(record("us", version: "1"), began: .zero)
        #expect(machine.isLeading(now: .seconds(2)))
        #expect(machine.read(record("them", version: "2"), now: .seconds(2)) == .wait)
        #expect(!machine.isLeading(now: .seconds(2)))
    }
}

@Suite("Leader election")
struct LeaderElectorTests {
    private final class Leases: LeaseStore {
        struct State {
            var record: LeaseRecord?
            var version = 0
            var isDown = false
            var holders: [String] = []
        }
        struct Conflict: Error {}
        struct Down: Error {}
        let state = Mutex(State())
        let writes = Tally()

        func read() async throws -> LeaseRecord? {
            try state.withLock { state in
                if state.isDown { throw Down() }
                return state.record
            }
        }

        func write(_ record: LeaseRecord) async throws -> LeaseRecord {
            let written = try state.withLock { state in
                if state.isDown { throw Down() }
                guard state.record?.resourceVersion == record.resourceVersion else { throw Conflict() }
                state.version += 1
                var record = record
                record.resourceVersion = String(state.version)
                state.record = record
                state.holders.append(record.holder)
                return record
            }
            writes.add()
            return written
        }
    }

    private func elector(_ identity: String, _ leases: Leases, _ clock: ManualClock) -> LeaderElector {
        LeaderElector(name: "test", identity: identity, store: leases, time: TimeSource(clock))
    }

    @Test("the work is cancelled when the lease cannot be renewed in time, before another could take it")
    func fences() async {
        let leases = Leases()
        let clock = ManualClock()
        let started = Tally()
        let lost = Tally()
        let elector = elector("us", leases, clock)
        let run = Task {
            try await elector.run(onLoss: { lost.add() }) {
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
        let first = elector("first", leases, clock)
        let second = elector("second", leases, clock)
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
    func renews() async {
        let leases = Leases()
        let clock = ManualClock()
        // An odd deadline, so that the fence never sleeps until the same moment as the renewal.
        let elector = LeaderElector(
            name: "test", identity: "us", store: leases, configuration: .init(renewDeadline: .seconds(9)),
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
}
