import StructuredData
import TaskQueue
import Testing

/// Records in every state, all of one task that is leased to `holder` at epoch 2 or was.
enum Samples {
    static let now = StoreTime(milliseconds: 1_000_000)
    static let holder: AgentID = "holder"
    static let token = LeaseToken(high: 1, low: 2)
    static let key = LeaseKey(epoch: 2, token: token)
    static let oldKey = LeaseKey(epoch: 1, token: LeaseToken(high: 9, low: 9))
    static let forgedKey = LeaseKey(epoch: 2, token: LeaseToken(high: 7, low: 7))
    static let machine = TaskMachine()

    enum Name: String, CaseIterable, CustomTestStringConvertible {
        case delayed, held, ready, leased, cancelling, overdue, expired, succeeded, failed, cancelled
        var testDescription: String { rawValue }
    }

    static func record(_ name: Name) -> TaskRecord {
        let submission = Submission(
            id: "t", namespace: "ns", type: "x", swarm: "s", origin: .http(submitter: "u"), input: [],
            retry: RetryPolicy(limit: 5, backoffSeconds: 2, maxBackoffSeconds: 60))
        var record = machine.admit(submission, at: now + -60_000).record
        record.epoch = 2
        record.attempts = 2
        record.token = token
        record.agent = "holder"
        record.lastLease = Lease(
            agent: holder, since: now + -1000, expiry: now + 10_000, timeoutAt: now + 100_000, isAcknowledged: true,
            request: 1)
        switch name {
        case .delayed:
            record.state = .delayed
            record.readyAt = now + 5000
            // It reported a failure: the lease ended by report.
            record.lastReport = ReportMark(key: key, digest: ReportDigest(kind: "retryable", []))
        case .held:
            record.state = .held
            record.holds = .suspended
            record.lastReport = ReportMark(key: key, digest: ReportDigest(kind: "retryable", []))
        case .ready:
            record.state = .ready
            record.epoch = 0
            record.attempts = 0
            record.token = nil
            record.lastLease = nil
        case .leased: record.state = .leased
        case .cancelling:
            record.state = .leased
            record.cancellation = CancellationMark(requested: now, forcedAt: nil, reason: "stop")
        case .overdue:
            record.state = .leased
            record.lastLease?.expiry = now
        case .expired:
            // The reaper ended the lease; nobody has taken the task over.
            record.state = .ready
        case .succeeded: record.state = .succeeded
        case .failed: record.state = .failed
        case .cancelled: record.state = .cancelled
        }
        if record.state.isEnd { record.ended = now + -10 }
        return record
    }

    static let failure = Failure(code: "X", message: "x")

    static func report(_ kind: Report.Kind) -> Report { Report(kind: kind, digest: ReportDigest(kind: "new", [])) }

    enum Event: String, CaseIterable {
        case lease, beat, beatOld, complete, completeOld, completeForged, failRetryable, failPermanent, release
        case cancel, force, tick, recover, agentGone, otherAgentGone, hold, unhold, bind, prioritise

        var event: TaskEvent {
            switch self {
            case .lease:
                .lease(LeaseOrder(agent: "new", agentName: "new", token: LeaseToken(high: 3, low: 4), request: 9))
            case .beat: .beat(key, Progress(done: 1))
            case .beatOld: .beat(oldKey, nil)
            case .complete: .report(key, report(.complete(resultBytes: 3)))
            case .completeOld: .report(oldKey, report(.complete(resultBytes: 3)))
            case .completeForged: .report(forgedKey, report(.complete(resultBytes: 3)))
            case .failRetryable: .report(key, report(.failRetryable(failure)))
            case .failPermanent: .report(key, report(.failPermanent(failure)))
            case .release: .report(key, report(.release))
            case .cancel: .cancel(CancelOrder(mode: .cooperative, graceMs: 100, reason: "stop"))
            case .force: .cancel(CancelOrder(mode: .force, reason: "stop"))
            case .tick: .tick
            case .recover: .recover
            case .agentGone: .agentGone(holder)
            case .otherAgentGone: .agentGone("other")
            case .hold: .hold(.suspended)
            case .unhold: .unhold(.suspended)
            case .bind: .bind(swarm: "s2")
            case .prioritise: .prioritise(3)
            }
        }
    }
}

@Suite struct MachineTableTests {
    struct Cell: Equatable {
        var verdict: TaskVerdict
        var state: TaskState
        init(_ verdict: TaskVerdict, _ state: TaskState) {
            self.verdict = verdict
            self.state = state
        }
    }

