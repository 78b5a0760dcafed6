import ControllerRuntime
import TestSupport

/// A lease in memory that fails in the ways a server can.
final class Leases: LeaseStore {
    struct State {
        var record: LeaseRecord?
        /// Counts the writes, too.
        var version = 0
        var isDown = false
        var isStuck = false
        var stuck: [CheckedContinuation<Void, Never>] = []
        var holders: [String] = []
        /// The next write is carried out, and its answer never comes.
        var losesNextAnswer = false
        /// Counts down with each write.
        var latch: CountdownLatch?
    }
    struct Conflict: Error {}
    struct Down: Error {}
    let state = Observed(State())
    let lostAnswers = Tally()

    /// Lets go of the calls that wait, and of all later ones.
    func unstick() {
        let stuck = state.change { state in
            state.isStuck = false
            defer { state.stuck = [] }
            return state.stuck
        }
        for call in stuck { call.resume() }
    }

    func read() async throws -> LeaseRecord? {
        await withCheckedContinuation { continuation in
            let isStuck = state.change { state in
                if state.isStuck { state.stuck.append(continuation) }
                return state.isStuck
            }
            if !isStuck { continuation.resume() }
        }
        return try state.change { state throws(Down) in
            if state.isDown { throw Down() }
            return state.record
        }
    }

    func write(_ record: LeaseRecord, isTakeover: Bool) async throws -> LeaseRecord {
        let (written, isAnswered) = try state.change { state in
            if state.isDown { throw Down() }
            guard state.record?.resourceVersion == record.resourceVersion else { throw Conflict() }
            state.version += 1
            var record = record
            record.resourceVersion = String(state.version)
            state.record = record
            state.holders.append(record.holder)
            state.latch?.countDown()
            defer { state.losesNextAnswer = false }
            return (record, !state.losesNextAnswer)
        }
        if !isAnswered {
            lostAnswers.add()
            try await untilCancelled()
        }
        return written
    }

    func reaches(version: Int) async { _ = try? await state.wait { $0.version >= version } }
}

extension LeaderElector {
    static func test(_ identity: String, _ leases: Leases, _ clock: ManualClock) -> LeaderElector {
        LeaderElector(name: "test", identity: identity, store: leases, time: TimeSource(clock))
    }

    /// Leads until the task that it returns is cancelled; returns once it does.
    func lead() async -> Task<Void, any Error> {
        let started = Tally()
        let run = Task {
            try await self.run {
                started.add()
                try await untilCancelled()
            }
        }
        await started.reaches(1)
        return run
    }
}

extension LeaderElectionMachine.Configuration {
    /// Times that no busy machine can miss, with many renewals a second.
    static func patient() throws -> Self {
        try .init(leaseDuration: .seconds(900), renewDeadline: .seconds(600), retryPeriod: .milliseconds(5))
    }

    /// Short times, for a lease that is to be lost.
    static func hasty(
        renewDeadline: Duration = .seconds(1), stopLimit: Duration = .seconds(600), exitLimit: Duration? = nil
    ) throws -> Self {
        try .init(
            leaseDuration: .seconds(2), renewDeadline: renewDeadline, retryPeriod: .milliseconds(100),
            stopLimit: stopLimit, exitLimit: exitLimit)
    }
}
