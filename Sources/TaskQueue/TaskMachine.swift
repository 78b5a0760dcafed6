/// The life of a task as a pure function: record, event and time in; record, verdict, ledger and feed out.
///
/// This is the specification of every store. It is total: each event has an outcome in each state. What holds throughout:
///
/// - an ended task never changes again, and each task ends once;
/// - `epoch` rises with each lease, by one unless the store has forgotten epochs, and never falls;
/// - a report counts only with the epoch and token of the latest lease, at most once, and only until the task has ended;
/// - nothing ends a lease for lateness but `tick`; until it has, and after it for as long as nobody else has the task, the
///   holder's completion counts.
package struct TaskMachine: Sendable {
    package var policy: QueuePolicy

    package init(policy: QueuePolicy = QueuePolicy()) { self.policy = policy }

    /// The record that a submission makes, and what it puts in the feed.
    package func admit(_ submission: Submission, at now: StoreTime) -> TaskTransition {
        let delay = max(submission.delayMs, 0)
        var record = TaskRecord(
            id: submission.id, namespace: submission.namespace, type: submission.type, swarm: submission.swarm,
            isPinned: submission.isPinned, origin: submission.origin, priority: Self.bounded(submission.priority),
            created: now, deadline: submission.deadlineMs.map { now + max($0, 0) },
            timeoutMs: max(submission.timeoutMs, 1), retry: submission.retry, dedupKey: submission.dedupKey,
            concurrencyKey: submission.concurrencyKey, fairnessKey: submission.fairnessKey,
            traceparent: submission.traceparent, labels: submission.labels, inputBytes: submission.input.count,
            retryOf: submission.retryOf, adoptedFrom: nil, state: .delayed,
            holds: submission.isSuspended ? .suspended : [], readyAt: now + delay, attempts: 0, releases: 0,
            continuesReleased: false, epoch: 0, token: nil, lastLease: nil, lastReport: nil, cancellation: nil,
            progress: nil, firstLeased: nil, agent: nil, ended: nil, failure: nil, resultBytes: nil)
        record.state = Self.waitingState(of: record, at: now)
        return TaskTransition(
            record, .changed, changes: record.state == .ready ? [.submitted, .ready] : [.submitted])
    }

    /// The record of a submission that takes over the result of `earlier`, which succeeded with the same dedup key.
    package func adopt(_ submission: Submission, from earlier: TaskRecord, at now: StoreTime) -> TaskTransition {
        var transition = admit(submission, at: now)
        transition.record.state = .succeeded
        transition.record.holds = []
        transition.record.readyAt = now
        transition.record.adoptedFrom = earlier.id
        transition.record.agent = earlier.agent
        transition.record.resultBytes = earlier.resultBytes
        transition.record.resultBlob = earlier.resultBlob
        transition.record.ended = now
        transition.changes = [.submitted, .finished]
        return transition
    }

    /// What `event` does to `record`.
    package func apply(_ event: TaskEvent, to record: TaskRecord, at now: StoreTime) -> TaskTransition {
        switch event {
        case .lease(let order): lease(record, order, now)
        case .beat(let key, let progress, let wroteOutput): beat(record, key, progress, wroteOutput, now)
        case .report(let key, let report): self.report(record, key, report, now)
        case .cancel(let order): cancel(record, order, now)
        case .tick: tick(record, now)
        case .recover: recover(record, now)
        case .agentGone(let agent): agentGone(record, agent, now)
        case .hold(let reasons): hold(record, reasons, now)
        case .unhold(let reasons): unhold(record, reasons, now)
        case .bind(let swarm): bind(record, swarm)
        case .prioritise(let priority): prioritise(record, priority)
        }
    }

    package static func bounded(_ priority: Int) -> Int {
        min(max(priority, -QueuePolicy.maxPriority), QueuePolicy.maxPriority)
    }

    static func waitingState(of record: TaskRecord, at now: StoreTime) -> TaskState {
        if !record.holds.isEmpty { return .held }
        return record.readyAt > now ? .delayed : .ready
    }
}

// MARK: - Leases

extension TaskMachine {
    private func lease(
        _ record: TaskRecord, _ order: LeaseOrder, _ now: StoreTime
    ) -> TaskTransition {
        // What time has done already comes first: a task whose life is over is not given out.
        var transition = tick(record, now)
        guard transition.record.state == .ready else {
            transition.verdict = .notReady
            return transition
        }
        var next = transition.record
        next.state = .leased
        next.epoch = max(next.epoch, order.epochFloor) + 1
        next.token = order.token
        next.lastLease = Lease(
            agent: order.agent, since: now, expiry: now + min(policy.acknowledgeMs, policy.leaseMs),
            timeoutAt: now + next.timeoutMs + policy.timeoutGraceMs, isAcknowledged: false, request: order.request)
        let isCounted = !next.continuesReleased || next.releases > QueuePolicy.maxUncountedReleases
        if isCounted { next.attempts += 1 }
        next.continuesReleased = false
        next.firstLeased = next.firstLeased ?? now
        next.agent = order.agentName
        next.progress = nil
        transition.record = next
        transition.verdict = .granted
        transition.changes.append(.leased)
        return transition
    }