    /// The whole table. What is not listed for a state leaves it as it is, with the verdict of `untouched`.
    static let table: [Samples.Name: [Samples.Event: Cell]] = [
        .delayed: [
            .completeOld: Cell(.refused(.superseded), .delayed),
            .completeForged: Cell(.refused(.unknownLease), .delayed),
            .complete: Cell(.refused(.alreadyReported), .delayed),
            .failRetryable: Cell(.refused(.alreadyReported), .delayed),
            .failPermanent: Cell(.refused(.alreadyReported), .delayed),
            .release: Cell(.refused(.alreadyReported), .delayed),
            .cancel: Cell(.cancelled, .cancelled), .force: Cell(.cancelled, .cancelled),
            .hold: Cell(.changed, .held), .bind: Cell(.changed, .delayed), .prioritise: Cell(.changed, .delayed),
        ],
        .held: [
            .completeOld: Cell(.refused(.superseded), .held),
            .completeForged: Cell(.refused(.unknownLease), .held),
            .complete: Cell(.refused(.alreadyReported), .held),
            .failRetryable: Cell(.refused(.alreadyReported), .held),
            .failPermanent: Cell(.refused(.alreadyReported), .held),
            .release: Cell(.refused(.alreadyReported), .held),
            .cancel: Cell(.cancelled, .cancelled), .force: Cell(.cancelled, .cancelled),
            .unhold: Cell(.changed, .ready), .bind: Cell(.changed, .held), .prioritise: Cell(.changed, .held),
        ],
        .ready: [
            .lease: Cell(.granted, .leased),
            .complete: Cell(.refused(.unknownLease), .ready),
            .completeOld: Cell(.refused(.unknownLease), .ready),
            .completeForged: Cell(.refused(.unknownLease), .ready),
            .failRetryable: Cell(.refused(.unknownLease), .ready),
            .failPermanent: Cell(.refused(.unknownLease), .ready),
            .release: Cell(.refused(.unknownLease), .ready),
            .cancel: Cell(.cancelled, .cancelled), .force: Cell(.cancelled, .cancelled),
            .hold: Cell(.changed, .held), .bind: Cell(.changed, .ready), .prioritise: Cell(.changed, .ready),
        ],
        .leased: [
            .beat: Cell(.alive, .leased), .complete: Cell(.accepted, .succeeded),
            .completeOld: Cell(.refused(.superseded), .leased),
            .completeForged: Cell(.refused(.unknownLease), .leased),
            .failRetryable: Cell(.accepted, .delayed), .failPermanent: Cell(.accepted, .failed),
            .release: Cell(.accepted, .ready),
            .cancel: Cell(.cancelling, .leased), .force: Cell(.cancelled, .cancelled),
            .recover: Cell(.changed, .leased), .agentGone: Cell(.changed, .ready),
            .hold: Cell(.changed, .leased), .prioritise: Cell(.changed, .leased),
        ],
        .cancelling: [
            .beat: Cell(.cancelRequested(forcedInMs: nil), .leased), .complete: Cell(.accepted, .succeeded),
            .completeOld: Cell(.refused(.superseded), .leased),
            .completeForged: Cell(.refused(.unknownLease), .leased),
            .failRetryable: Cell(.accepted, .cancelled), .failPermanent: Cell(.accepted, .cancelled),
            .release: Cell(.accepted, .cancelled),
            .cancel: Cell(.cancelling, .leased), .force: Cell(.cancelled, .cancelled),
            .recover: Cell(.changed, .leased), .agentGone: Cell(.changed, .cancelled),
            .hold: Cell(.changed, .leased), .prioritise: Cell(.changed, .leased),
        ],
        .overdue: [
            // Another agent can have it at once: the lease statement does what is due before it looks.
            .lease: Cell(.granted, .leased),
            .beat: Cell(.alive, .leased), .complete: Cell(.accepted, .succeeded),
            .completeOld: Cell(.refused(.superseded), .leased),
            .completeForged: Cell(.refused(.unknownLease), .leased),
            .failRetryable: Cell(.accepted, .delayed), .failPermanent: Cell(.accepted, .failed),
            .release: Cell(.accepted, .ready), .tick: Cell(.changed, .ready),
            .cancel: Cell(.cancelling, .leased), .force: Cell(.cancelled, .cancelled),
            .recover: Cell(.changed, .leased), .agentGone: Cell(.changed, .ready),
            .hold: Cell(.changed, .leased), .prioritise: Cell(.changed, .leased),
        ],
        .expired: [
            .lease: Cell(.granted, .leased),
            .complete: Cell(.accepted, .succeeded),
            .completeOld: Cell(.refused(.superseded), .ready),
            .completeForged: Cell(.refused(.unknownLease), .ready),
            .failRetryable: Cell(.refused(.expired), .ready), .failPermanent: Cell(.accepted, .failed),
            .release: Cell(.refused(.expired), .ready),
            .cancel: Cell(.cancelled, .cancelled), .force: Cell(.cancelled, .cancelled),
            .hold: Cell(.changed, .held), .bind: Cell(.changed, .ready), .prioritise: Cell(.changed, .ready),
        ],
    ]

