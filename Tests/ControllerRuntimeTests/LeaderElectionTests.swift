import ControllerRuntime
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

    @Test func `times by which no election can be held are refused, with the reason`() throws {
        for (lease, deadline, retry) in [(10, 10, 2), (15, 10, 10), (15, 10, 0), (5, 10, 2)] {
            #expect(throws: InvalidElectionTimes.self) {
                try LeaderElectionMachine.Configuration(
                    leaseDuration: .seconds(lease), renewDeadline: .seconds(deadline), retryPeriod: .seconds(retry))
            }
        }
        let times = try LeaderElectionMachine.Configuration(
            leaseDuration: .seconds(3), renewDeadline: .seconds(2), retryPeriod: .seconds(1))
        #expect(times.stopLimit == .seconds(1))
        #expect(try LeaderElectionMachine.Configuration(leaseDuration: .seconds(15)) == .init())
    }

    /// Candidates with slow, lost and late requests on one lease, by simulated time.
    private struct Simulation {
        var generator: SeededGenerator
        var lease: LeaseRecord?
        var now = Duration.zero
        var machines: [LeaderElectionMachine]
        /// When each may try again; and until when it is frozen or cut off.
        var next: [Duration]
        var awayUntil: [Duration]
        var takeovers = 0

        init(seed: UInt64, candidates: Int) {
            generator = SeededGenerator(seed: seed)
            machines = (0..<candidates).map { LeaderElectionMachine(identity: "candidate-\($0)") }
            next = Array(repeating: .zero, count: candidates)
            awayUntil = next
        }

        mutating func random(_ range: ClosedRange<Int>) -> Duration {
            .milliseconds(Int.random(in: range, using: &generator))
        }

        var leaders: [String] { machines.filter { $0.isLeading(now: now) }.map(\.identity) }

        /// The next candidate's attempt, whole: it reads, decides, and writes later, when another may have been faster.
        mutating func step() {
            let index = next.indices.min { max(next[$0], awayUntil[$0]) < max(next[$1], awayUntil[$1]) } ?? 0
            now = max(now, next[index], awayUntil[index])
            next[index] = now + .milliseconds(Int.random(in: 2000...2400, using: &generator))
            if Int.random(in: 0..<40, using: &generator) == 0 { awayUntil[index] = now + random(0...40_000) }
            let began = now
            guard case .write(var ours) = machines[index].read(lease, now: now) else { return }
            // Some writes arrive late, after a pause in which time passes for all; some never.
            if Int.random(in: 0..<10, using: &generator) == 0 { now += random(0...3000) }
            if Int.random(in: 0..<20, using: &generator) == 0 { return }
            guard ours.resourceVersion == lease?.resourceVersion else { return }
            if let lease, lease.holder != ours.holder { takeovers += 1 }
            ours.resourceVersion = "\((lease?.resourceVersion.flatMap(Int.init) ?? 0) + 1)"
            lease = ours
            // The answer may be lost although the write was done.
            if Int.random(in: 0..<20, using: &generator) == 0 { return }
            machines[index].written(ours, began: began)
        }
    }

    @Test(arguments: UInt64(0)..<50)
    func `whatever is late, lost or frozen, two never lead at once`(seed: UInt64) {
        var simulation = Simulation(seed: seed, candidates: 3)
        for _ in 0..<2000 {
            simulation.step()
            #expect(simulation.leaders.count <= 1, "seed \(seed), at \(simulation.now): \(simulation.leaders)")
        }
        #expect(simulation.takeovers > 0, "seed \(seed)")
    }

    @Test(arguments: UInt64(0)..<20)
    func `a candidate takes over within the lease and one retry of the last renewal`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var leader = LeaderElectionMachine(identity: "leader")
        var candidate = LeaderElectionMachine(identity: "candidate")
        let renewedAt = Duration.milliseconds(Int.random(in: 0..<5000, using: &generator))
        guard case .write(var lease) = leader.read(nil, now: renewedAt) else {
            Issue.record("the first to come should write")
            return
        }
        lease.resourceVersion = "1"
        leader.written(lease, began: renewedAt)
        // The leader is heard of no more. The candidate sees the renewal within a retry period, and looks again as the elector does.
        var now = renewedAt + .milliseconds(Int.random(in: 0..<2400, using: &generator))
        while candidate.read(lease, now: now) == .wait {
            now += candidate.pauseBeforeAttempt(now: now, jitter: Double.random(in: 1...1.2, using: &generator))
        }
        #expect(!leader.isLeading(now: now), "seed \(seed)")
        let handover = now - renewedAt
        #expect(handover >= .seconds(15) && handover <= .seconds(15) + .seconds(2) * 1.2, "seed \(seed)")
    }
}