    private func beat(
        _ record: TaskRecord, _ key: LeaseKey, _ progress: Progress?, _ wroteOutput: Bool, _ now: StoreTime
    ) -> TaskTransition {
        guard var lease = record.lease, record.isCurrent(key) else {
            return TaskTransition(record, .lost)
        }
        var next = record
        lease.isAcknowledged = true
        lease.expiry = max(lease.expiry, now + policy.leaseMs)
        next.lastLease = lease
        var changes: [Change.Kind] = wroteOutput ? [.progress] : []
        if let progress, progress != record.progress {
            next.progress = progress
            changes = [.progress]
        }
        let verdict: TaskVerdict =
            if let mark = next.cancellation {
                .cancelRequested(forcedInMs: mark.forcedAt.map { max($0 - now, 0) })
            } else {
                .alive
            }
        return TaskTransition(next, verdict, changes: changes)
    }

    private func recover(_ record: TaskRecord, _ now: StoreTime) -> TaskTransition {
        guard var lease = record.lease else { return TaskTransition(record, .unchanged) }
        var next = record
        lease.expiry = max(lease.expiry, now + policy.leaseMs)
        lease.timeoutAt = max(lease.timeoutAt, now + policy.leaseMs)
        next.lastLease = lease
        if let forced = next.cancellation?.forcedAt {
            next.cancellation?.forcedAt = max(forced, now + policy.leaseMs)
        }
        return TaskTransition(next, next == record ? .unchanged : .changed)
    }
}

// MARK: - What owners ask for

extension TaskMachine {
    private func cancel(_ record: TaskRecord, _ order: CancelOrder, _ now: StoreTime) -> TaskTransition {
        if record.state.isEnd { return TaskTransition(record, .unchanged) }
        let failure = Failure(code: Failure.cancelled, message: order.reason)
        guard record.state == .leased, order.mode == .cooperative else {
            return end(record, .cancelled, failure: failure, attempt: .cancelled, now, verdict: .cancelled)
        }
        let forcedAt = order.graceMs.map { now + max($0, 0) }
        guard var mark = record.cancellation else {
            var next = record
            next.cancellation = CancellationMark(requested: now, forcedAt: forcedAt, reason: order.reason)
            return TaskTransition(next, .cancelling, changes: [.cancelling])
        }
        // Asked again: only an earlier end can change anything.
        guard let forcedAt, forcedAt < mark.forcedAt ?? StoreTime(milliseconds: .max) else {
            return TaskTransition(record, .cancelling)
        }
        mark.forcedAt = forcedAt
        var next = record
        next.cancellation = mark
        return TaskTransition(next, .cancelling)
    }

    private func hold(_ record: TaskRecord, _ reasons: HoldReasons, _ now: StoreTime) -> TaskTransition {
        if record.state.isEnd || record.holds.isSuperset(of: reasons) { return TaskTransition(record, .unchanged) }
        // A key's limit holds what could be leased but for it, and nothing else.
        if reasons.isSubset(of: .keyLimits), record.state != .ready { return TaskTransition(record, .unchanged) }
        var next = record
        next.holds.subtract(.keyLimits)
        next.holds.formUnion(reasons)
        // A leased task is not taken from its agent; the hold counts should it wait again.
        guard next.state.isWaiting, next.state != .held else { return TaskTransition(next, .changed) }
        next.state = .held
        return TaskTransition(next, .changed, changes: [.waiting])
    }

    private func unhold(_ record: TaskRecord, _ reasons: HoldReasons, _ now: StoreTime) -> TaskTransition {
        if record.state.isEnd || record.holds.isDisjoint(with: reasons) { return TaskTransition(record, .unchanged) }
        var next = record
        next.holds.subtract(reasons)
        guard next.state == .held, next.holds.isEmpty else { return TaskTransition(next, .changed) }
        // Time spent suspended earns no place in the order; who waited for others of the same key was in the order all along.
        if !reasons.isSubset(of: .keyLimits) { next.readyAt = max(next.readyAt, now) }
        next.state = Self.waitingState(of: next, at: now)
        return TaskTransition(next, .changed, changes: [next.state == .ready ? .ready : .waiting])
    }

    private func bind(_ record: TaskRecord, _ swarm: String) -> TaskTransition {
        guard record.state.isWaiting, !record.isPinned, record.swarm != swarm else {
            return TaskTransition(record, .unchanged)
        }
        var next = record
        next.swarm = swarm
        return TaskTransition(next, .changed, changes: next.state == .ready ? [.amended, .ready] : [.amended])
    }

    private func prioritise(_ record: TaskRecord, _ priority: Int) -> TaskTransition {
        let priority = Self.bounded(priority)
        guard !record.state.isEnd, record.priority != priority else { return TaskTransition(record, .unchanged) }
        var next = record
        next.priority = priority
        return TaskTransition(next, .changed, changes: [.amended])
    }
}