    static func untouched(_ event: Samples.Event, _ name: Samples.Name, _ state: TaskState) -> Cell {
        switch event {
        case .lease: Cell(.notReady, state)
        case .beat, .beatOld: Cell(.lost, state)
        case .completeOld: Cell(.refused(.superseded), state)
        case .completeForged: Cell(.refused(.unknownLease), state)
        case .complete, .failRetryable, .failPermanent, .release: Cell(.refused(.ended), state)
        default: Cell(.unchanged, state)
        }
    }

    @Test("Every event has its outcome in every state", arguments: Samples.Name.allCases)
    func table(name: Samples.Name) {
        let record = Samples.record(name)
        for event in Samples.Event.allCases {
            let transition = Samples.machine.apply(event.event, to: record, at: Samples.now)
            let expected = Self.table[name]?[event] ?? Self.untouched(event, name, record.state)
            #expect(
                Cell(transition.verdict, transition.record.state) == expected, "\(event.rawValue) in \(name.rawValue)")
            if record.state.isEnd { #expect(transition.record == record, "\(event.rawValue) changes an ended task") }
            if transition.verdict == .unchanged || transition.verdict == .lost {
                #expect(transition.record == record, "\(event.rawValue) in \(name.rawValue) changes something")
                #expect(transition.changes.isEmpty && transition.attempt == nil && transition.outcome == nil)
            }
            if case .refused = transition.verdict { #expect(transition.record == record) }
            #expect((transition.outcome != nil) == (transition.record.state.isEnd && !record.state.isEnd))
            #expect(transition.changes.contains(.finished) == (transition.outcome != nil))
        }
    }
}

@Suite struct MachineTests {
    let machine = TaskMachine()
    let now = Samples.now

    private func leased(_ change: (inout Submission) -> Void = { _ in }) -> TaskRecord {
        var submission = Submission(
            id: "t", namespace: "ns", type: "x", swarm: "s", origin: .http(submitter: "u"), input: [])
        change(&submission)
        let admitted = machine.admit(submission, at: now).record
        return lease(admitted, at: now)
    }

    private func lease(_ record: TaskRecord, at time: StoreTime) -> TaskRecord {
        let order = LeaseOrder(
            agent: "a", agentName: "a", token: LeaseToken(high: 0, low: UInt64(record.epoch)), request: 1)
        return machine.apply(.lease(order), to: record, at: time).record
    }

    private func report(_ record: TaskRecord, _ kind: Report.Kind, at time: StoreTime) -> TaskTransition {
        let key = LeaseKey(epoch: record.epoch, token: record.token ?? LeaseToken(high: 0, low: 0))
        return machine.apply(
            .report(key, Report(kind: kind, digest: ReportDigest(kind: "\(kind)", []))), to: record, at: time
        )
    }

    @Test("A lease is short until its agent shows that it has it, then full")
    func acknowledgement() {
        let record = leased()
        #expect(record.lease?.expiry == now + 5000)
        let key = LeaseKey(epoch: 1, token: record.token ?? Samples.token)
        let beaten = machine.apply(.beat(key, nil), to: record, at: now + 1000).record
        #expect(beaten.lease?.expiry == now + 16_000)
        #expect(beaten.lease?.isAcknowledged == true)
    }

    @Test("A heartbeat with the same progress again is told to nobody")
    func progressOnce() {
        let record = leased()
        let key = LeaseKey(epoch: 1, token: record.token ?? Samples.token)
        let first = machine.apply(.beat(key, Progress(done: 1)), to: record, at: now)
        let second = machine.apply(.beat(key, Progress(done: 1)), to: first.record, at: now)
        #expect(first.changes == [.progress])
        #expect(second.changes == [])
    }

    @Test("No policy gives a task more than twenty attempts")
    func attemptsAreBounded() {
        var record = leased { $0.retry = RetryPolicy(limit: 1000, backoffSeconds: 0) }
        var count = 1
        while true {
            let transition = report(record, .failRetryable(Samples.failure), at: now)
            #expect(transition.verdict == .accepted)
            if transition.record.state.isEnd { break }
            record = lease(transition.record, at: now)
            count += 1
            try? #require(count < 100)
        }
        #expect(count == 20)
    }

    @Test("Releases cost no attempt, until there are suspiciously many")
    func releases() {
        var record = leased()
        for _ in 0..<QueuePolicy.maxUncountedReleases {
            record = lease(report(record, .release, at: now).record, at: now)
        }
        #expect(record.attempts == 1)
        record = lease(report(record, .release, at: now).record, at: now)
        #expect(record.attempts == 2)
    }

    @Test("The sooner of two cancellations' graces counts, and a force at once")
    func cancellationGraces() {
        let record = leased()
        func cancel(_ record: TaskRecord, _ graceMs: Int64?) -> TaskRecord {
            machine.apply(
                .cancel(CancelOrder(mode: .cooperative, graceMs: graceMs, reason: "")), to: record, at: now
            ).record
        }
        #expect(cancel(cancel(record, nil), 500).cancellation?.forcedAt == now + 500)
        #expect(cancel(cancel(record, 500), 900).cancellation?.forcedAt == now + 500)
        #expect(cancel(cancel(record, 500), nil).cancellation?.forcedAt == now + 500)
        #expect(cancel(cancel(record, 500), 100).cancellation?.forcedAt == now + 100)
    }

    @Test("What is due tells when time is needed next")
    func due() {
        let record = leased { $0.deadlineMs = 60_000 }
        #expect(record.due == now + 5000)
        #expect(machine.apply(.tick, to: record, at: now + 4999).verdict == .unchanged)
        #expect(machine.apply(.tick, to: record, at: now + 5000).record.state == .ready)
        for name in Samples.Name.allCases {
            let record = Samples.record(name)
            guard let due = record.due else { continue }
            let after = machine.apply(.tick, to: record, at: max(due, Samples.now)).record
            #expect(after != record, "\(name.rawValue) is due and yet does not change")
        }
    }

    @Test("Waiting costs an attempt nothing of its time, and the task's life all of it")
    func waitingAndTime() {
        var submission = Submission(
            id: "t", namespace: "ns", type: "x", swarm: "s", origin: .http(submitter: "u"), input: [])
        submission.timeoutMs = 10_000
        submission.deadlineMs = 3_600_000
        let admitted = machine.admit(submission, at: now).record
        let late = now + 3_500_000
        var record = lease(admitted, at: late)
        #expect(record.lease?.timeoutAt == late + 10_000 + machine.policy.timeoutGraceMs)
        #expect(record.deadline == now + 3_600_000)
        let key = LeaseKey(epoch: 1, token: record.token ?? Samples.token)
        record = machine.apply(.beat(key, nil), to: record, at: late).record
        record = machine.apply(.tick, to: record, at: late + 12_000).record
        #expect(record.failure?.code == Failure.timedOut && record.state == .delayed)
        let ended = machine.apply(.tick, to: record, at: now + 3_600_000).record
        #expect(ended.failure?.code == Failure.deadlineExceeded)
    }

    @Test("A failure of a kind that is given up on ends the task, whatever attempts are left")
    func givingUp() {
        let policy = RetryPolicy(limit: 5, retryOn: ["NET*"], giveUpOn: ["NET_GONE"])
        func state(after code: String) -> TaskState {
            report(leased { $0.retry = policy }, .failRetryable(Failure(code: code, message: "")), at: now).record.state
        }
        #expect(state(after: "NET_RESET") == .delayed)
        #expect(state(after: "NET_GONE") == .failed)
        #expect(state(after: "OTHER") == .failed)
        let lost = leased { $0.retry = policy }
        #expect(machine.apply(.tick, to: lost, at: now + 5000).record.failure?.code == Failure.leaseExpired)
        #expect(machine.apply(.tick, to: lost, at: now + 5000).record.state == .failed)
    }

    @Test("A deadline's message tells of the last failure")
    func deadlineMessage() {
        let failed = report(leased { $0.deadlineMs = 10_000 }, .failRetryable(Samples.failure), at: now).record
        let ended = machine.apply(.tick, to: failed, at: now + 10_000).record
        #expect(ended.failure?.code == Failure.deadlineExceeded)
        #expect(
            ended.failure?.message
                == "the task did not end within its deadline of 10 s; the last attempt failed: x")
    }

    @Test("The store's time does not overflow")
    func extremeTimes() {
        let end = StoreTime(milliseconds: .max)
        #expect(end + 1 == end)
        #expect(StoreTime(milliseconds: .min) + -1 == StoreTime(milliseconds: .min))
        let record = leased {
            $0.deadlineMs = .max
            $0.timeoutMs = .max
            $0.delayMs = .max
        }
        #expect(record.state == .delayed)
    }
}
